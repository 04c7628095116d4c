use serde_json::Value;

use super::outcome::{Measured, Outcome};
use super::reported_exchange::ReportedExchange;
use crate::diagnose::Finding;
use crate::invoke::{Invocation, NotCalled, Recorded};

/// The result of calling a case, or the reason why it wasn't called.
#[derive(Clone, Debug, Default)]
pub struct CaseAttempt {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    /// The mapped output, in the order of the mapping. Empty if there was no answer to map.
    pub mapped: Vec<(String, Value)>,
    /// Time and cost of the call, if one was made in this run.
    pub measured: Option<Measured>,
    /// Whether the fixture is new, the same or changed, if the answer was to be recorded.
    pub recorded: Option<Recorded>,
    /// Why a valid case was not called.
    pub not_called: Option<NotCalled>,
    /// Whether the environment caused the failure: credentials, permissions, quotas or the network.
    pub environment: bool,
    /// The request and the answer, if a report shows them.
    pub exchange: Option<Box<ReportedExchange>>,
}

/// One call of a case, and the answer that was judged.
#[derive(Default)]
pub(super) struct CaseCall {
    pub attempt: CaseAttempt,
    pub invocation: Option<Invocation>,
}

impl From<CaseAttempt> for CaseCall {
    fn from(attempt: CaseAttempt) -> CaseCall {
        CaseCall { attempt, invocation: None }
    }
}
