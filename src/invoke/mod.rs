//! Getting an answer to a request: from a recording, later from Bedrock.

mod replay;

use std::path::Path;

pub use replay::Replay;

use crate::diagnose::Code;
use crate::diff::Diff;
use crate::exchange::{Answer, Request};
use crate::files::ReadError;
use crate::fixture;

/// One request of one case.
pub struct Ask<'a> {
    /// `model::case`.
    pub case: &'a str,
    pub request: &'a Request,
    /// Where the case's exchange is recorded.
    pub fixture: &'a Path,
}

/// Answers requests.
///
/// A refusal by Bedrock is an answer like any other: cases may expect it, fixtures hold it.
/// Implementations don't print; the run does. Called from several threads at once.
pub trait Invoker: Sync {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answer, NoAnswer>;
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
        }
    }
}
