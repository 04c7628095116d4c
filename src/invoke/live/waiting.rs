//! Waiting that ends: with the answer, at a limit, or because the run is over.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::options::LiveOptions;
use crate::aws::cause::{Key, Retry};
use crate::diagnose::Code;
use crate::invoke::{NoAnswer, Trouble, Unasked};

/// What one case may wait for.
pub(super) struct Waiting {
    interrupted: Arc<AtomicBool>,
    run: Option<Instant>,
    case: (Instant, Duration),
}

/// A limit of the settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    /// As the settings name it.
    pub name: &'static str,
    pub ends: Instant,
    pub after: Duration,
}

impl Limit {
    pub(super) fn starting_now(name: &'static str, after: Duration) -> Limit {
        Limit { name, ends: Instant::now() + after, after }
    }

    pub(super) fn trouble(self) -> Trouble {
        let message =
            format!("the call took longer than the limit `{}`, {} s", self.name, self.after.as_secs_f64());
        let help = format!("raise `timeout.{}` in the settings, or shorten the answer", self.name);
        Trouble::new(Code::CallTimedOut, Key::Region, message).help(help).retry(Retry::Backoff)
    }
}

/// How often a wait looks up.
const GLANCE: Duration = Duration::from_millis(50);

impl Waiting {
    pub(super) fn for_a_case(options: &LiveOptions) -> Waiting {
        Waiting {
            interrupted: Arc::clone(&options.interrupted),
            run: options.timeouts.run,
            case: (Instant::now() + options.timeouts.case, options.timeouts.case),
        }
    }

    /// What `future` gives, unless `limit`, the case's or the run's comes first.
    pub(super) async fn within<F: Future>(
        &self,
        limit: Option<Limit>,
        future: F,
    ) -> Result<F::Output, NoAnswer> {
        let mut future = pin!(future);
        let case = Limit { name: "case", ends: self.case.0, after: self.case.1 };
        let limit = limit.filter(|limit| limit.ends < case.ends).unwrap_or(case);
        loop {
            self.check()?;
            let left = limit.ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let trouble = limit.trouble();
                // When the case is over, there is no time for another attempt.
                let again = if limit.name == "case" { Retry::Never } else { trouble.retry };
                return Err(trouble.retry(again).into());
            }
            if let Ok(output) = tokio::time::timeout(left.min(GLANCE), future.as_mut()).await {
                return Ok(output);
            }
        }
    }

    /// Waits for `pause`; an error if the case could not go on after it.
    pub(super) async fn pause(&self, pause: Duration) -> Result<(), NoAnswer> {
        self.within(None, tokio::time::sleep(pause)).await
    }

    /// Whether a pause would outlast the case or the run.
    pub(super) fn has_time_for(&self, pause: Duration) -> bool {
        let after = Instant::now() + pause;
        after < self.case.0 && self.run.is_none_or(|run| after < run)
    }

    fn check(&self) -> Result<(), NoAnswer> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(NoAnswer::Unasked(Unasked::Interrupted));
        }
        if self.run.is_some_and(|run| run <= Instant::now()) {
            return Err(NoAnswer::Unasked(Unasked::OutOfTime));
        }
        Ok(())
    }
}

/// No pause is longer, but one that the service itself asks for.
const LONGEST: Duration = Duration::from_secs(20);

/// The pause before the retry that follows `failures` failures: anything up to `unit`, doubled each time, so
/// that calls that were refused together don't come back together ("full jitter").
pub(super) fn pause(failures: u32, unit: Duration) -> Duration {
    let longest = unit.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    longest.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let unit = Duration::from_millis(500);
        for (failures, longest) in [(0, unit), (1, unit), (2, unit * 2), (4, unit * 8), (99, LONGEST)] {
            let pauses: Vec<Duration> = (0..200).map(|_| pause(failures, unit)).collect();
            assert!(pauses.iter().all(|pause| *pause <= longest), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause > longest / 2), "{failures}: {pauses:?}");
        }
    }
}
