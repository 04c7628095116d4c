//! What made a case end as it did, as far as its run and the previous one can know.

use super::lines::Case;
use crate::run::Outcome;

/// The cause, in a clause. `before` is the same case in the previous run.
pub(super) fn cause(case: &Case, before: Option<&Case>) -> Option<&'static str> {
    let is = |outcome: Outcome| case.outcome == outcome.name();
    let known = [
        (is(Outcome::Stale), "the request changed since it was recorded"),
        (is(Outcome::Missing), "the case was never recorded"),
        (is(Outcome::New), "the case has no accepted snapshot"),
        (
            is(Outcome::Differs) && case.recorded.as_deref() == Some("changed"),
            "the model answered differently in this run",
        ),
        (is(Outcome::Differs) && case.call.is_some(), "the model's live answer is not like the accepted one"),
        (case.not_called.is_some(), "the case was not called"),
    ];
    let known = known.iter().find(|(applies, _)| *applies).map(|(_, cause)| *cause);
    known.or_else(|| before.and_then(|before| since(case, before)).filter(|_| !case.is_done())).or_else(
        || {
            is(Outcome::Differs).then_some(
                "the recording, the mapping or the snapshot's policy changed since the output was accepted",
            )
        },
    )
}

/// What is not as it was in the previous run: the first of what leads to an output.
fn since(case: &Case, before: &Case) -> Option<&'static str> {
    let (now, then) = (case.exchange.as_ref()?, before.exchange.as_ref()?);
    Some(if !now.asks_like(then) {
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
