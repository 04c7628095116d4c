//! The secrets in use. No output and no file may contain one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::exchange::{Answer, any_string};
use crate::mask::replace_secrets;
use aws_credential_types::Credentials as Keys;

/// Environment variables that contain secrets for calls.
const VARIABLES: [&str; 3] = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"];

/// Shorter values are not secrets, and would match in any text.
const MIN_LENGTH: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Secrets {
    seen: Mutex<BTreeMap<String, Use>>,
}

/// What a secret is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It signs calls. An answer that contains it is not used.
    Signing,
    /// It is only sent to STS.
    Parameter,
}

impl Secrets {
    pub(super) fn from_environment(environment: &BTreeMap<String, String>) -> Secrets {
        let secrets = Secrets::default();
        for value in VARIABLES.iter().filter_map(|name| environment.get(*name)) {
            secrets.add(value, Use::Signing);
        }
        secrets
    }

    pub(super) fn add_keys(&self, keys: &Keys) {
        self.add(keys.secret_access_key(), Use::Signing);
        if let Some(token) = keys.session_token() {
            self.add(token, Use::Signing);
        }
    }

    /// Adds a value that was read from an environment variable and is sent to STS, which may repeat it in a refusal.
    pub(super) fn add_parameter(&self, value: &str) {
        self.add(value, Use::Parameter);
    }

    fn add(&self, secret: &str, used: Use) {
        if secret.len() >= MIN_LENGTH {
            self.lock().entry(secret.to_owned()).or_insert(used);
        }
    }

    /// The secrets that sign calls.
    pub(super) fn signing(&self) -> Vec<String> {
        let seen = self.lock();
        let signing = seen.iter().filter(|(_, used)| **used == Use::Signing);
        signing.map(|(secret, _)| secret.clone()).collect()
    }

    /// `text` with each secret replaced by `***`.
    pub(super) fn mask(&self, text: &str) -> String {
        replace_secrets(text, self.lock().keys()).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Use>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_parameter_is_masked_and_may_be_in_an_answer() {
        let secrets = Secrets::default();
        secrets.add_parameter("customer-4711");
        assert_eq!(secrets.mask("not customer-4711"), "not ***");
        assert!(secrets.signing().is_empty());
    }

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
