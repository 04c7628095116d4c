//! `schema`: what this binary understands.

use std::io::Write;

use super::arguments::SchemaArguments;
use super::output::Output;
use super::{Ended, Exit};
use crate::schema;

pub(super) fn run(arguments: &SchemaArguments, output: &mut Output) -> Ended {
    let text = if arguments.settings { schema::SETTINGS_SCHEMA } else { schema::SCHEMA };
    let mut out = output.answer();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Clean)
}
