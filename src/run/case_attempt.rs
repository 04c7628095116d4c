use serde_json::Value;

use super::outcome::{Measured, Outcome};
use super::reported_exchange::ReportedExchange;
use crate::diagnose::Finding;
use crate::invoke::{Invocation, NotCalled, Recorded};
use crate::suite::MaskedValues;

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

impl CaseAttempt {
    /// Masks `values` in the mapped output, for the reports.
    pub(super) fn mask_output(&mut self, values: &MaskedValues) {
        if values.is_empty() {
            return;
        }
        for (_, value) in &mut self.mapped {
            *value = values.mask_strings(value);
        }
    }
}

/// Masks `values` in the texts of `findings` that quote an answer, a refusal or a diff: these may repeat a part of the request.
/// A help contains no values, and its commands must stay as they are.
pub(super) fn mask_findings(findings: &mut [Finding], values: &MaskedValues) {
    if values.is_empty() {
        return;
    }
    for finding in findings {
        let labels = finding.related.iter_mut().chain([&mut finding.at]).map(|label| &mut label.text);
        let texts = finding.notes.iter_mut().chain([&mut finding.message]);
        for text in texts.chain(labels) {
            *text = values.mask(text).into_owned();
        }
    }
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
