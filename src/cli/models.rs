//! `models resolve`: shows which model an ID names, and how to call it.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Format, ModelsResolve};
use super::output::Output;
use super::{CommandResult, Exit};
use crate::app::Environment;
use crate::aws::model_id::{Call, ModelId, Resolved, clean_paste};
use crate::diagnose::visible;
use crate::exchange::Operation;

/// Prints what the ID names. Exits with 1 if it can't be called in this form.
pub(super) fn run(
    arguments: &ModelsResolve,
    environment: &Environment,
    output: &mut Output,
) -> CommandResult {
    let paste = clean_paste(&arguments.id);
    let id = ModelId::parse(&paste.model_id);
    let arn_region = id.arn.map(|arn| arn.region).filter(|region| !region.is_empty());
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let environment_region = variables.iter().find_map(|name| environment.non_empty(name));
    let region = arguments.region.as_deref().or(arn_region).or(environment_region);
    let is_assumed = region.is_none();
    let region = region.unwrap_or("us-east-1");
    let call = Call { model_id: &arguments.id, region, operation: Operation::InvokeModel };
    let resolved = Resolved::new(&id, call, is_assumed);
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_resolved(&resolved, out))?,
        Format::Json => output.print_document(&document(&resolved))?,
    }
    Ok(if resolved.can_be_called() { Exit::Clean } else { Exit::Failed })
}

fn print_resolved(resolved: &Resolved<'_>, out: &mut impl Write) -> io::Result<()> {
    for (name, value) in resolved.rows() {
        writeln!(out, "{name:<14} {}", visible(&value))?;
    }
    for problem in &resolved.problems {
        let message = problem.message(resolved.call);
        writeln!(out, "\n! {}\n  {}", visible(&message), visible(&problem.help()))?;
    }
    Ok(())
}

fn document(resolved: &Resolved<'_>) -> Value {
    let rows = resolved.rows().into_iter().map(|(name, value)| {
        (name.replace("modelId", "model_id").replace(' ', "_").to_lowercase(), value.into())
    });
    let mut document: Map<String, Value> = rows.collect();
    let problems = resolved.problems.iter().map(|problem| {
        json!({ "message": problem.message(resolved.call), "help": problem.help(), "sure": problem.is_certain() })
    });
    document.insert("problems".to_owned(), problems.collect());
    Value::Object(document)
}
