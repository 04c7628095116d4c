use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::invoke::live::options::Limits;

const MINUTE: Duration = Duration::from_mins(1);

/// Limits the calls and the tokens per minute, for each model and Region.
pub(super) struct RateLimits {
    limits: Limits,
    calls: Mutex<HashMap<(String, String), VecDeque<CountedCall>>>,
}

#[derive(Clone, Copy, Debug)]
struct CountedCall {
    at: Instant,
    tokens: u64,
}

/// Identifies one of the counted calls.
pub(super) struct Slot {
    model_and_region: (String, String),
    at: Instant,
}

impl RateLimits {
    pub(super) fn new(limits: Limits) -> RateLimits {
        RateLimits { limits, calls: Mutex::default() }
    }

    pub(super) fn counts_tokens(&self) -> bool {
        self.limits.tokens.is_some()
    }

    /// A slot for a call of model and Region at `now`, or how long to wait before trying again.
    pub(super) fn reserve(
        &self,
        model_and_region: (&str, &str),
        tokens: u64,
        now: Instant,
    ) -> Result<Slot, Duration> {
        let model_and_region = (model_and_region.0.to_owned(), model_and_region.1.to_owned());
        if self.limits.requests.is_none() && self.limits.tokens.is_none() {
            return Ok(Slot { model_and_region, at: now });
        }
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let window = calls.entry(model_and_region.clone()).or_default();
        while window.front().is_some_and(|call| now.duration_since(call.at) >= MINUTE) {
            window.pop_front();
        }
        if let Some(blocking) = self.blocking_call(window, tokens) {
            return Err((blocking + MINUTE).saturating_duration_since(now).max(Duration::from_millis(1)));
        }
        // Each call gets an instant of its own, by which `correct` and `release` find it.
        let at = window.back().map_or(now, |last| now.max(last.at + Duration::from_nanos(1)));
        window.push_back(CountedCall { at, tokens });
        Ok(Slot { model_and_region, at })
    }

    /// The time of the call after whose minute there is room for a call with `tokens`; `None` if there is room now.
    fn blocking_call(&self, window: &VecDeque<CountedCall>, tokens: u64) -> Option<Instant> {
        let requests = self.limits.requests.map_or(usize::MAX, |limit| limit.get() as usize);
        if window.len() >= requests {
            return window.get(window.len() - requests).map(|call| call.at);
        }
        let limit = u64::from(self.limits.tokens?.get());
        let mut used: u64 = window.iter().map(|call| call.tokens).sum();
        let mut blocking = None;
        // A call that exceeds the limit by itself is made alone.
        for call in window {
            if used + tokens <= limit {
                break;
            }
            used -= call.tokens;
            blocking = Some(call.at);
        }
        blocking
    }

    /// Replaces the estimated tokens of the call by the actual ones.
    pub(super) fn correct(&self, slot: &Slot, tokens: u64) {
        self.update(slot, |call| call.tokens = tokens);
    }

    /// Frees the slot of a call that was not made.
    pub(super) fn release(&self, slot: &Slot) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = calls.get_mut(&slot.model_and_region) {
            window.retain(|call| call.at != slot.at);
        }
    }

    fn update(&self, slot: &Slot, change: impl FnOnce(&mut CountedCall)) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let call = calls
            .get_mut(&slot.model_and_region)
            .and_then(|window| window.iter_mut().find(|call| call.at == slot.at));
        call.map(change);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const MODEL_AND_REGION: (&str, &str) = ("model", "us-east-1");

    fn rate_limits(requests: Option<u32>, tokens: Option<u32>) -> RateLimits {
        RateLimits::new(Limits {
            requests: requests.and_then(NonZeroU32::new),
            tokens: tokens.and_then(NonZeroU32::new),
        })
    }

    #[test]
    fn calls_wait_until_the_oldest_is_a_minute_old() {
        let (rate_limits, start) = (rate_limits(Some(2), None), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(
            rate_limits.reserve(MODEL_AND_REGION, 0, at(0)).is_ok()
                && rate_limits.reserve(MODEL_AND_REGION, 0, at(10)).is_ok()
        );
        assert_eq!(rate_limits.reserve(MODEL_AND_REGION, 0, at(20)).err(), Some(Duration::from_secs(40)));
        assert!(
            rate_limits.reserve(("other", "us-east-1"), 0, at(20)).is_ok(),
            "another model has its own window"
        );
        assert!(rate_limits.reserve(MODEL_AND_REGION, 0, at(60)).is_ok());
        assert_eq!(rate_limits.reserve(MODEL_AND_REGION, 0, at(61)).err(), Some(Duration::from_secs(9)));
    }

    #[test]
    fn estimated_tokens_are_replaced_by_the_actual_ones() {
        let (rate_limits, start) = (rate_limits(None, Some(100)), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let slot = rate_limits.reserve(MODEL_AND_REGION, 80, at(0)).ok().unwrap();
        assert_eq!(rate_limits.reserve(MODEL_AND_REGION, 30, at(6)).err(), Some(Duration::from_secs(54)));
        rate_limits.correct(&slot, 10);
        assert!(rate_limits.reserve(MODEL_AND_REGION, 30, at(6)).is_ok());
        assert!(rate_limits.reserve(MODEL_AND_REGION, 500, at(7)).is_err());
        assert!(
            rate_limits.reserve(MODEL_AND_REGION, 500, at(70)).is_ok(),
            "a call that exceeds the limit is made alone"
        );
    }

    #[test]
    fn a_call_that_is_not_made_releases_its_slot() {
        let (rate_limits, now) = (rate_limits(Some(1), None), Instant::now());
        let slot = rate_limits.reserve(MODEL_AND_REGION, 0, now).ok().unwrap();
        rate_limits.release(&slot);
        assert!(rate_limits.reserve(MODEL_AND_REGION, 0, now).is_ok());
    }
}
