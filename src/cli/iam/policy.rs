//! `iam policy`: prints the least-privilege policy of a role.

use serde_json::{Map, Value};

use super::{all_rights, needs, print_notes, role_name, select_models, several_roles, start};
use crate::app::Environment;
use crate::cli::arguments::IamPolicy;
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::iam::caller::by_role;
use crate::iam::permissions::{Note, Options, document, too_long};
use crate::suite::Model;

pub(super) fn run(arguments: &IamPolicy, environment: Environment, output: &mut Output) -> CommandResult {
    let (_, checked) = start(&arguments.configs, environment, output)?;
    let Some(checked) = checked else { return Ok(Exit::Invalid) };
    let models = select_models(&checked, &arguments.callers)?;
    let roles = by_role(&models);
    let mut notes = Vec::new();
    let policies_document = match arguments.split_by_role {
        true => {
            let policies = roles.iter().map(|(role, models)| {
                Ok((role_name(*role).to_owned(), policy(models, arguments, &mut notes)?))
            });
            Value::Object(policies.collect::<Result<Map<_, _>, Failure>>()?)
        }
        false if roles.len() > 1 => {
            let help = "select one with `--credentials NAME`, or write them all with `--split-by-role`";
            return Err(several_roles(roles.keys().copied(), help));
        }
        false => policy(&models, arguments, &mut notes)?,
    };
    output.print_document(&policies_document)?;
    print_notes(&notes, output);
    Ok(Exit::Clean)
}

fn policy(models: &[&Model], arguments: &IamPolicy, notes: &mut Vec<Note>) -> Result<Value, Failure> {
    let options = Options {
        called_models: arguments.callers.behind.clone(),
        has_lookups: arguments.with_doctor,
        is_first_use: arguments.first_use,
    };
    let needs = needs(models, &arguments.callers, &options)?;
    notes.extend(needs.iter().flat_map(|(_, needed)| needed.notes.clone()));
    let policy = document(&all_rights(&needs));
    notes.extend(too_long(&policy));
    Ok(policy)
}
