//! Why AWS refuses: what its errors mean, which key of a config is at fault, and what to do.

mod member;
mod page;
mod table;

use std::iter;
use std::sync::LazyLock;

use regex::Regex;

pub use member::{MAX_TOKENS, Member, member};
use table::CAUSES;

/// One reason for a refusal.
#[derive(Debug)]
pub struct Cause {
    /// Stable; `explain` takes it.
    pub id: &'static str,
    pub service: Service,
    /// Error codes that it comes with; empty for any.
    pub codes: &'static [&'static str],
    /// HTTP statuses that it comes with; empty for any.
    pub statuses: &'static [u16],
    /// A regular expression that finds something in the message.
    pub message: &'static str,
    /// One sentence, without a full stop: what is the matter.
    pub cause: &'static str,
    /// What to do, in the imperative.
    pub remedy: &'static str,
    /// Where one message has several reasons: what would tell them apart, one step each.
    pub tell_apart: &'static [&'static str],
    pub retry: Retry,
    pub at: Key,
    /// The side that has to act.
    pub side: Side,
}

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    Bedrock,
    Sts,
    /// Nobody: the call did not get through.
    Client,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// After a pause that grows.
    Backoff,
    /// One more time only.
    Once,
    /// Not in this run: a daily quota, a form that takes minutes.
    Later,
}

/// The key of a config that a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    // Of the credentials
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
    // Of the model
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
    /// Whether it is a key of `[credentials.NAME]`; the others are a model's.
    pub fn is_of_credentials(self) -> bool {
        self <= Key::AllowedAccountIds
    }
}

/// What a refusal says about a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The config asks for something that can't be had: the case fails.
    Config,
    /// Credentials, permissions, quotas, capacity, network: the environment refuses.
    Environment,
}

/// Every cause that is known, in the order in which they are tried.
pub fn causes() -> impl Iterator<Item = &'static Cause> {
    CAUSES.iter().copied().flatten()
}

/// The first cause in the tables that fits. An exception in a stream comes behind a status of 200.
pub fn find(service: Service, status: Option<u16>, code: &str, message: &str) -> Option<&'static Cause> {
    let fits = |(cause, pattern): &(&'static Cause, Regex)| {
        cause.service == service
            && cause.has_code(code)
            && cause.has_status(status)
            && pattern.is_match(message)
    };
    PATTERNS.iter().find(|row| fits(row)).map(|(cause, _)| *cause)
}

impl Cause {
    /// What a finding says about it: what the refusal means, and what would tell its reasons apart.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let cause = format!("cause: {} (`bedrock-check explain {}`)", self.cause, self.id);
        let steps = self.tell_apart.iter().map(|step| format!("to tell apart: {step}"));
        iter::once(cause).chain(steps)
    }

    /// Whether it comes with `status`, if that is known. The code of an exception in a stream is all that counts.
    fn has_status(&self, status: Option<u16>) -> bool {
        let in_stream = status == Some(200) && !self.codes.is_empty();
        self.statuses.is_empty() || in_stream || status.is_none_or(|status| self.statuses.contains(&status))
    }

    /// Whether it comes with `code`. Of recordings the code may be lost: then the message must tell it.
    fn has_code(&self, code: &str) -> bool {
        let tells = !self.message.starts_with("(?s)");
        self.codes.is_empty()
            || (code.is_empty() && tells)
            || self.codes.iter().any(|known| known.eq_ignore_ascii_case(code))
    }
}

/// Compiled when the first refusal comes.
static PATTERNS: LazyLock<Vec<(&'static Cause, Regex)>> = LazyLock::new(|| {
    causes().map(|cause| (cause, Regex::new(cause.message).expect("the table is tested"))).collect()
});
