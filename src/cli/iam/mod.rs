//! `iam …`: writes and checks the policies that the models need.

mod check;
mod policy;
mod ticket;
mod trust;

use serde_json::Map;

use super::arguments::{CallerArguments, Configs, IamCommand};
use super::output::Output;
use super::session;
use super::{CommandResult, Failure};
use crate::app::{Environment, Session};
use crate::check::Checked;
use crate::diagnose::{Severity, visible};
use crate::iam::call::{ModelCall, calls};
use crate::iam::permissions::{Note, Options, Right, Rights, UnknownAccount, rights};
use crate::run::Selection;
use crate::suite::{Model, Suite};
use crate::words::{nearest, quoted_commas};

pub(super) fn run(command: &IamCommand, environment: Environment, output: &mut Output) -> CommandResult {
    match command {
        IamCommand::Policy(arguments) => policy::run(arguments, environment, output),
        IamCommand::Trust(arguments) => trust::run(arguments, environment, output),
        IamCommand::Check(arguments) => check::run(arguments, environment, output),
        IamCommand::Ticket(arguments) => ticket::run(arguments, environment, output),
    }
}

/// Starts a session and checks the configs. Prints errors, and returns no configs if there are any.
fn start(
    configs: &Configs,
    environment: Environment,
    output: &mut Output,
) -> Result<(Session, Option<Checked>), Failure> {
    let session = session::start(environment, Map::new(), output)?;
    let checked = session::check_declared(&session, configs, output)?;
    Ok((session, checked))
}

/// The models that are called for a case, filtered by `callers`.
fn select_models<'c>(checked: &'c Checked, callers: &CallerArguments) -> Result<Vec<&'c Model>, Failure> {
    let selection = Selection::new(&[], &callers.model, &[]).map_err(Failure::usage)?;
    let in_use = || checked.suites.iter().flat_map(Suite::models_with_probes).filter(|model| model.enabled);
    let uses_credentials = |model: &&Model| {
        let name = model.credentials.as_ref().map(|credentials| credentials.name.as_str());
        callers.credentials.is_none() || callers.credentials.as_deref() == name
    };
    let models: Vec<&Model> =
        in_use().filter(|model| selection.matches_model(model)).filter(uses_credentials).collect();
    match callers.credentials.as_deref() {
        _ if !models.is_empty() => Ok(models),
        Some(name) => {
            let known = in_use().filter_map(|model| Some(model.credentials.as_deref()?.name.as_str()));
            Err(no_credentials(name, known))
        }
        None => Err(Failure::Usage {
            message: "no model is selected".to_owned(),
            help: Some("`bedrock-check list` shows the models that have cases".to_owned()),
        }),
    }
}

fn no_credentials<'c>(name: &str, known: impl Iterator<Item = &'c str>) -> Failure {
    Failure::Usage {
        message: format!("no selected model is called with the credentials `{name}`"),
        help: nearest(name, known).map(|near| format!("did you mean `{near}`?")),
    }
}

/// The calls of a model, each with the rights that it needs.
type Needs<'m> = Vec<(ModelCall<'m>, Rights)>;

/// The rights that each call of `models` needs.
fn needs<'m>(
    models: &[&'m Model],
    callers: &CallerArguments,
    options: &Options,
) -> Result<Needs<'m>, Failure> {
    let calls = models.iter().flat_map(|model| calls(model, callers.account.as_deref()));
    let needs = calls.map(|call| {
        let needed = rights(&call.call, options).map_err(|error| unknown_account(call.model, error))?;
        Ok((call, needed))
    });
    needs.collect()
}

fn unknown_account(model: &Model, error: UnknownAccount) -> Failure {
    let table = match &model.credentials {
        Some(credentials) => format!("`[credentials.{}]`", credentials.name),
        None => "the credentials of the model".to_owned(),
    };
    Failure::Usage {
        message: format!("the model `{}`: {error}", model.name),
        help: Some(format!(
            "write `role_arn`, or `allowed_account_ids` with one account, into {table}; or pass `--account ID`"
        )),
    }
}

/// All rights of `needs`, without duplicates.
fn all_rights(needs: &Needs<'_>) -> Vec<Right> {
    let mut all: Vec<Right> = needs.iter().flat_map(|(_, needed)| needed.rights.clone()).collect();
    all.sort();
    all.dedup();
    all
}

/// Prints the notes to stderr, without duplicates.
fn print_notes<'n>(notes: impl IntoIterator<Item = &'n Note>, output: &Output) {
    let mut notes: Vec<&Note> = notes.into_iter().collect();
    notes.sort();
    notes.dedup();
    for note in notes {
        print_note(&note.to_string(), output);
    }
}

fn print_note(note: &str, output: &Output) {
    if output.shows(Severity::Hint) {
        output.print_message(&format!("note: {}", visible(note)));
    }
}

/// The name of a role in the output of `--split-by-role`. Scripts may depend on the text.
fn role_name(role: Option<&str>) -> &str {
    role.unwrap_or("whoever the default chain gives")
}

/// The error for a command that needs models of one role.
fn several_roles<'r>(roles: impl Iterator<Item = Option<&'r str>>, help: &str) -> Failure {
    let names: Vec<&str> =
        roles.map(|role| role.unwrap_or("the role of the default credential chain")).collect();
    Failure::Usage {
        message: format!("the models are called with {} roles: {}", names.len(), quoted_commas(names)),
        help: Some(help.to_owned()),
    }
}
