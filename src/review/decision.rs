//! What a person decides about a pending snapshot, carried out.

use std::io;
use std::path::PathBuf;

use super::{Kind, Pending};
use crate::snapshot::{self, AcceptError, MergeSide};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Accept,
    Reject,
    /// Keep one side of a merge instead of the new output.
    Keep(MergeSide),
}

/// Why a decision can't be carried out.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    #[error("`{}` can't be taken apart: its merge-conflict markers don't pair", .0.display())]
    NoSides(PathBuf),
    #[error("`{id}` is not accepted: {cause}")]
    NotAccepted { id: String, cause: AcceptError },
    #[error("`{id}` is not resolved: {cause}")]
    NotResolved { id: String, cause: AcceptError },
    #[error(transparent)]
    NotRemoved(#[from] io::Error),
}

impl Decision {
    /// Those of `pending` that can be decided so: only conflicts have sides.
    pub fn applicable(self, pending: Vec<Pending<'_>>) -> Result<Vec<Pending<'_>>, DecisionError> {
        if !matches!(self, Decision::Keep(_)) {
            return Ok(pending);
        }
        let conflicts = pending.into_iter().filter(|pending| pending.kind == Kind::Conflict);
        let with_sides = conflicts.map(|pending| match &pending.sides {
            Some(_) => Ok(pending),
            None => Err(DecisionError::NoSides(pending.snapshot().to_owned())),
        });
        with_sides.collect()
    }

    pub fn carry_out(self, pending: &Pending<'_>) -> Result<(), DecisionError> {
        let id = || pending.id().to_owned();
        match self {
            Decision::Accept if pending.is_kept => snapshot::accept_copy(pending.snapshot(), &pending.file)
                .map_err(|cause| DecisionError::NotAccepted { id: id(), cause }),
            Decision::Accept => snapshot::accept(pending.snapshot(), &pending.file)
                .map_err(|cause| DecisionError::NotAccepted { id: id(), cause }),
            Decision::Reject => {
                snapshot::reject(&pending.file)?;
                Ok(())
            }
            Decision::Keep(side) => {
                let Some(side) = pending.side(side) else { return Ok(()) };
                snapshot::keep_side(pending.snapshot(), side)
                    .map_err(|cause| DecisionError::NotResolved { id: id(), cause })?;
                snapshot::reject(&pending.file)?;
                Ok(())
            }
        }
    }
}
