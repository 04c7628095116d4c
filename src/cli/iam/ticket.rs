//! `iam ticket`: prints the request to the platform's support that registers a role.

use std::io::{self, Write};

use serde_json::json;

use super::{select_models, start};
use crate::app::Environment;
use crate::cli::arguments::{Format, IamTicket};
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit};
use crate::diagnose::visible;
use crate::iam::ticket::{ModelRow, Request, requests};

pub(super) fn run(arguments: &IamTicket, environment: Environment, output: &mut Output) -> CommandResult {
    let (_, checked) = start(&arguments.configs, environment, output)?;
    let Some(checked) = checked else { return Ok(Exit::Invalid) };
    let models = select_models(&checked, &arguments.callers)?;
    let requests = requests(&models, arguments.callers.account.as_deref());
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_requests(&requests, out))?,
        Format::Json => {
            let requests: Vec<_> = requests.iter().map(Request::to_json).collect();
            output.print_document(&json!({ "version": 1, "requests": requests }))?;
        }
    }
    Ok(Exit::Clean)
}

/// Prints the requests as Markdown, which is readable as plain text, too.
fn print_requests(requests: &[Request<'_>], out: &mut impl Write) -> io::Result<()> {
    for (index, request) in requests.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "# Register an IAM role for Amazon Bedrock\n")?;
        for (field, value) in request.fields() {
            writeln!(out, "- {field}: {}", visible(value.as_deref().unwrap_or("not set")))?;
        }
        writeln!(
            out,
            "\n| model | model ID | Region | answered in | operation |\n| --- | --- | --- | --- | --- |"
        )?;
        request.models.iter().try_for_each(|model| print_row(model, out))?;
    }
    Ok(())
}

fn print_row(model: &ModelRow<'_>, out: &mut impl Write) -> io::Result<()> {
    let cells = [
        model.name,
        &format!("`{}`", model.model_id),
        model.region,
        &model.destinations.join(", "),
        model.operation.name(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| visible(cell).replace('|', "\\|")).collect();
    writeln!(out, "| {} |", cells.join(" | "))
}
