use crate::aws::cause::{Cause, Key, Retry, Side};
use crate::diagnose::{Code, Finding, Span};
use crate::suite::Model;

/// Why a call could not be made, or what came back can't be used. No secret is in it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    pub code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The key that is at fault, or that the trouble is about.
    pub at: Key,
    /// Its place, where that isn't the model's or its credentials' own key: one of the roles of a `chain`.
    pub place: Option<Span>,
    /// More places that have to do with it, and why.
    pub related: Vec<(Span, &'static str)>,
    pub cause: Option<&'static Cause>,
    /// What the other side said.
    pub said: Option<String>,
    /// What to do, unless the cause knows better.
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

    /// Takes over what `cause` says of the key, and of trying again.
    #[must_use]
    pub fn because(mut self, cause: Option<&'static Cause>) -> Trouble {
        if let Some(cause) = cause {
            (self.at, self.retry, self.cause) = (cause.at, cause.retry, Some(cause));
        }
        self
    }

    /// Whether the model may have been at work: not if nobody could be asked.
    pub fn may_cost(&self) -> bool {
        const BEFORE: [Code; 3] = [Code::CredentialsMissing, Code::RoleNotAssumed, Code::AccountNotAllowed];
        const UNREACHED: [&str; 5] = ["no-endpoint", "proxy", "tls", "connection-refused", "unreachable"];
        let unreached = self.cause.is_some_and(|cause| UNREACHED.contains(&cause.id));
        !BEFORE.contains(&self.code) && self.at != Key::StsEndpoint && !unreached
    }

    /// Who has to act. A call that could not be made for no known cause is the environment's: the config passed
    /// every check.
    pub fn side(&self) -> Side {
        let unknown = if self.code == Code::CallFailed { Side::Config } else { Side::Environment };
        self.cause.map_or(unknown, |cause| cause.side)
    }

    /// The finding, at the key of `model` that is at fault.
    pub fn finding(&self, model: &Model) -> Finding {
        let at = self.place.clone().unwrap_or_else(|| model.place(self.at));
        let mut finding = Finding::new(self.code, at, self.message.as_str());
        finding.notes.extend(self.said.as_ref().map(|said| format!("it says: {said}")));
        finding.help.clone_from(&self.help);
        let related = self.related.iter();
        finding = related.fold(finding, |finding, (span, text)| finding.related(span.clone(), *text));
        match self.cause {
            Some(cause) => finding.notes(cause.notes()).help(cause.remedy),
            None => finding,
        }
    }
}
