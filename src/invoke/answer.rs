//! The requests and answers of an invoker.

use std::time::Duration;

use super::leak::Leak;
use super::trouble::Trouble;
use crate::diagnose::Code;
use crate::diff::Diff;
use crate::exchange::{Answer, Request};
use crate::files::{Base, ReadError};
use crate::fixture;
use crate::suite::{Case, Model};

/// One request of one case.
pub struct Ask<'a> {
    pub model: &'a Model,
    pub case: &'a Case,
    pub request: &'a Request,
    /// The folder that the paths of the case start from.
    pub base: &'a Base,
}

/// Answers requests.
///
/// A refusal by Bedrock is an answer like any other: cases may expect it, fixtures hold it.
/// Implementations don't print; the run does. Called from several threads at once.
pub trait Invoker: Sync {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer>;

    /// Whether another call may give another answer; only then does a case's `repeat` apply.
    fn varies(&self) -> bool {
        false
    }

    /// Every secret that signed a call so far. Nothing that is written may contain one.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An answer and how it was obtained.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub answer: Answer,
    /// `None` for an answer that was recorded earlier.
    pub call: Option<Call>,
    /// What happened to the case's fixture, in a mode that records.
    pub recorded: Option<Recorded>,
}

/// Durations and attempts of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// From the request to the end of the answer, for the attempt that was answered.
    pub latency: Duration,
    /// From the request to the first event with a part of the answer; for streams only.
    pub first_token: Option<Duration>,
    /// Number of calls, including the first.
    pub attempts: u32,
}

/// How a recording changed its fixture.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// There was no fixture.
    New,
    /// The same bytes as before.
    Same,
    /// The fixture was replaced; contains the diff of the answers.
    Changed(Diff),
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Answered {
        Answered { answer, call: None, recorded: None }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("there is no recorded exchange for `{case}`")]
    Missing { case: String },
    #[error("the request of `{case}` changed since it was recorded")]
    Stale { case: String, diff: Diff },
    #[error("the fixture's fingerprint does not match its request")]
    Edited {
        /// The fingerprint of the request in the fixture.
        fingerprint: fixture::Fingerprint,
    },
    #[error(transparent)]
    Fixture(#[from] fixture::StoreError),
    /// The call could not be made, or its response can't be used.
    #[error("{0}")]
    Trouble(Box<Trouble>),
    #[error("the recording of `{case}` would contain {}; nothing is written", .leak.name)]
    NotRecorded { case: String, leak: Leak },
    #[error("{0}")]
    Unwritable(std::io::Error),
    /// The call was not made: see [`Unasked`].
    #[error("{0}")]
    Unasked(Unasked),
}

/// Why a valid call was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Unasked {
    #[error("the run was interrupted")]
    Interrupted,
    #[error("the run reached its time limit")]
    OutOfTime,
    #[error("the call could cost more than the rest of the budget")]
    OverBudget,
}

impl From<Trouble> for NoAnswer {
    fn from(trouble: Trouble) -> NoAnswer {
        NoAnswer::Trouble(Box::new(trouble))
    }
}

impl NoAnswer {
    pub fn code(&self) -> Code {
        match self {
            NoAnswer::Missing { .. } => Code::FixtureMissing,
            NoAnswer::Stale { .. } => Code::FixtureStale,
            NoAnswer::Edited { .. } => Code::FixtureEdited,
            NoAnswer::Fixture(fixture::StoreError::Read(ReadError::TooLarge { .. })) => Code::FileTooLarge,
            NoAnswer::Fixture(fixture::StoreError::Read(ReadError::NotUtf8 { .. })) => Code::InvalidUtf8,
            NoAnswer::Fixture(fixture::StoreError::Read(_)) => Code::FileUnreadable,
            NoAnswer::Fixture(fixture::StoreError::Invalid { error, .. }) => error.code(),
            NoAnswer::Trouble(trouble) => trouble.code,
            NoAnswer::NotRecorded { .. } => Code::LiteralSecret,
            NoAnswer::Unwritable(_) => Code::FileUnwritable,
            NoAnswer::Unasked(_) => Code::CallFailed,
        }
    }
}
