use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::invoke::Call;
use crate::suite::{MaskedValues, Measure};

/// The outcome of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// All expectations of the case are met.
    Pass,
    /// An expectation is not met, or the mapping failed.
    Fail,
    /// The mapped output differs from the accepted snapshot.
    Differs,
    /// There is no accepted snapshot yet.
    New,
    /// The request changed since it was recorded.
    Stale,
    /// There is no recorded exchange.
    Missing,
    /// The case could not be run, or Bedrock refused it.
    #[default]
    Error,
    /// The run ended before the case's turn.
    Skipped,
}

impl Outcome {
    pub const ALL: [Outcome; 8] = [
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Differs,
        Outcome::New,
        Outcome::Stale,
        Outcome::Missing,
        Outcome::Error,
        Outcome::Skipped,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Differs => "differs",
            Outcome::New => "new",
            Outcome::Stale => "stale",
            Outcome::Missing => "missing",
            Outcome::Error => "error",
            Outcome::Skipped => "skipped",
        }
    }

    /// The text for the summary: `2 failed`.
    pub fn counted(self, count: usize) -> String {
        let (one, more) = match self {
            Outcome::Pass => ("passed", "passed"),
            Outcome::Fail => ("failed", "failed"),
            Outcome::Differs => ("snapshot differs", "snapshots differ"),
            Outcome::New => ("new", "new"),
            Outcome::Stale => ("stale", "stale"),
            Outcome::Missing => ("not recorded", "not recorded"),
            Outcome::Error => ("error", "errors"),
            Outcome::Skipped => ("not run", "not run"),
        };
        format!("{count} {}", if count == 1 { one } else { more })
    }
}

/// Time and cost of a case's call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// `None` for an answer that was recorded earlier.
    pub call: Option<Call>,
    /// The cost in USD, if the answer contains token counts and their price is known.
    pub cost: Option<f64>,
    /// For a repeated case: how many calls passed, and how many were made.
    pub passed: Option<(u32, u32)>,
}

/// Mapped output that differs from the accepted output; both as a snapshot contains them.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub snapshot: PathBuf,
    pub old: String,
    pub new: String,
    /// The cost of one call in USD with the old and with the new token counts, if both counts and the price are known.
    pub cost: Option<[f64; 2]>,
}

impl Changed {
    /// Masks `values` in both texts.
    pub(super) fn mask(&mut self, values: &MaskedValues) {
        for text in [&mut self.old, &mut self.new] {
            *text = values.mask(text).into_owned();
        }
    }
}

/// The value of a count, such as `input_tokens`, in the contents of a snapshot.
pub fn tokens(contents: &str, field: &str) -> Option<u64> {
    contents.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": ")?.parse().ok())
}

/// Which file a run wrote for a case's snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The snapshot itself.
    Accepted,
    /// The `.snap.new` that waits for a review.
    Pending,
}

impl Measured {
    /// The value of `measure` for the check of expectations; `None` if it is not known.
    pub fn value(&self, measure: Measure) -> Option<Value> {
        let milliseconds = |time: Duration| Value::from(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        match measure {
            Measure::Latency => self.call.map(|call| milliseconds(call.latency)),
            Measure::FirstToken => self.call?.first_token.map(milliseconds),
            Measure::Cost => self.cost.map(Value::from),
        }
    }
}
