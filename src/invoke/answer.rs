//! What an invoker is asked and what it answers.

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
    /// Where the paths of the case start.
    pub base: &'a Base,
}

/// Answers requests.
///
/// A refusal by Bedrock is an answer like any other: cases may expect it, fixtures hold it.
/// Implementations don't print; the run does. Called from several threads at once.
pub trait Invoker: Sync {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer>;

    /// Whether asking again may give another answer: then a case's `repeat` counts.
    fn varies(&self) -> bool {
        false
    }

    /// Every secret that calls were signed with so far: nothing that is written may contain one.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An answer, and how it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub answer: Answer,
    /// `None` for an answer that was recorded earlier.
    pub call: Option<Call>,
    /// What became of the case's fixture, if the answer was to be recorded.
    pub recorded: Option<Recorded>,
}

/// What a call took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// From the request to the end of the answer, of the attempt that gave it.
    pub latency: Duration,
    /// From the request to the first event with a part of the answer; for streams only.
    pub first_token: Option<Duration>,
    /// Calls made, the first one included.
    pub attempts: u32,
}

/// What was written for a fixture.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// There was none.
    New,
    /// Byte for byte the old one.
    Same,
    /// The old one was replaced: what changed in the answer.
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
    #[error("the fixture's fingerprint is not that of its request")]
    Edited {
        /// That of the request as it stands in the fixture.
        fingerprint: fixture::Fingerprint,
    },
    #[error(transparent)]
    Fixture(#[from] fixture::StoreError),
    /// The call could not be made, or what came back can't be used.
    #[error("{0}")]
    Trouble(Box<Trouble>),
    #[error("{} is in what `{case}` would record; nothing is written", .leak.name)]
    NotRecorded { case: String, leak: Leak },
    #[error("{0}")]
    Unwritable(std::io::Error),
    /// The call was not made: see [`Unasked`].
    #[error("{0}")]
    Unasked(Unasked),
}

/// Why a call was not made although nothing is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Unasked {
    #[error("the run was interrupted")]
    Interrupted,
    #[error("the run took as long as it may")]
    OutOfTime,
    #[error("the call could cost more than is left of the budget")]
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
