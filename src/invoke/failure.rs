use crate::aws::cause::{Cause, Key, Retry, Side};
use crate::diagnose::{Code, Finding, Span};
use crate::suite::Model;

/// Why a call could not be made, or why its response can't be used. Contains no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct CallFailure {
    pub code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The key that has to change, or that the failure is about.
    pub key: Key,
    /// The place, if it isn't a key of the model or its credentials: one of the roles of a `chain`.
    pub place: Option<Span>,
    /// Related places, each with its label.
    pub related: Vec<(Span, &'static str)>,
    pub cause: Option<&'static Cause>,
    /// The message of the service.
    pub service_message: Option<String>,
    /// What to do. The remedy of the cause takes precedence.
    pub help: Option<String>,
    pub retry: Retry,
}

impl CallFailure {
    pub fn new(code: Code, key: Key, message: impl Into<String>) -> CallFailure {
        CallFailure {
            code,
            message: message.into(),
            key,
            place: None,
            related: Vec::new(),
            cause: None,
            service_message: None,
            help: None,
            retry: Retry::Never,
        }
    }

    #[must_use]
    pub fn service_message(mut self, message: impl Into<String>) -> CallFailure {
        self.service_message = Some(message.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> CallFailure {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn retry(mut self, retry: Retry) -> CallFailure {
        self.retry = retry;
        self
    }

    /// Sets key and retry from `cause`.
    #[must_use]
    pub fn with_cause(mut self, cause: Option<&'static Cause>) -> CallFailure {
        if let Some(cause) = cause {
            (self.key, self.retry, self.cause) = (cause.key, cause.retry, Some(cause));
        }
        self
    }

    /// Whether the call may have reached the model.
    pub fn may_cost(&self) -> bool {
        const BEFORE_THE_CALL: [Code; 4] = [
            Code::CredentialsMissing,
            Code::RoleNotAssumed,
            Code::AccountNotAllowed,
            Code::EndpointNotAllowed,
        ];
        const UNREACHED: [&str; 5] = ["no-endpoint", "proxy", "tls", "connection-refused", "unreachable"];
        let is_unreached = self.cause.is_some_and(|cause| UNREACHED.contains(&cause.id));
        !BEFORE_THE_CALL.contains(&self.code) && self.key != Key::StsEndpoint && !is_unreached
    }

    /// The side that has to act. If the cause is unknown, it is the environment, because the config passed every check.
    pub fn side(&self) -> Side {
        let unknown = if self.code == Code::CallFailed { Side::Config } else { Side::Environment };
        self.cause.map_or(unknown, |cause| cause.side)
    }

    /// The finding, at the key of `model` that has to change.
    pub fn to_finding(&self, model: &Model) -> Finding {
        let at = self.place.clone().unwrap_or_else(|| model.locate_key(self.key));
        let mut finding = Finding::new(self.code, at, self.message.as_str());
        finding
            .notes
            .extend(self.service_message.as_ref().map(|message| format!("the message was: {message}")));
        finding.help.clone_from(&self.help);
        let related = self.related.iter();
        finding = related.fold(finding, |finding, (span, text)| finding.related(span.clone(), *text));
        match self.cause {
            Some(cause) => finding.notes(cause.notes()).help(cause.remedy),
            None => finding,
        }
    }
}
