//! `accept` and `reject`: what is named, or all that waits.

use super::differ::named;
use super::from;
use super::gather::Gathered;
use super::show::snapshots;
use crate::cli::arguments::{AcceptArguments, Reviewed};
use crate::cli::environment::Environment;
use crate::cli::output::Output;
use crate::cli::{Ended, Exit, Failure};
use crate::diagnose::visible;
use crate::files::reason;
use crate::review::{Kept, Kind, Pending};
use crate::snapshot::{self, Whose};

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Accept,
    Reject,
    /// One side of a merge, and not the new output.
    Keep(Whose),
}

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
    let unpacked = from::unpacked(from)?;
    let folder = unpacked.as_ref().map_or(from.as_path(), tempfile::TempDir::path);
    let kept = Kept::read(folder).map_err(|cause| from::failed(from, &reason(&cause)))?;
    if kept.is_empty() {
        return Err(from::failed(from, "it has no `.snap.new` file"));
    }
    gathered.kept = Some(kept);
    run(Decision::Accept, &gathered, output)
}

pub(in crate::cli) fn reject(arguments: &Reviewed, environment: Environment, output: &mut Output) -> Ended {
    run(Decision::Reject, &Gathered::new(arguments, environment, output)?, output)
}

/// All of them or none: a file that can't be read ends the command before anything is written.
fn run(decision: Decision, gathered: &Gathered, output: &Output) -> Ended {
    let plan = gathered.plan();
    let mut found = gathered.find(&plan, output)?;
    if found.exit != Exit::Clean {
        output.talk(&format!("nothing was {}", decision.done()));
        return Ok(found.exit);
    }
    if let Decision::Keep(_) = decision {
        found.pending.retain(|pending| pending.kind == Kind::Conflict);
        found.pending.iter().try_for_each(has_sides)?;
    }
    for pending in &found.pending {
        decision.carry_out(pending)?;
        let (word, id, more) = (decision.word(), visible(pending.id()), decision.more(pending));
        output.talk(&format!("{word:<8} {id}{more}"));
    }
    output.talk(&match (found.pending.len(), decision) {
        (0, Decision::Keep(_)) => "nothing that waits is in conflict".to_owned(),
        (0, _) => "nothing is pending".to_owned(),
        (count, _) => format!("{} {}", snapshots(count), decision.done()),
    });
    Ok(Exit::Clean)
}

fn has_sides(pending: &Pending<'_>) -> Result<(), Failure> {
    let path = pending.snapshot().display();
    pending.sides.as_ref().map(|_| ()).ok_or_else(|| Failure::Usage {
        message: format!("`{path}` can't be taken apart: its merge-conflict markers don't pair"),
        help: Some("accept the new output, without `--side`, or mend the file in an editor".to_owned()),
    })
}

impl Decision {
    fn word(self) -> &'static str {
        match self {
            Decision::Accept => "ACCEPTED",
            Decision::Reject => "REJECTED",
            Decision::Keep(_) => "KEPT",
        }
    }

    pub(super) fn done(self) -> &'static str {
        match self {
            Decision::Accept => "accepted",
            Decision::Reject => "rejected",
            Decision::Keep(_) => "resolved",
        }
    }

    /// What is to be known behind the case.
    fn more(self, pending: &Pending<'_>) -> String {
        let Decision::Keep(whose) = self else { return String::new() };
        let Some(side) = pending.side(whose) else { return String::new() };
        let other = if pending.is_new(side) { "" } else { ", which the output is not" };
        format!("  {}{other}", named(side))
    }

    pub(super) fn carry_out(self, pending: &Pending<'_>) -> Result<(), Failure> {
        let failed = |message: String| Failure::Environment { message, help: None };
        let reject = || snapshot::reject(&pending.file).map(drop).map_err(|error| failed(error.to_string()));
        match self {
            Decision::Accept if pending.is_kept => snapshot::take(pending.snapshot(), &pending.file)
                .map_err(|error| failed(format!("`{}` is not accepted: {error}", pending.id()))),
            Decision::Accept => snapshot::accept(pending.snapshot(), &pending.file)
                .map_err(|error| failed(format!("`{}` is not accepted: {error}", pending.id()))),
            Decision::Reject => reject(),
            Decision::Keep(whose) => {
                let Some(side) = pending.side(whose) else { return Ok(()) };
                snapshot::keep(pending.snapshot(), side)
                    .map_err(|error| failed(format!("`{}` is not resolved: {error}", pending.id())))?;
                reject()
            }
        }
    }
}
