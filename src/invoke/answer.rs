//! The requests and answers of an invoker.

use std::time::Duration;

use super::failure::CallFailure;
use super::leak::Leak;
use crate::diagnose::Code;
use crate::diff::Diff;
use crate::exchange::{Answer, Request};
use crate::files::{Base, ReadError};
use crate::fixture;
use crate::suite::{Case, Model};

/// One request of a case, with everything that an invoker needs.
pub struct CaseRequest<'a> {
    pub model: &'a Model,
    pub case: &'a Case,
    pub request: &'a Request,
    /// The folder that the paths of the case are relative to.
    pub base: &'a Base,
}

/// Answers requests.
///
/// A refusal by Bedrock is an answer like any other: cases may expect it, and fixtures may contain it.
/// Implementations don't print. Several threads call them at the same time.
pub trait Invoker: Sync {
    fn invoke(&self, request: &CaseRequest<'_>) -> Result<Invocation, InvokeError>;

    /// Whether another call may return another answer. Only then does a case's `repeat` apply.
    fn varies(&self) -> bool {
        false
    }

    /// Every secret that signed a call so far. No output may contain one.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An answer and how it was obtained.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
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

impl From<Answer> for Invocation {
    fn from(answer: Answer) -> Invocation {
        Invocation { answer, call: None, recorded: None }
    }
}

/// Why an invoker returns no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
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
    CallFailed(Box<CallFailure>),
    #[error("the recording of `{case}` would contain {}; nothing is written", .leak.name)]
    NotRecorded { case: String, leak: Leak },
    #[error("{0}")]
    Unwritable(std::io::Error),
    /// The call was not made: see [`NotCalled`].
    #[error("{0}")]
    NotCalled(NotCalled),
}

/// The reason why a valid call was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NotCalled {
    #[error("the run was interrupted")]
    Interrupted,
    #[error("the run reached its time limit")]
    OutOfTime,
    #[error("the call could cost more than the rest of the budget")]
    OverBudget,
}

impl From<CallFailure> for InvokeError {
    fn from(failure: CallFailure) -> InvokeError {
        InvokeError::CallFailed(Box::new(failure))
    }
}

impl InvokeError {
    pub fn code(&self) -> Code {
        match self {
            InvokeError::Missing { .. } => Code::FixtureMissing,
            InvokeError::Stale { .. } => Code::FixtureStale,
            InvokeError::Edited { .. } => Code::FixtureEdited,
            InvokeError::Fixture(fixture::StoreError::Read(ReadError::TooLarge { .. })) => Code::FileTooLarge,
            InvokeError::Fixture(fixture::StoreError::Read(ReadError::NotUtf8 { .. })) => Code::InvalidUtf8,
            InvokeError::Fixture(fixture::StoreError::Read(_)) => Code::FileUnreadable,
            InvokeError::Fixture(fixture::StoreError::Invalid { error, .. }) => error.code(),
            InvokeError::CallFailed(failure) => failure.code,
            InvokeError::NotRecorded { .. } => Code::LiteralSecret,
            InvokeError::Unwritable(_) => Code::FileUnwritable,
            InvokeError::NotCalled(_) => Code::CallFailed,
        }
    }
}
