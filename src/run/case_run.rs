use std::path::PathBuf;

use super::case_attempt::CaseAttempt;
use super::outcome::{Changed, Outcome, Written};
use crate::diagnose::Span;

/// A case that was run.
#[derive(Clone, Debug)]
pub struct CaseRun {
    /// `model::case`.
    pub id: String,
    pub model: String,
    pub config: PathBuf,
    /// The case's name in its config.
    pub at: Span,
    /// The case only warns: the run doesn't fail because of it, even if its outcome is a failure.
    pub warns: bool,
    /// The result of the call. Its outcome and findings include those of the snapshot.
    pub attempt: CaseAttempt,
    /// The accepted output and the new one, if they differ.
    pub changed: Option<Changed>,
    /// Which of the snapshot's files was written, if any.
    pub written: Option<Written>,
    /// The snapshot or its pending file could not be written.
    pub unwritten: bool,
}

impl CaseRun {
    /// Whether the case makes the run fail.
    pub fn fails(&self) -> bool {
        !self.warns && !matches!(self.attempt.outcome, Outcome::Pass | Outcome::Skipped)
    }
}
