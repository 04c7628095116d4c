//! The secrets in use. No output and no file may contain one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::exchange::{Answer, any_string};
use crate::mask::replace_secrets;
use aws_credential_types::Credentials as Keys;

/// Environment variables that contain secrets for calls.
const VARIABLES: [&str; 3] = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"];

/// Shorter values are not secrets, and would match in any text.
const MIN_LENGTH: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Secrets {
    seen: Mutex<BTreeSet<String>>,
}

impl Secrets {
    pub(super) fn from_environment(environment: &BTreeMap<String, String>) -> Secrets {
        let secrets = Secrets::default();
        for value in VARIABLES.iter().filter_map(|name| environment.get(*name)) {
            secrets.add(value);
        }
        secrets
    }

    pub(super) fn add_keys(&self, keys: &Keys) {
        self.add(keys.secret_access_key());
        if let Some(token) = keys.session_token() {
            self.add(token);
        }
    }

    fn add(&self, secret: &str) {
        if secret.len() >= MIN_LENGTH {
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(secret.to_owned());
        }
    }

    pub(super) fn to_vec(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// `text` with each secret replaced by `***`.
    pub(super) fn mask(&self, text: &str) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        replace_secrets(text, seen.iter()).into_owned()
    }
}

/// Whether any string of `answer` contains one of `secrets`.
pub(in crate::invoke::live) fn contains_secret(answer: &Answer, secrets: &[String]) -> bool {
    let has_secret = |text: &str| secrets.iter().any(|secret| text.contains(secret.as_str()));
    match answer {
        Answer::Response(response) => {
            response.headers.values().any(|value| has_secret(value))
                || any_string(&response.body, &has_secret)
        }
        Answer::Stream(stream) => stream.events.iter().any(|event| any_string(&event.payload, &has_secret)),
        Answer::Refusal(refusal) => has_secret(&refusal.message) || has_secret(&refusal.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_the_prefix_of_another_is_masked_whole() {
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let environment = BTreeMap::from([
            value("AWS_SECRET_ACCESS_KEY", "abcdefgh"),
            value("AWS_SESSION_TOKEN", "abcdefghXYZ"),
            value("AWS_BEARER_TOKEN_BEDROCK", "short"),
        ]);
        let secrets = Secrets::from_environment(&environment);
        assert_eq!(secrets.mask("short abcdefgh, abcdefghXYZ"), "short ***, ***");
    }
}
