use serde_json::Value;

use super::exchanged::Exchanged;
use super::outcome::{Measured, Outcome};
use crate::diagnose::Finding;
use crate::invoke::{Answered, Recorded, Unasked};

/// What calling a case gave, or why it wasn't called.
#[derive(Clone, Debug, Default)]
pub struct CaseAttempt {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    /// The mapped output, in the order of the mapping. Empty if there was no answer to map.
    pub mapped: Vec<(String, Value)>,
    /// What the call took, if one was made in this run.
    pub measured: Option<Measured>,
    /// What became of the fixture, if the answer was to be recorded.
    pub recorded: Option<Recorded>,
    /// Why the case has not been called although nothing is wrong with it.
    pub unasked: Option<Unasked>,
    /// Not the case failed, but what it needs: credentials, permissions, quotas, the network.
    pub environment: bool,
    /// What was asked and what came, if a report is to show it.
    pub exchanged: Option<Box<Exchanged>>,
}

/// One call of a case, and the answer that it was judged by.
#[derive(Default)]
pub(super) struct CaseCall {
    pub attempt: CaseAttempt,
    pub answered: Option<Answered>,
}

impl From<CaseAttempt> for CaseCall {
    fn from(attempt: CaseAttempt) -> CaseCall {
        CaseCall { attempt, answered: None }
    }
}
