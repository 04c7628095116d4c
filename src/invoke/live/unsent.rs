//! Requests that got no response.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::error::{ConnectorError, SdkError};

use super::waiting::Limit;
use crate::aws::cause::{self, Key, Retry, Service};
use crate::diagnose::{Code, short};
use crate::invoke::Trouble;

/// Why a request got no response.
pub(super) struct Unsent {
    timed_out: bool,
    /// Whether the request was sent at all.
    dispatched: bool,
    pub text: String,
}

impl Unsent {
    pub(super) fn of<E, R>(error: &SdkError<E, R>) -> Unsent
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let connector: Option<&ConnectorError> = match error {
            SdkError::DispatchFailure(failure) => failure.as_connector_error(),
            _ => None,
        };
        Unsent {
            timed_out: connector.is_some_and(ConnectorError::is_timeout)
                || matches!(error, SdkError::TimeoutError(_)),
            dispatched: !matches!(error, SdkError::ConstructionFailure(_)),
            text: reasons(error),
        }
    }

    /// Describes the failed call to `whom`, at the key `at`.
    pub(super) fn trouble(&self, whom: &str, at: Key, connect: Duration) -> Trouble {
        if self.timed_out {
            let limit = Limit { name: "connect", ends: Instant::now(), after: connect };
            return Trouble { at, ..limit.trouble() };
        }
        let cause = cause::find(Service::Client, None, "", &self.text);
        let retry = if self.dispatched { Retry::Backoff } else { Retry::Never };
        let message = format!("the call did not reach {whom}");
        let trouble = Trouble::new(Code::EndpointUnreachable, at, message)
            .said(self.text.as_str())
            .retry(retry)
            .because(cause);
        // The caller adds the endpoint.
        Trouble { at, ..trouble }
    }
}

/// An error and its sources on one line, without repeating a source that the error already contains.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let reason = inner.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = inner.source();
    }
    short(&text, 400)
}
