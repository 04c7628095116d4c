//! Repeats a call until its answer is final, or no attempt is left.

use super::attempt::{Taken, attempt};
use super::client::Live;
use super::waiting::{Waiting, pause};
use crate::assemble::{Problem, assemble};
use crate::aws::cause::{self, Retry, Service};
use crate::exchange::{Answer, Refusal};
use crate::invoke::{Answered, Ask, Call, Invoker, NoAnswer};
use crate::suite::Case;

impl Invoker for Live {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        self.wait(call(self, ask, &Waiting::for_a_case(&self.options)))
    }

    fn varies(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<String> {
        self.identities.secrets()
    }
}

/// Calls until another attempt would not change the answer.
async fn call(live: &Live, ask: &Ask<'_>, waiting: &Waiting) -> Result<Answered, NoAnswer> {
    let (_, text) = ask.model.rendered(ask.case);
    let (mut attempts, mut failures, mut refreshed) = (0, 0, false);
    loop {
        attempts += 1;
        let permit = live.gate.pass(ask.request, &text, waiting).await?;
        let taken = Box::pin(attempt(live, ask.model, ask.request, &text, waiting)).await;
        live.gate.settle(&permit, ask.request, taken.as_ref().map(|taken| &taken.answer));
        if let Ok(taken) = &taken
            && !refreshed
            && has_expired(&taken.answer)
        {
            refreshed = true;
            live.identities.forget(ask.model, &taken.caller).await;
            continue;
        }
        failures += 1;
        let again = match &taken {
            Ok(taken) => worth_another(&taken.answer, ask.case),
            Err(NoAnswer::Trouble(trouble)) => trouble.retry,
            Err(_) => Retry::Never,
        };
        let most = match again {
            Retry::Backoff => live.options.retries,
            Retry::Once => live.options.retries.min(1),
            Retry::Never | Retry::Later => 0,
        };
        let asked = taken.as_ref().ok().and_then(|taken| taken.retry_after).unwrap_or_default();
        let pause = pause(failures, live.options.retry_pause).max(asked);
        if failures > most || !waiting.has_time_for(pause) {
            return taken.map(|taken| answered(taken, attempts));
        }
        waiting.pause(pause).await?;
    }
}

fn answered(taken: Taken, attempts: u32) -> Answered {
    let Taken { answer, latency, first_token, .. } = taken;
    Answered { answer, call: Some(Call { latency, first_token, attempts }), recorded: None }
}

/// Credentials may expire during the run; they are renewed once.
fn has_expired(answer: &Answer) -> bool {
    let expired = |code: &str| matches!(code, "ExpiredTokenException" | "ExpiredToken");
    matches!(answer, Answer::Refusal(refusal) if expired(&refusal.code))
}

/// Whether another attempt may give another answer.
fn worth_another(answer: &Answer, case: &Case) -> Retry {
    match answer {
        Answer::Response(_) => Retry::Never,
        Answer::Refusal(refusal) => of_refusal(refusal, case),
        Answer::Stream(stream) => match assemble(stream).problem {
            None => Retry::Never,
            Some(Problem::Incomplete { .. }) => Retry::Backoff,
            Some(Problem::Refused(refusal)) => of_refusal(&refusal, case),
        },
    }
}

fn of_refusal(refusal: &Refusal, case: &Case) -> Retry {
    if case.expect.error.as_ref().is_some_and(|expected| expected.misses(refusal).is_empty()) {
        return Retry::Never;
    }
    match cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message) {
        Some(cause) => cause.retry,
        None => of_status(refusal),
    }
}

/// Temporary statuses, and the stream exceptions that correspond to them.
fn of_status(refusal: &Refusal) -> Retry {
    const STATUSES: [u16; 7] = [408, 424, 429, 500, 502, 503, 504];
    const EXCEPTIONS: [&str; 5] = [
        "throttlingException",
        "internalServerException",
        "serviceUnavailableException",
        "modelTimeoutException",
        "modelStreamErrorException",
    ];
    let passing = STATUSES.contains(&refusal.status)
        || EXCEPTIONS.iter().any(|code| code.eq_ignore_ascii_case(&refusal.code));
    if passing { Retry::Backoff } else { Retry::Never }
}
