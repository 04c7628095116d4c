//! `iam trust`: prints the trust policy of a role.

use std::sync::Arc;

use super::{no_credentials, print_note, start};
use crate::app::Environment;
use crate::check::Checked;
use crate::cli::arguments::IamTrust;
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::iam::trust::{NoTrust, Trust, in_use, trust};
use crate::suite::Credentials;

pub(super) fn run(arguments: &IamTrust, environment: Environment, output: &mut Output) -> CommandResult {
    let (_, checked) = start(&arguments.configs, environment, output)?;
    let Some(checked) = checked else { return Ok(Exit::Invalid) };
    let credentials = select_credentials(&checked, arguments.credentials.as_deref())?;
    let policy = match arguments.on_premises.as_deref() {
        Some(arn) => trust_on_premises(&credentials, arn)?,
        None => trust(&credentials).map_err(|error| trust_failure(&credentials, error))?,
    };
    output.print_document(&policy.document())?;
    for note in policy.notes() {
        print_note(&note, output);
    }
    Ok(Exit::Clean)
}

/// The credentials with this name; without a name, the only ones in use.
fn select_credentials(checked: &Checked, name: Option<&str>) -> Result<Arc<Credentials>, Failure> {
    let all = in_use(checked.suites.iter().flat_map(|suite| &suite.models));
    let named = |credentials: &&Arc<Credentials>| name.is_none_or(|name| credentials.name == name);
    let found: Vec<_> = all.iter().filter(named).collect();
    match (found.as_slice(), name) {
        ([one], _) => Ok(Arc::clone(one)),
        ([], Some(name)) => Err(no_credentials(name, all.iter().map(|known| known.name.as_str()))),
        ([], None) => Err(Failure::Usage {
            message: "no model names credentials, so there is no role that needs a trust policy".to_owned(),
            help: Some("declare `[credentials.NAME]` with a `role_arn`, and name it in the model".to_owned()),
        }),
        (several, _) => {
            let names: Vec<_> =
                several.iter().map(|one| format!("`{}` ({})", one.name, last_role(one))).collect();
            let help = match name {
                None => "select one with `--credentials NAME`: each role has a trust policy of its own",
                Some(_) => "name the config file as well",
            };
            let message = format!("the models use several credentials: {}", names.join(", "));
            Err(Failure::Usage { message, help: Some(help.to_owned()) })
        }
    }
}

fn last_role(credentials: &Credentials) -> &str {
    credentials.hops.last().map_or("no role", |hop| hop.role_arn.as_str())
}

fn trust_on_premises(credentials: &Credentials, arn: &str) -> Result<Trust, Failure> {
    let last = credentials.hops.len().saturating_sub(1);
    let trust =
        Trust::for_role(credentials, last, arn).ok_or_else(|| trust_failure(credentials, NoTrust::NoRole))?;
    let is_identity = trust.principal.contains(":role/") || trust.principal.contains(":user/");
    if is_identity {
        return Ok(trust);
    }
    Err(Failure::Usage {
        message: format!("`--on-premises`: expected the ARN of a role or user, found `{arn}`"),
        help: Some(
            "write the ARN of the role or user that the platform runs as: `arn:aws:iam::ACCOUNT:role/NAME`"
                .to_owned(),
        ),
    })
}

pub(super) fn trust_failure(credentials: &Credentials, error: NoTrust) -> Failure {
    let name = &credentials.name;
    let help = match error {
        NoTrust::NoRole => format!("write `role_arn` into `[credentials.{name}]`"),
        NoTrust::NoPrincipal => format!(
            "write the platform's principal into `[credentials.{name}]`, as its form shows it: `trusted_principal = \"arn:aws:iam::ACCOUNT:root\"`"
        ),
    };
    Failure::Usage { message: format!("the credentials `{name}` {error}"), help: Some(help) }
}
