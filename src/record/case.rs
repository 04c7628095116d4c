//! The record of a case: its outcome, its findings, and the time and cost of its call.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::finding::{Finding, LineColumn, Place};
use super::named::{Named, Names};
use crate::diagnose::Severity;
use crate::invoke::NotCalled;
use crate::run::{Outcome, Written};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Case {
    /// `model::case`.
    pub id: String,
    pub model: String,
    pub config: String,
    /// The profile that the case ran with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The case's name in its config. Records of older versions lack it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    pub outcome: Named<Outcome>,
    /// Whether the case only warns, whatever its outcome.
    #[serde(default)]
    pub warns: bool,
    /// The mapped output by field.
    #[serde(default)]
    pub mapped: Map<String, Value>,
    /// Which file was written for the snapshot, if any.
    pub snapshot: Option<Named<Written>>,
    #[serde(default)]
    pub findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Whether the fixture is new, the same or changed, if the answer was to be recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Named<Recorded>>,
    /// Why the call of the case was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_called: Option<Named<NotCalled>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
}

/// The accepted output and the new output, both as a snapshot contains them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Changed {
    pub snapshot: String,
    pub old: String,
    pub new: String,
    /// The cost of one call: with the token counts of the accepted output, and with those of the new output.
    pub cost_usd: Option<[f64; 2]>,
}

/// Time and cost of a call. Replayed cases lack it, so that their records are always the same.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Call {
    pub latency_ms: Option<u64>,
    pub first_token_ms: Option<u64>,
    pub cost_usd: Option<f64>,
    pub attempts: Option<u32>,
    /// For a repeated case: how many of its `calls` passed.
    pub passed: Option<u32>,
    pub calls: Option<u32>,
}

/// How a recording changed the fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    New,
    Same,
    Changed,
}

impl Names for Recorded {
    const ALL: &'static [Recorded] = &[Recorded::New, Recorded::Same, Recorded::Changed];

    fn name(self) -> &'static str {
        match self {
            Recorded::New => "new",
            Recorded::Same => "same",
            Recorded::Changed => "changed",
        }
    }
}

impl Case {
    /// Whether the case makes the run fail.
    pub fn fails(&self) -> bool {
        !self.is_done() && !self.warns
    }

    /// Whether the case passed or was skipped.
    pub fn is_done(&self) -> bool {
        match self.outcome {
            Named::Known(Outcome::Pass | Outcome::Skipped) => true,
            Named::Known(
                Outcome::Fail
                | Outcome::Differs
                | Outcome::New
                | Outcome::Stale
                | Outcome::Missing
                | Outcome::Error,
            )
            | Named::Unknown(_) => false,
        }
    }

    /// Whether the run ended before the case's turn.
    pub fn is_skipped(&self) -> bool {
        self.outcome == Named::Known(Outcome::Skipped)
    }

    pub fn severity(&self) -> Severity {
        if self.warns { Severity::Warning } else { Severity::Error }
    }

    /// The place of the case in its config; the start of the config if an older version wrote the record.
    pub fn place(&self) -> Place {
        let top = LineColumn { line: 1, column: 1 };
        let config = || Place { path: self.config.clone(), start: top, end: top, text: None };
        self.at.clone().unwrap_or_else(config)
    }
}
