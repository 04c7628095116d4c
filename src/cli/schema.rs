//! `schema`: prints the schemas of configs, of settings, and of the bodies of a model family.

use std::io::Write;

use super::arguments::SchemaArguments;
use super::output::Output;
use super::{CommandResult, Exit, Failure};
use crate::schema;
use crate::schema::family::{families, schemas};
use crate::words::{commas, nearest};

pub(super) fn run(arguments: &SchemaArguments, output: &mut Output) -> CommandResult {
    let text = match &arguments.family {
        Some(family) => family_schema(family, arguments.response)?,
        None if arguments.settings => schema::SETTINGS_SCHEMA,
        None => schema::SCHEMA,
    };
    let mut out = output.data_stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Clean)
}

fn family_schema(family: &str, response: bool) -> Result<&'static str, Failure> {
    let (request, answer) = schemas(family).ok_or_else(|| unknown_family(family))?.texts();
    Ok(if response { answer } else { request })
}

fn unknown_family(family: &str) -> Failure {
    let help = match nearest(family, families()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the families are {}", commas(families())),
    };
    Failure::Usage { message: format!("there is no family `{family}`"), help: Some(help) }
}
