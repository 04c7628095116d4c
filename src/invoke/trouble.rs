use crate::aws::cause::{Cause, Key, Retry, Side};
use crate::diagnose::{Code, Finding, Span};
use crate::suite::Model;

/// Why a call could not be made, or why its response can't be used. Contains no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    pub code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The key that has to change, or that the failure is about.
    pub at: Key,
    /// The place, if it isn't a key of the model or its credentials: one of the roles of a `chain`.
    pub place: Option<Span>,
    /// Related places, each with its label.
    pub related: Vec<(Span, &'static str)>,
    pub cause: Option<&'static Cause>,
    /// The message of the service.
    pub said: Option<String>,
    /// What to do. The remedy of the cause takes precedence.
    pub help: Option<String>,
    pub retry: Retry,
}

impl Trouble {
    pub fn new(code: Code, at: Key, message: impl Into<String>) -> Trouble {
        Trouble {
            code,
            message: message.into(),
            at,
            place: None,
            related: Vec::new(),
            cause: None,
            said: None,
            help: None,
            retry: Retry::Never,
        }
    }

    #[must_use]
    pub fn said(mut self, said: impl Into<String>) -> Trouble {
        self.said = Some(said.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Trouble {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Trouble {
        self.retry = retry;
        self
    }

    /// Sets key and retry from `cause`.
    #[must_use]
    pub fn because(mut self, cause: Option<&'static Cause>) -> Trouble {
        if let Some(cause) = cause {
            (self.at, self.retry, self.cause) = (cause.key, cause.retry, Some(cause));
        }
        self
    }

    /// Whether the call may have reached the model.
    pub fn may_cost(&self) -> bool {
        const BEFORE: [Code; 3] = [Code::CredentialsMissing, Code::RoleNotAssumed, Code::AccountNotAllowed];
        const UNREACHED: [&str; 5] = ["no-endpoint", "proxy", "tls", "connection-refused", "unreachable"];
        let unreached = self.cause.is_some_and(|cause| UNREACHED.contains(&cause.id));
        !BEFORE.contains(&self.code) && self.at != Key::StsEndpoint && !unreached
    }

    /// The side that has to act. If the cause is unknown, it is the environment, because the config passed every check.
    pub fn side(&self) -> Side {
        let unknown = if self.code == Code::CallFailed { Side::Config } else { Side::Environment };
        self.cause.map_or(unknown, |cause| cause.side)
    }

    /// The finding, at the key of `model` that has to change.
    pub fn finding(&self, model: &Model) -> Finding {
        let at = self.place.clone().unwrap_or_else(|| model.place(self.at));
        let mut finding = Finding::new(self.code, at, self.message.as_str());
        finding.notes.extend(self.said.as_ref().map(|said| format!("the message was: {said}")));
        finding.help.clone_from(&self.help);
        let related = self.related.iter();
        finding = related.fold(finding, |finding, (span, text)| finding.related(span.clone(), *text));
        match self.cause {
            Some(cause) => finding.notes(cause.notes()).help(cause.remedy),
            None => finding,
        }
    }
}
