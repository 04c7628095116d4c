//! `pending` lists the pending snapshots, `diff` shows their differences.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::differ::Differ;
use super::git::{Background, History};
use super::search::PendingSearch;
use crate::app::Environment;
use crate::cli::arguments::{Format, PendingArguments, ReviewArguments};
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit};
use crate::diagnose::visible_line;
use crate::review::{DiffStyle, Pending, PendingKind, count_deltas};

pub(in crate::cli) fn pending(
    arguments: &PendingArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    let search = PendingSearch::new(&arguments.review, environment, output)?;
    let plan = search.plan();
    let found = search.find(&plan, output)?;
    let format = if arguments.json { Format::Json } else { arguments.format };
    match format {
        Format::Terminal => output.print_text(|out| print_list(&found.pending, out))?,
        Format::Json => output.print_json_lines(found.pending.iter().map(as_json))?,
    }
    Ok(report_count(&found.pending, found.exit, output))
}

pub(in crate::cli) fn diff(
    arguments: &ReviewArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    let search = PendingSearch::new(arguments, environment, output)?;
    let plan = search.plan();
    let found = search.find(&plan, output)?;
    let style = DiffStyle { color: output.color(), width: 80 };
    let differ = Differ::new(&search.session.environment, output);
    let history = History::new(&search.session);
    let mut out = output.stdout();
    for pending in &found.pending {
        let background = history.find_background(pending, &search.overrides);
        writeln!(out, "{}", title_line(pending, style))?;
        cause_lines(&background).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        differ.diff_lines(pending, false, style).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        delta_lines(pending, &background).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(report_count(&found.pending, found.exit, output))
}

/// Prints how many snapshots are pending, and returns the exit code.
fn report_count(pending: &[Pending<'_>], exit: Exit, output: &Output) -> Exit {
    if pending.is_empty() {
        if exit == Exit::Clean {
            output.print_message("nothing is pending");
        }
        return exit;
    }
    output.print_message(&format!("{} pending; `bedrock-check review` shows them one by one", pending.len()));
    Exit::most_urgent(&[exit, Exit::Pending])
}

/// Prints columns with the kind, the case and the file.
pub(super) fn print_list(pending: &[Pending<'_>], out: &mut impl Write) -> io::Result<()> {
    let ids: Vec<_> = pending.iter().map(|pending| visible_line(pending.id())).collect();
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    for (pending, id) in pending.iter().zip(ids) {
        let file = pending.file.display().to_string();
        writeln!(out, "  {:<8} {id:<width$}  {}", kind_label(pending.kind), visible_line(&file))?;
    }
    Ok(())
}

/// The same words as in the report of a run.
pub(super) fn kind_label(kind: PendingKind) -> &'static str {
    match kind {
        PendingKind::New => "NEW",
        PendingKind::Changed => "DIFFERS",
        PendingKind::Conflict => "CONFLICT",
    }
}

pub(super) fn title_line(pending: &Pending<'_>, style: DiffStyle) -> String {
    let path = pending.snapshot().display().to_string();
    format!(
        "{:<8} {}  {}",
        kind_label(pending.kind),
        style.bold(&visible_line(pending.id())),
        style.dim(&visible_line(&path))
    )
}

/// Lines with the causes of the change.
pub(super) fn cause_lines(background: &Background) -> Vec<String> {
    background.causes.iter().map(|cause| format!("  why: {cause}")).collect()
}

/// Lines with the change of token counts and latency.
pub(super) fn delta_lines(pending: &Pending<'_>, background: &Background) -> Vec<String> {
    let counts = count_deltas(pending).into_iter().chain(background.latency.clone());
    counts.map(|count| format!("  {count}")).collect()
}

fn as_json(pending: &Pending<'_>) -> Value {
    let (model, case) = (pending.planned.model, pending.planned.case);
    let mut object = json!({
        "id": case.id,
        "kind": pending.kind.name(),
        "model": model.name,
        "tags": model.tags.iter().chain(&case.tags).collect::<Vec<_>>(),
        "config": pending.planned.suite.path.display().to_string(),
        "snapshot": case.snapshot_path.display().to_string(),
        "pending": pending.file.display().to_string(),
    });
    for side in pending.sides.iter().flatten() {
        object[side.side.name()] = Value::from(side.label.as_str());
    }
    object
}
