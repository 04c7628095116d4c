//! `pending` lists the pending snapshots, `diff` shows their differences.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::differ::Differ;
use super::gather::Gathered;
use super::git::{Background, background};
use crate::app::Environment;
use crate::cli::arguments::{Format, PendingArguments, Reviewed};
use crate::cli::output::Output;
use crate::cli::{Ended, Exit};
use crate::diagnose::visible;
use crate::review::{DiffStyle, Pending, PendingKind, count_deltas};

pub(in crate::cli) fn pending(
    arguments: &PendingArguments,
    environment: Environment,
    output: &mut Output,
) -> Ended {
    let gathered = Gathered::new(&arguments.reviewed, environment, output)?;
    let plan = gathered.plan();
    let found = gathered.find(&plan, output)?;
    let mut out = output.answer();
    if arguments.json || arguments.format == Format::Json {
        found.pending.iter().try_for_each(|pending| writeln!(out, "{}", as_json(pending)))?;
    } else {
        list(&found.pending, &mut out)?;
    }
    out.flush()?;
    Ok(told(&found.pending, found.exit, output))
}

pub(in crate::cli) fn diff(arguments: &Reviewed, environment: Environment, output: &mut Output) -> Ended {
    let gathered = Gathered::new(arguments, environment, output)?;
    let plan = gathered.plan();
    let found = gathered.find(&plan, output)?;
    let look = DiffStyle { color: output.color(), width: 80 };
    let differ = Differ::new(&gathered.session.environment, output);
    let mut out = output.answer();
    for pending in &found.pending {
        let background = background(pending, &gathered.overrides);
        writeln!(out, "{}", title(pending, look))?;
        why(&background).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        differ.differing(pending, false, look).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        counts(pending, &background).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(told(&found.pending, found.exit, output))
}

/// Prints how many snapshots are pending, and returns the exit code.
fn told(pending: &[Pending<'_>], exit: Exit, output: &Output) -> Exit {
    if pending.is_empty() {
        if exit == Exit::Clean {
            output.talk("nothing is pending");
        }
        return exit;
    }
    output.talk(&format!("{} pending; `bedrock-check review` goes through them", pending.len()));
    Exit::most_urgent(&[exit, Exit::Pending])
}

/// Prints columns with the kind, the case and the file.
pub(super) fn list(pending: &[Pending<'_>], out: &mut impl Write) -> io::Result<()> {
    let ids: Vec<_> = pending.iter().map(|pending| visible(pending.id())).collect();
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    for (pending, id) in pending.iter().zip(ids) {
        let file = pending.file.display().to_string();
        writeln!(out, "  {:<8} {id:<width$}  {}", word(pending.kind), visible(&file))?;
    }
    Ok(())
}

/// The same words as in the report of a run.
pub(super) fn word(kind: PendingKind) -> &'static str {
    match kind {
        PendingKind::New => "NEW",
        PendingKind::Changed => "DIFFERS",
        PendingKind::Conflict => "CONFLICT",
    }
}

pub(super) fn title(pending: &Pending<'_>, look: DiffStyle) -> String {
    let path = pending.snapshot().display().to_string();
    format!("{:<8} {}  {}", word(pending.kind), look.bold(&visible(pending.id())), look.dim(&visible(&path)))
}

/// Lines with the causes of the change.
pub(super) fn why(background: &Background) -> Vec<String> {
    background.causes.iter().map(|cause| format!("  why: {cause}")).collect()
}

/// Lines with the change of token counts and latency.
pub(super) fn counts(pending: &Pending<'_>, background: &Background) -> Vec<String> {
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
