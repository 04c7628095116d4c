//! Finds the cause of a case's outcome from its run and the previous run.

use crate::record::{Case, Named, Recorded};
use crate::run::Outcome;

/// The cause, as a clause. `before` is the same case in the previous run.
pub(super) fn cause(case: &Case, before: Option<&Case>) -> Option<&'static str> {
    let from_previous = || before.filter(|_| !case.is_done()).and_then(|before| first_change(case, before));
    cause_in_case(case).or_else(from_previous).or_else(|| cause_of_other_output(case))
}

/// The cause, if the record of the case alone shows it.
fn cause_in_case(case: &Case) -> Option<&'static str> {
    match &case.outcome {
        Named::Known(Outcome::Stale) => Some("the request changed since it was recorded"),
        Named::Known(Outcome::Missing) => Some("the case was never recorded"),
        Named::Known(Outcome::New) => Some("the case has no accepted snapshot"),
        Named::Known(Outcome::Differs) if case.recorded == Some(Named::Known(Recorded::Changed)) => {
            Some("the model answered differently in this run")
        }
        Named::Known(Outcome::Differs) if case.call.is_some() => {
            Some("the model's live answer differs from the accepted output")
        }
        Named::Known(
            Outcome::Pass | Outcome::Fail | Outcome::Differs | Outcome::Error | Outcome::Skipped,
        )
        | Named::Unknown(_) => case.not_called.as_ref().map(|_| "the case was not called"),
    }
}

/// The possible causes of a different output, for a case with no known cause.
fn cause_of_other_output(case: &Case) -> Option<&'static str> {
    let differs = case.outcome == Named::Known(Outcome::Differs);
    differs.then_some(
        "the recording, the mapping or the snapshot's policy changed since the output was accepted",
    )
}

/// The first change since the previous run, in the order request, answer, mapping, judgement.
fn first_change(case: &Case, before: &Case) -> Option<&'static str> {
    let (now, then) = (case.exchange.as_ref()?, before.exchange.as_ref()?);
    Some(if !now.has_same_request(then) {
        "the request changed since the previous run, and it was recorded again"
    } else if now.response != then.response || now.refusal != then.refusal {
        "the request is the same as in the previous run, but the recorded answer changed"
    } else if case.mapped != before.mapped {
        "the exchange is the same as in the previous run, but the mapping extracts other values from it"
    } else if case.outcome != before.outcome {
        "the output is the same as in the previous run, but the expectations or the accepted snapshot changed"
    } else {
        // Nothing changed.
        return None;
    })
}
