//! The secrets in use. No output and no file may contain one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::exchange::{Answer, any_string};
use crate::redact::replace_secrets;
use aws_credential_types::Credentials as Keys;

/// Environment variables that contain secrets for calls.
const VARIABLES: [&str; 3] = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"];

/// Shorter values are no secrets, and would match in any text.
const SHORTEST: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Secrets {
    seen: Mutex<BTreeSet<String>>,
}

impl Secrets {
    pub(super) fn of_environment(environment: &BTreeMap<String, String>) -> Secrets {
        let secrets = Secrets::default();
        for value in VARIABLES.iter().filter_map(|name| environment.get(*name)) {
            secrets.add(value);
        }
        secrets
    }

    pub(super) fn remember(&self, keys: &Keys) {
        self.add(keys.secret_access_key());
        if let Some(token) = keys.session_token() {
            self.add(token);
        }
    }

    fn add(&self, secret: &str) {
        if secret.len() >= SHORTEST {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(secret.to_owned());
        }
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// `text` with each secret replaced by `***`.
    pub(super) fn blot_out(&self, text: &str) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        replace_secrets(text, seen.iter()).into_owned()
    }
}

/// Whether any string of `answer` contains one of `secrets`.
pub(in crate::invoke::live) fn holds_one_of(answer: &Answer, secrets: &[String]) -> bool {
    let has = |text: &str| secrets.iter().any(|secret| text.contains(secret.as_str()));
    match answer {
        Answer::Response(response) => {
            response.headers.values().any(|value| has(value)) || any_string(&response.body, &has)
        }
        Answer::Stream(stream) => stream.events.iter().any(|event| any_string(&event.payload, &has)),
        Answer::Refusal(refusal) => has(&refusal.message) || has(&refusal.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_begins_another_leaves_no_tail() {
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let environment = BTreeMap::from([
            value("AWS_SECRET_ACCESS_KEY", "abcdefgh"),
            value("AWS_SESSION_TOKEN", "abcdefghXYZ"),
            value("AWS_BEARER_TOKEN_BEDROCK", "short"),
        ]);
        let secrets = Secrets::of_environment(&environment);
        assert_eq!(secrets.blot_out("short abcdefgh, abcdefghXYZ"), "short ***, ***");
    }
}
