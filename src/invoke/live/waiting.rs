//! Waits for an answer, up to a limit or the end of the run.

use std::future::{Future, pending};
use std::time::{Duration, Instant};

use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::options::LiveOptions;
use crate::aws::cause::{Key, Retry};
use crate::diagnose::Code;
use crate::invoke::{CallFailure, InvokeError, NotCalled};

/// The limits for the waits of one case.
pub(super) struct Waiting {
    interrupted: CancellationToken,
    run: Option<Instant>,
    case: Limit,
}

/// A limit of the settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// Its name in the settings.
    pub name: &'static str,
    pub deadline: Instant,
    pub duration: Duration,
}

impl Limit {
    pub(super) fn starting_now(name: &'static str, duration: Duration) -> Limit {
        Limit { name, deadline: Instant::now() + duration, duration }
    }

    pub(super) fn to_failure(self) -> CallFailure {
        let message =
            format!("the call took longer than the limit `{}`, {} s", self.name, self.duration.as_secs_f64());
        let help = format!("raise `timeout.{}` in the settings, or shorten the answer", self.name);
        CallFailure::new(Code::CallTimedOut, Key::Region, message).help(help).retry(Retry::Backoff)
    }
}

impl Waiting {
    pub(super) fn for_a_case(options: &LiveOptions) -> Waiting {
        Waiting {
            interrupted: options.interrupted.clone(),
            run: options.timeouts.run,
            case: Limit::starting_now("case", options.timeouts.case),
        }
    }

    /// The result of `future`, unless `limit`, the case's limit or the run's limit is reached first.
    pub(super) async fn within<F: Future>(
        &self,
        limit: Option<Limit>,
        future: F,
    ) -> Result<F::Output, InvokeError> {
        let limit = limit.filter(|limit| limit.deadline < self.case.deadline).unwrap_or(self.case);
        // The end of the run is checked first, so that no call starts after it.
        tokio::select! {
            biased;
            () = self.interrupted.cancelled() => Err(InvokeError::NotCalled(NotCalled::Interrupted)),
            () = until(self.run) => Err(InvokeError::NotCalled(NotCalled::OutOfTime)),
            () = until(Some(limit.deadline)) => {
                let failure = limit.to_failure();
                // At the case's limit there is no time for another attempt.
                let retry = if limit.name == "case" { Retry::Never } else { failure.retry };
                Err(failure.retry(retry).into())
            }
            output = future => Ok(output),
        }
    }

    /// Waits for `pause`. Returns an error if a limit is reached or the run is interrupted during it.
    pub(super) async fn pause(&self, pause: Duration) -> Result<(), InvokeError> {
        self.within(None, sleep(pause)).await
    }

    /// Whether a pause would end before the limits of the case and the run.
    pub(super) fn has_time_for(&self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        end < self.case.deadline && self.run.is_none_or(|run| end < run)
    }
}

/// Waits until `end`, or forever without an `end`.
async fn until(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end.into()).await,
        None => pending().await,
    }
}

/// The longest pause, unless the service asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The pause before a retry, after `failures` failures. It is random, so that calls that were refused together are not
/// retried together ("full jitter"). Its maximum is `unit` after the first failure and doubles with each further one.
pub(super) fn pause(failures: u32, unit: Duration) -> Duration {
    let longest = unit.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    longest.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(5);

    /// Waits with the limits of `waiting` for a future that never ends.
    fn wait_in_vain(waiting: &Waiting, limit: Option<Limit>) -> InvokeError {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(waiting.within(limit, pending::<()>())).unwrap_err()
    }

    fn waiting(interrupted: &CancellationToken, run: Option<Instant>) -> Waiting {
        let case = Limit::starting_now("case", LONG);
        Waiting { interrupted: interrupted.clone(), run, case }
    }

    #[test]
    fn a_wait_ends_when_the_run_is_interrupted() {
        let token = CancellationToken::new();
        let waiting = waiting(&token, None);
        let waits = std::thread::spawn(move || wait_in_vain(&waiting, None));
        token.cancel();
        assert!(matches!(waits.join().unwrap(), InvokeError::NotCalled(NotCalled::Interrupted)));
    }

    #[test]
    fn a_wait_ends_with_the_run_and_at_the_nearest_limit() {
        let token = CancellationToken::new();
        let over = waiting(&token, Some(Instant::now()));
        assert!(matches!(wait_in_vain(&over, None), InvokeError::NotCalled(NotCalled::OutOfTime)));
        let limit = Limit::starting_now("call", Duration::ZERO);
        let InvokeError::CallFailed(call) = wait_in_vain(&waiting(&token, None), Some(limit)) else {
            panic!()
        };
        assert_eq!((call.code, call.retry), (Code::CallTimedOut, Retry::Backoff));
        let ended = Waiting { case: Limit { name: "case", ..limit }, ..waiting(&token, None) };
        let later = Limit::starting_now("call", LONG);
        let InvokeError::CallFailed(case) = wait_in_vain(&ended, Some(later)) else { panic!() };
        assert_eq!((case.code, case.retry), (Code::CallTimedOut, Retry::Never));
    }

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let unit = Duration::from_millis(500);
        for (failures, longest) in [(0, unit), (1, unit), (2, unit * 2), (4, unit * 8), (99, LONGEST_PAUSE)] {
            let pauses: Vec<Duration> = (0..200).map(|_| pause(failures, unit)).collect();
            assert!(pauses.iter().all(|pause| *pause <= longest), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause > longest / 2), "{failures}: {pauses:?}");
        }
    }
}
