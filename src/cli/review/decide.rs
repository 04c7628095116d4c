//! `accept` and `reject`: decide about all pending snapshots, or the named ones.

use super::differ::side_title;
use super::search::PendingSearch;
use crate::app::Environment;
use crate::cli::arguments::{AcceptArguments, ReviewArguments};
use crate::cli::controls::stop_before_next_file;
use crate::cli::lock::wait_unless_cancelled;
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::diagnose::visible_line;
use crate::files::remove_leftovers_beside;
use crate::review::{Artifact, Decision, DecisionError, Pending};
use crate::words::plural;

pub(in crate::cli) fn accept(
    arguments: &AcceptArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    let mut search = PendingSearch::new(&arguments.review, environment, output)?;
    if let Some(side) = arguments.side {
        return decide(Decision::Keep(side.into()), &search, output);
    }
    let Some(from) = &arguments.from else { return decide(Decision::Accept, &search, output) };
    let artifact = Artifact::read(from);
    search.artifact =
        Some(artifact.map_err(|error| Failure::usage(format!("`--from {}`: {error}", from.display())))?);
    decide(Decision::Accept, &search, output)
}

pub(in crate::cli) fn reject(
    arguments: &ReviewArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    decide(Decision::Reject, &PendingSearch::new(arguments, environment, output)?, output)
}

/// Applies the decision to all snapshots or to none: if a file can't be read, nothing is written.
fn decide(decision: Decision, search: &PendingSearch, output: &Output) -> CommandResult {
    let interrupted = stop_before_next_file(output);
    let Some(_lock) = wait_unless_cancelled(&search.session.root.path, &interrupted, output) else {
        return Ok(Exit::Interrupted);
    };
    let plan = search.plan();
    let found = search.find(&plan, output)?;
    if found.exit != Exit::Clean {
        output.print_message(&format!("nothing was {}", participle(decision)));
        return Ok(found.exit);
    }
    let pending = decision.filter_applicable(found.pending)?;
    let folders = pending.iter().flat_map(|pending| [pending.snapshot(), &pending.file]);
    remove_leftovers_beside(folders);
    for pending in &pending {
        if interrupted.is_cancelled() {
            return Ok(Exit::Interrupted);
        }
        decision.carry_out(pending)?;
        let (label, id, note) = (label(decision), visible_line(pending.id()), side_note(decision, pending));
        output.print_message(&format!("{label:<8} {id}{note}"));
    }
    output.print_message(&match (pending.len(), decision) {
        (0, Decision::Keep(_)) => "no pending snapshot is in conflict".to_owned(),
        (0, _) => "nothing is pending".to_owned(),
        (count, _) => format!("{} {}", plural(count, "snapshot"), participle(decision)),
    });
    Ok(Exit::Clean)
}

fn label(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "ACCEPTED",
        Decision::Reject => "REJECTED",
        Decision::Keep(_) => "KEPT",
    }
}

fn participle(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accepted",
        Decision::Reject => "rejected",
        Decision::Keep(_) => "resolved",
    }
}

/// A note for the line of a case: the side that was kept.
fn side_note(decision: Decision, pending: &Pending<'_>) -> String {
    let Decision::Keep(side) = decision else { return String::new() };
    let Some(side) = pending.side(side) else { return String::new() };
    let difference = if pending.is_new_output(side) { "" } else { ", which differs from the new output" };
    format!("  {}{difference}", side_title(side))
}

impl From<DecisionError> for Failure {
    fn from(error: DecisionError) -> Failure {
        let message = error.to_string();
        match error {
            DecisionError::NoSides(_) => Failure::Usage {
                message,
                help: Some(
                    "accept the new output, without `--side`, or resolve the conflict in an editor"
                        .to_owned(),
                ),
            },
            DecisionError::NotAccepted { .. }
            | DecisionError::NotResolved { .. }
            | DecisionError::NotRemoved(_) => Failure::Environment { message, help: None },
        }
    }
}
