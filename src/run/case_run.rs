use std::path::PathBuf;

use super::case_attempt::CaseAttempt;
use super::outcome::{Changed, Outcome, Written};
use crate::diagnose::Span;

/// One case after its run.
#[derive(Clone, Debug)]
pub struct CaseRun {
    /// `model::case`.
    pub id: String,
    pub model: String,
    pub config: PathBuf,
    /// The case's name in its config.
    pub at: Span,
    /// The case only warns: whatever the outcome, the run doesn't fail.
    pub warns: bool,
    /// What calling the case gave; its outcome and findings are those of the snapshot as well.
    pub attempt: CaseAttempt,
    /// The accepted output and the new one, if they differ.
    pub changed: Option<Changed>,
    /// What was written for the snapshot, if anything.
    pub written: Option<Written>,
    /// The snapshot or its pending file could not be written.
    pub unwritten: bool,
}

impl CaseRun {
    /// Whether the case stands in the way of a clean exit.
    pub fn fails(&self) -> bool {
        !self.warns && !matches!(self.attempt.outcome, Outcome::Pass | Outcome::Skipped)
    }
}
