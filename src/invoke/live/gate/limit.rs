use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::invoke::live::options::Limits;

const MINUTE: Duration = Duration::from_mins(1);

/// The calls of the last minute.
pub(super) struct Windows {
    limits: Limits,
    calls: Mutex<HashMap<(String, String), VecDeque<Taken>>>,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    at: Instant,
    tokens: u64,
}

/// One call in its window.
pub(super) struct Slot {
    of: (String, String),
    at: Instant,
}

impl Windows {
    pub(super) fn new(limits: Limits) -> Windows {
        Windows { limits, calls: Mutex::default() }
    }

    pub(super) fn counts_tokens(&self) -> bool {
        self.limits.tokens.is_some()
    }

    /// A slot for a call of model and Region at `now`, or how long to wait before trying again.
    pub(super) fn take(&self, of: (&str, &str), tokens: u64, now: Instant) -> Result<Slot, Duration> {
        let of = (of.0.to_owned(), of.1.to_owned());
        if self.limits.requests.is_none() && self.limits.tokens.is_none() {
            return Ok(Slot { of, at: now });
        }
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let window = calls.entry(of.clone()).or_default();
        while window.front().is_some_and(|taken| now.duration_since(taken.at) >= MINUTE) {
            window.pop_front();
        }
        if let Some(full) = self.full_until(window, tokens) {
            return Err((full + MINUTE).saturating_duration_since(now).max(Duration::from_millis(1)));
        }
        // Calls made at the same instant are distinguished by a serial number.
        let at = window.back().map_or(now, |last| now.max(last.at + Duration::from_nanos(1)));
        window.push_back(Taken { at, tokens });
        Ok(Slot { of, at })
    }

    /// The time of the call that has to leave the window first; `None` if there is room.
    fn full_until(&self, window: &VecDeque<Taken>, tokens: u64) -> Option<Instant> {
        let requests = self.limits.requests.map_or(usize::MAX, |limit| limit.get() as usize);
        if window.len() >= requests {
            return window.get(window.len() - requests).map(|taken| taken.at);
        }
        let limit = u64::from(self.limits.tokens?.get());
        let mut used: u64 = window.iter().map(|taken| taken.tokens).sum();
        let mut leaves = None;
        // A call that exceeds the limit by itself is made alone.
        for taken in window {
            if used + tokens <= limit {
                break;
            }
            used -= taken.tokens;
            leaves = Some(taken.at);
        }
        leaves
    }

    /// Replaces the estimated tokens of the call by the actual ones.
    pub(super) fn correct(&self, slot: &Slot, tokens: u64) {
        self.with(slot, |taken| taken.tokens = tokens);
    }

    /// Frees the slot of a call that was not made.
    pub(super) fn give_back(&self, slot: &Slot) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = calls.get_mut(&slot.of) {
            window.retain(|taken| taken.at != slot.at);
        }
    }

    fn with(&self, slot: &Slot, change: impl FnOnce(&mut Taken)) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let taken =
            calls.get_mut(&slot.of).and_then(|window| window.iter_mut().find(|taken| taken.at == slot.at));
        taken.map(change);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const OF: (&str, &str) = ("model", "us-east-1");

    fn windows(requests: Option<u32>, tokens: Option<u32>) -> Windows {
        Windows::new(Limits {
            requests: requests.and_then(NonZeroU32::new),
            tokens: tokens.and_then(NonZeroU32::new),
        })
    }

    #[test]
    fn calls_wait_until_one_is_a_minute_ago() {
        let (windows, start) = (windows(Some(2), None), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(windows.take(OF, 0, at(0)).is_ok() && windows.take(OF, 0, at(10)).is_ok());
        assert_eq!(windows.take(OF, 0, at(20)).err(), Some(Duration::from_secs(40)));
        assert!(windows.take(("other", "us-east-1"), 0, at(20)).is_ok(), "another model has its own window");
        assert!(windows.take(OF, 0, at(60)).is_ok());
        assert_eq!(windows.take(OF, 0, at(61)).err(), Some(Duration::from_secs(9)));
    }

    #[test]
    fn tokens_are_counted_as_thought_and_corrected() {
        let (windows, start) = (windows(None, Some(100)), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let slot = windows.take(OF, 80, at(0)).ok().unwrap();
        assert_eq!(windows.take(OF, 30, at(6)).err(), Some(Duration::from_secs(54)));
        windows.correct(&slot, 10);
        assert!(windows.take(OF, 30, at(6)).is_ok());
        assert!(windows.take(OF, 500, at(7)).is_err());
        assert!(windows.take(OF, 500, at(70)).is_ok(), "what is larger than the limit goes alone");
    }

    #[test]
    fn a_call_that_is_not_made_leaves_its_slot() {
        let (windows, now) = (windows(Some(1), None), Instant::now());
        let slot = windows.take(OF, 0, now).ok().unwrap();
        windows.give_back(&slot);
        assert!(windows.take(OF, 0, now).is_ok());
    }
}
