//! `accept` and `reject`: decide about all pending snapshots, or the named ones.

use super::differ::named;
use super::gather::Gathered;
use crate::app::Environment;
use crate::cli::arguments::{AcceptArguments, Reviewed};
use crate::cli::output::Output;
use crate::cli::{Ended, Exit, Failure};
use crate::diagnose::visible;
use crate::review::{Artifact, Decision, DecisionError, Pending};
use crate::words::plural;

pub(in crate::cli) fn accept(
    arguments: &AcceptArguments,
    environment: Environment,
    output: &mut Output,
) -> Ended {
    let mut gathered = Gathered::new(&arguments.reviewed, environment, output)?;
    if let Some(side) = arguments.side {
        return run(Decision::Keep(side.into()), &gathered, output);
    }
    let Some(from) = &arguments.from else { return run(Decision::Accept, &gathered, output) };
    let artifact = Artifact::read(from);
    gathered.artifact =
        Some(artifact.map_err(|why| Failure::usage(format!("`--from {}`: {why}", from.display())))?);
    run(Decision::Accept, &gathered, output)
}

pub(in crate::cli) fn reject(arguments: &Reviewed, environment: Environment, output: &mut Output) -> Ended {
    run(Decision::Reject, &Gathered::new(arguments, environment, output)?, output)
}

/// Applies the decision to all snapshots or to none: if a file can't be read, nothing is written.
fn run(decision: Decision, gathered: &Gathered, output: &Output) -> Ended {
    let plan = gathered.plan();
    let found = gathered.find(&plan, output)?;
    if found.exit != Exit::Clean {
        output.talk(&format!("nothing was {}", done(decision)));
        return Ok(found.exit);
    }
    let pending = decision.filter_applicable(found.pending)?;
    for pending in &pending {
        decision.carry_out(pending)?;
        let (word, id, more) = (word(decision), visible(pending.id()), more(decision, pending));
        output.talk(&format!("{word:<8} {id}{more}"));
    }
    output.talk(&match (pending.len(), decision) {
        (0, Decision::Keep(_)) => "nothing that waits is in conflict".to_owned(),
        (0, _) => "nothing is pending".to_owned(),
        (count, _) => format!("{} {}", plural(count, "snapshot"), done(decision)),
    });
    Ok(Exit::Clean)
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "ACCEPTED",
        Decision::Reject => "REJECTED",
        Decision::Keep(_) => "KEPT",
    }
}

fn done(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accepted",
        Decision::Reject => "rejected",
        Decision::Keep(_) => "resolved",
    }
}

/// A note for the line of a case: the side that was kept.
fn more(decision: Decision, pending: &Pending<'_>) -> String {
    let Decision::Keep(side) = decision else { return String::new() };
    let Some(side) = pending.side(side) else { return String::new() };
    let other = if pending.is_new_output(side) { "" } else { ", which differs from the new output" };
    format!("  {}{other}", named(side))
}

impl From<DecisionError> for Failure {
    fn from(error: DecisionError) -> Failure {
        let message = error.to_string();
        match error {
            DecisionError::NoSides(_) => Failure::Usage {
                message,
                help: Some(
                    "accept the new output, without `--side`, or mend the file in an editor".to_owned(),
                ),
            },
            DecisionError::NotAccepted { .. }
            | DecisionError::NotResolved { .. }
            | DecisionError::NotRemoved(_) => Failure::Environment { message, help: None },
        }
    }
}
