//! `show MODEL`: prints the fields of the platform's form, in the order of the form.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::arguments::{Format, ShowModel};
use super::doctor::find_model;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit};
use crate::app::Environment;
use crate::diagnose::{short, visible};
use crate::form::{Content, Section, sections};

pub(super) fn run(arguments: &ShowModel, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let Some(checked) = session::check_declared(&session, &arguments.configs, output)? else {
        return Ok(Exit::Invalid);
    };
    let sections = sections(find_model(&checked, &arguments.name)?);
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_sections(&sections, out))?,
        Format::Json => output.print_document(&document(&sections))?,
    }
    Ok(Exit::Clean)
}

/// The sections as one object.
fn document(sections: &[Section]) -> Value {
    let members = sections.iter().map(|section| {
        let value = match &section.content {
            Content::Fields(fields) => Value::Object(fields.clone()),
            Content::Text(text) => text.as_str().into(),
        };
        (section.title.to_owned(), value)
    });
    Value::Object(members.collect())
}

fn print_sections(sections: &[Section], out: &mut impl Write) -> io::Result<()> {
    for (index, Section { title, content }) in sections.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "── {title}")?;
        match content {
            Content::Fields(fields) if fields.is_empty() => writeln!(out, "  none")?,
            Content::Fields(fields) => fields.iter().try_for_each(|field| print_field(field, out))?,
            Content::Text(text) => writeln!(out, "{}", visible(text))?,
        }
    }
    Ok(())
}

/// The most characters that a member of an object is printed with. `--format json` prints all of them.
const VALUE_LIMIT: usize = 100;

fn print_field((name, value): (&String, &Value), out: &mut impl Write) -> io::Result<()> {
    let value = match value {
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(_, value)| !value.is_null());
            shown
                .map(|(name, value)| format!("{name}: {}", short(&text(value), VALUE_LIMIT)))
                .collect::<Vec<_>>()
                .join("; ")
        }
        other => text(other),
    };
    writeln!(out, "  {:<21} {}", visible(name), visible(&value))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
