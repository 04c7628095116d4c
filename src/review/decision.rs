//! Carries out a person's decision about a pending snapshot.

use std::io;
use std::path::PathBuf;

use super::{Pending, PendingKind};
use crate::snapshot::{self, AcceptError, MergeSide};

/// A decision about a pending snapshot.
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
    #[error("the merge-conflict markers in `{}` don't pair", .0.display())]
    NoSides(PathBuf),
    #[error("`{id}` could not be accepted: {cause}")]
    NotAccepted { id: String, cause: AcceptError },
    #[error("`{id}` could not be resolved: {cause}")]
    NotResolved { id: String, cause: AcceptError },
    #[error(transparent)]
    NotRemoved(#[from] io::Error),
}

impl Decision {
    /// Filters the snapshots to which this decision applies: only conflicts have sides to keep.
    pub fn filter_applicable(self, pending: Vec<Pending<'_>>) -> Result<Vec<Pending<'_>>, DecisionError> {
        if !matches!(self, Decision::Keep(_)) {
            return Ok(pending);
        }
        let conflicts = pending.into_iter().filter(|pending| pending.kind == PendingKind::Conflict);
        let with_sides = conflicts.map(|pending| match &pending.sides {
            Some(_) => Ok(pending),
            None => Err(DecisionError::NoSides(pending.snapshot().to_owned())),
        });
        with_sides.collect()
    }

    pub fn carry_out(self, pending: &Pending<'_>) -> Result<(), DecisionError> {
        let id = || pending.id().to_owned();
        match self {
            Decision::Accept => match &pending.file_place {
                Some(file) => snapshot::accept(&pending.snapshot_place, file),
                None => snapshot::accept_copy(&pending.snapshot_place, &pending.file),
            }
            .map_err(|cause| DecisionError::NotAccepted { id: id(), cause }),
            Decision::Reject => Ok(remove_file(pending)?),
            Decision::Keep(side) => {
                let Some(side) = pending.side(side) else { return Ok(()) };
                snapshot::keep_side(&pending.snapshot_place, side)
                    .map_err(|cause| DecisionError::NotResolved { id: id(), cause })?;
                Ok(remove_file(pending)?)
            }
        }
    }
}

fn remove_file(pending: &Pending<'_>) -> io::Result<()> {
    pending.file_place.as_ref().map_or(Ok(()), |file| snapshot::reject(file).map(drop))
}
