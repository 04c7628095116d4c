//! `accept` and `reject`: what is named, or all that waits.

use super::super::arguments::{AcceptArguments, Reviewed};
use super::super::environment::Environment;
use super::super::output::Output;
use super::super::{Ended, Exit, Failure};
use super::from;
use super::gather::Gathered;
use super::show::snapshots;
use crate::diagnose::visible;
use crate::files::reason;
use crate::review::{Kept, Pending};
use crate::snapshot;

/// What a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Accept,
    Reject,
}

pub(in super::super) fn accept(
    arguments: &AcceptArguments,
    environment: Environment,
    output: &mut Output,
) -> Ended {
    let mut gathered = Gathered::new(&arguments.reviewed, environment, output)?;
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

pub(in super::super) fn reject(arguments: &Reviewed, environment: Environment, output: &mut Output) -> Ended {
    run(Decision::Reject, &Gathered::new(arguments, environment, output)?, output)
}

/// All of them or none: a file that can't be read ends the command before anything is written.
fn run(decision: Decision, gathered: &Gathered, output: &Output) -> Ended {
    let plan = gathered.plan();
    let found = gathered.find(&plan, output)?;
    if found.exit != Exit::Clean {
        output.talk(&format!("nothing was {}", decision.done()));
        return Ok(found.exit);
    }
    for pending in &found.pending {
        decision.carry_out(pending)?;
        output.talk(&format!("{:<8} {}", decision.word(), visible(pending.id())));
    }
    output.talk(&match found.pending.len() {
        0 => "nothing is pending".to_owned(),
        count => format!("{} {}", snapshots(count), decision.done()),
    });
    Ok(Exit::Clean)
}

impl Decision {
    fn word(self) -> &'static str {
        match self {
            Decision::Accept => "ACCEPTED",
            Decision::Reject => "REJECTED",
        }
    }

    pub(super) fn done(self) -> &'static str {
        match self {
            Decision::Accept => "accepted",
            Decision::Reject => "rejected",
        }
    }

    pub(super) fn carry_out(self, pending: &Pending<'_>) -> Result<(), Failure> {
        let failed = |message: String| Failure::Environment { message, help: None };
        match self {
            Decision::Accept if pending.is_kept => snapshot::take(pending.snapshot(), &pending.file)
                .map_err(|error| failed(format!("`{}` is not accepted: {error}", pending.id()))),
            Decision::Accept => snapshot::accept(pending.snapshot(), &pending.file)
                .map_err(|error| failed(format!("`{}` is not accepted: {error}", pending.id()))),
            Decision::Reject => {
                snapshot::reject(&pending.file).map(drop).map_err(|error| failed(error.to_string()))
            }
        }
    }
}
