use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::invoke::Call;
use crate::suite::Measure;

/// What became of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything that the case asks for holds.
    Pass,
    /// An expectation or the mapping is not met.
    Fail,
    /// The mapped output is not the accepted snapshot.
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

    /// As reports write it.
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

    /// As the summary counts it: `2 failed`.
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

/// What a case's call took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// `None` for an answer that was recorded earlier.
    pub call: Option<Call>,
    /// USD, by the prices that are known and the tokens that the answer tells.
    pub cost: Option<f64>,
    /// For a case that is repeated: how many of its calls passed, and of how many.
    pub passed: Option<(u32, u32)>,
}

/// Mapped output that is not the accepted one, as both stand in a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub snapshot: PathBuf,
    pub old: String,
    pub new: String,
    /// USD that a call costs by the old tokens and by the new ones, where both and the price are known.
    pub cost: Option<[f64; 2]>,
}

/// The count that the contents of a snapshot give for a field, such as `input_tokens`.
pub fn tokens(contents: &str, field: &str) -> Option<u64> {
    contents.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": ")?.parse().ok())
}

/// What a run wrote for a case's snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The snapshot itself.
    Accepted,
    /// The `.snap.new` that waits for a review.
    Pending,
}

impl Measured {
    /// The measure as a number that expectations look at; `None` if the call doesn't tell it.
    pub fn of(&self, measure: Measure) -> Option<Value> {
        let milliseconds = |time: Duration| Value::from(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        match measure {
            Measure::Latency => self.call.map(|call| milliseconds(call.latency)),
            Measure::FirstToken => self.call?.first_token.map(milliseconds),
            Measure::Cost => self.cost.map(Value::from),
        }
    }
}
