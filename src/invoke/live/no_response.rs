//! Requests that got no response.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::error::{ConnectorError, SdkError};

use super::waiting::Limit;
use crate::aws::cause::{self, Key, Retry, Service};
use crate::diagnose::{Code, short};
use crate::invoke::CallFailure;

/// Why a request got no response.
pub(super) struct NoResponse {
    timed_out: bool,
    /// Whether the request was sent at all.
    dispatched: bool,
    pub text: String,
}

impl NoResponse {
    pub(super) fn from_sdk_error<E, R>(error: &SdkError<E, R>) -> NoResponse
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let connector: Option<&ConnectorError> = match error {
            SdkError::DispatchFailure(failure) => failure.as_connector_error(),
            _ => None,
        };
        NoResponse {
            timed_out: connector.is_some_and(ConnectorError::is_timeout)
                || matches!(error, SdkError::TimeoutError(_)),
            dispatched: !matches!(error, SdkError::ConstructionFailure(_)),
            text: error_chain(error),
        }
    }

    /// The failure of a call to `destination`, reported at `key`.
    pub(super) fn to_failure(&self, destination: &str, key: Key, connect: Duration) -> CallFailure {
        if self.timed_out {
            let limit = Limit { name: "connect", deadline: Instant::now(), duration: connect };
            return CallFailure { key, ..limit.to_failure() };
        }
        let cause = cause::find(Service::Client, None, "", &self.text);
        let retry = if self.dispatched { Retry::Backoff } else { Retry::Never };
        let message = format!("the call did not reach {destination}");
        let failure = CallFailure::new(Code::EndpointUnreachable, key, message)
            .service_message(self.text.as_str())
            .retry(retry)
            .with_cause(cause);
        // The caller adds the endpoint.
        CallFailure { key, ..failure }
    }
}

/// An error and its sources on one line, without repeating a source that the error already contains.
pub(super) fn error_chain(error: &dyn std::error::Error) -> String {
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
