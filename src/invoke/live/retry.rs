//! Repeats a call until its answer is final, or no attempt is left.

use super::attempt::{AttemptResult, attempt};
use super::client::Live;
use super::waiting::{Waiting, pause};
use crate::assemble::{Problem, assemble};
use crate::aws::cause::{self, Retry, Service};
use crate::exchange::{Answer, Refusal};
use crate::invoke::{Call, CaseRequest, Invocation, InvokeError, Invoker};
use crate::suite::Case;

impl Invoker for Live {
    fn invoke(&self, case_request: &CaseRequest<'_>) -> Result<Invocation, InvokeError> {
        self.wait(call_with_retries(self, case_request, &Waiting::for_a_case(&self.options)))
    }

    fn varies(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<String> {
        self.identities.secrets()
    }
}

/// Calls until another attempt would not change the answer.
async fn call_with_retries(
    live: &Live,
    case_request: &CaseRequest<'_>,
    waiting: &Waiting,
) -> Result<Invocation, InvokeError> {
    let (_, text) = case_request.model.render_request(case_request.case);
    let (mut attempts, mut failures, mut refreshed) = (0, 0, false);
    loop {
        attempts += 1;
        let permit = live.gate.admit(case_request.request, &text, waiting).await?;
        let result = Box::pin(attempt(live, case_request.model, case_request.request, &text, waiting)).await;
        live.gate.settle(&permit, case_request.request, result.as_ref().map(|result| &result.answer));
        if let Ok(attempted) = &result
            && !refreshed
            && is_expired_token(&attempted.answer)
        {
            refreshed = true;
            live.identities.forget(case_request.model, &attempted.caller).await;
            continue;
        }
        failures += 1;
        let retry = match &result {
            Ok(attempted) => retry_for_answer(&attempted.answer, case_request.case),
            Err(InvokeError::CallFailed(failure)) => failure.retry,
            Err(_) => Retry::Never,
        };
        let max_retries = match retry {
            Retry::Backoff => live.options.retries,
            Retry::Once => live.options.retries.min(1),
            Retry::Never | Retry::Later => 0,
        };
        let requested = result.as_ref().ok().and_then(|attempted| attempted.retry_after).unwrap_or_default();
        let pause = pause(failures, live.options.retry_pause).max(requested);
        if failures > max_retries || !waiting.has_time_for(pause) {
            return result.map(|attempted| to_invocation(attempted, attempts));
        }
        waiting.pause(pause).await?;
    }
}

fn to_invocation(result: AttemptResult, attempts: u32) -> Invocation {
    let AttemptResult { answer, latency, first_token, .. } = result;
    Invocation { answer, call: Some(Call { latency, first_token, attempts }), recorded: None }
}

/// Credentials may expire during the run; they are renewed once.
fn is_expired_token(answer: &Answer) -> bool {
    let expired = |code: &str| matches!(code, "ExpiredTokenException" | "ExpiredToken");
    matches!(answer, Answer::Refusal(refusal) if expired(&refusal.code))
}

/// Whether another attempt may give another answer.
fn retry_for_answer(answer: &Answer, case: &Case) -> Retry {
    match answer {
        Answer::Response(_) => Retry::Never,
        Answer::Refusal(refusal) => retry_for_refusal(refusal, case),
        Answer::Stream(stream) => match assemble(stream).problem {
            None => Retry::Never,
            Some(Problem::Incomplete { .. }) => Retry::Backoff,
            Some(Problem::Refused(refusal)) => retry_for_refusal(&refusal, case),
        },
    }
}

fn retry_for_refusal(refusal: &Refusal, case: &Case) -> Retry {
    if case.expect.error.as_ref().is_some_and(|expected| expected.find_differences(refusal).is_empty()) {
        return Retry::Never;
    }
    match cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message) {
        Some(cause) => cause.retry,
        None => retry_for_status(refusal),
    }
}

/// Temporary statuses, and the stream exceptions that correspond to them.
fn retry_for_status(refusal: &Refusal) -> Retry {
    const STATUSES: [u16; 7] = [408, 424, 429, 500, 502, 503, 504];
    const EXCEPTIONS: [&str; 5] = [
        "throttlingException",
        "internalServerException",
        "serviceUnavailableException",
        "modelTimeoutException",
        "modelStreamErrorException",
    ];
    let is_temporary = STATUSES.contains(&refusal.status)
        || EXCEPTIONS.iter().any(|code| code.eq_ignore_ascii_case(&refusal.code));
    if is_temporary { Retry::Backoff } else { Retry::Never }
}
