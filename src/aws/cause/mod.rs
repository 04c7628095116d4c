//! The causes of AWS's refusals: what an error means, which key of a config it is about, and what to do.

mod member;
mod page;
mod table;

use std::iter;
use std::sync::LazyLock;

use regex::Regex;

pub use member::{MAX_TOKENS, Member, find_member};
use table::CAUSES;

/// A cause of refusals.
#[derive(Debug)]
pub struct Cause {
    /// Stable: users pass it to `explain`.
    pub id: &'static str,
    pub service: Service,
    /// The error codes of its refusals. Empty matches any code.
    pub codes: &'static [&'static str],
    /// The HTTP statuses of its refusals. Empty matches any status.
    pub statuses: &'static [u16],
    /// A regular expression that matches a part of the message.
    pub message: &'static str,
    /// What happened: one sentence without a full stop.
    pub cause: &'static str,
    /// What to do, in the imperative, without a full stop.
    pub remedy: &'static str,
    /// If the same message can have several reasons: steps that show which one applies.
    pub checks: &'static [&'static str],
    pub retry: Retry,
    /// The key that the finding points at.
    pub key: Key,
    /// Whether the config or the environment has to change.
    pub side: Side,
}

/// The origin of an error message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    Bedrock,
    Sts,
    /// The HTTP client: the call did not reach a service.
    Client,
}

/// Whether a retry can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// After a pause that grows with each retry.
    Backoff,
    /// Only one retry.
    Once,
    /// Not during this run: a daily quota must reset first, or a form takes minutes to be processed.
    Later,
}

/// The key of a config that a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    // Keys of credentials
    RoleArn,
    ExternalId,
    StsEndpoint,
    Source,
    SessionName,
    SessionTags,
    SourceIdentity,
    Duration,
    MfaSerial,
    AllowedAccountIds,
    // Keys of a model
    Region,
    ModelId,
    Endpoint,
    Operation,
    Stream,
    Guardrail,
    Headers,
    Body,
}

impl Key {
    /// Whether it is a key of `[credentials.NAME]`. The other keys belong to a model.
    pub fn is_of_credentials(self) -> bool {
        self <= Key::AllowedAccountIds
    }
}

/// What has to change before the call can succeed. It decides the outcome of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The config: the case fails.
    Config,
    /// Credentials, permissions, quotas, capacity or the network: the case ends with an error.
    Environment,
}

/// All known causes, in the order in which [`find`] tries them.
pub fn causes() -> impl Iterator<Item = &'static Cause> {
    CAUSES.iter().copied().flatten()
}

/// Finds the first cause that matches an error. The status of an exception in a stream is 200.
pub fn find(service: Service, status: Option<u16>, code: &str, message: &str) -> Option<&'static Cause> {
    let matches = |(cause, pattern): &(&'static Cause, Regex)| {
        cause.service == service
            && cause.has_code(code)
            && cause.has_status(status)
            && pattern.is_match(message)
    };
    PATTERNS.iter().find(|row| matches(row)).map(|(cause, _)| *cause)
}

impl Cause {
    /// The notes of a finding about it: what the refusal means, and the steps that find its reason.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let cause = format!("cause: {} (`bedrock-check explain {}`)", self.cause, self.id);
        let checks = self.checks.iter().map(|check| format!("to find the reason: {check}"));
        iter::once(cause).chain(checks)
    }

    /// Whether `status` matches. An unknown status matches, and so does an exception in a stream if the code matches.
    fn has_status(&self, status: Option<u16>) -> bool {
        let in_stream = status == Some(200) && !self.codes.is_empty();
        self.statuses.is_empty() || in_stream || status.is_none_or(|status| self.statuses.contains(&status))
    }

    /// Whether `code` matches. A recording may lack the code; then the message decides, unless the pattern matches any
    /// message.
    fn has_code(&self, code: &str) -> bool {
        let has_specific_message = !self.message.starts_with("(?s)");
        self.codes.is_empty()
            || (code.is_empty() && has_specific_message)
            || self.codes.iter().any(|known| known.eq_ignore_ascii_case(code))
    }
}

/// Compiled at the first refusal.
static PATTERNS: LazyLock<Vec<(&'static Cause, Regex)>> = LazyLock::new(|| {
    causes().map(|cause| (cause, Regex::new(cause.message).expect("a test compiles every pattern"))).collect()
});
