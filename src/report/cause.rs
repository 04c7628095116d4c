//! What made a case end as it did, as far as its run and the previous one can know.

use crate::record::{Case, Named, Recorded};
use crate::run::Outcome;

/// The cause, in a clause. `before` is the same case in the previous run.
pub(super) fn cause(case: &Case, before: Option<&Case>) -> Option<&'static str> {
    let since = || before.filter(|_| !case.is_done()).and_then(|before| since(case, before));
    of_case(case).or_else(since).or_else(|| of_another_output(case))
}

/// The cause that the case alone shows.
fn of_case(case: &Case) -> Option<&'static str> {
    match &case.outcome {
        Named::Known(Outcome::Stale) => Some("the request changed since it was recorded"),
        Named::Known(Outcome::Missing) => Some("the case was never recorded"),
        Named::Known(Outcome::New) => Some("the case has no accepted snapshot"),
        Named::Known(Outcome::Differs) if case.recorded == Some(Named::Known(Recorded::Changed)) => {
            Some("the model answered differently in this run")
        }
        Named::Known(Outcome::Differs) if case.call.is_some() => {
            Some("the model's live answer is not like the accepted one")
        }
        Named::Known(
            Outcome::Pass | Outcome::Fail | Outcome::Differs | Outcome::Error | Outcome::Skipped,
        )
        | Named::Unknown(_) => case.not_called.as_ref().map(|_| "the case was not called"),
    }
}

/// The cause of another output where nothing else is known.
fn of_another_output(case: &Case) -> Option<&'static str> {
    let differs = case.outcome == Named::Known(Outcome::Differs);
    differs.then_some(
        "the recording, the mapping or the snapshot's policy changed since the output was accepted",
    )
}

/// What is not as it was in the previous run: the first of what leads to an output.
fn since(case: &Case, before: &Case) -> Option<&'static str> {
    let (now, then) = (case.exchange.as_ref()?, before.exchange.as_ref()?);
    Some(if !now.has_same_request(then) {
        "what is asked is not what the previous run asked, and it was recorded anew"
    } else if now.response != then.response || now.refusal != then.refusal {
        "what is asked is what the previous run asked, and the recorded answer is another one"
    } else if case.mapped != before.mapped {
        "the exchange is that of the previous run, and the mapping takes something else out of it"
    } else if case.outcome != before.outcome {
        "the output is that of the previous run, and the expectations or the accepted snapshot are others"
    } else {
        // All is as it was.
        return None;
    })
}
