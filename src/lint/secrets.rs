//! Finds secrets in the text of a file.

use crate::diagnose::{Code, FileId, Finding, Span, secrets};

/// Reports secrets in `text`, the content of `file`.
pub fn check(text: &str, file: FileId) -> Vec<Finding> {
    let found = secrets(text).into_iter().map(|secret| {
        let message = format!("{} is written into this file", secret.name);
        Finding::new(Code::LiteralSecret, Span::new(file, secret.at), message).help(
            "revoke it, then read it from the environment, `{ env = \"NAME\" }`, or leave it to the AWS credential chain",
        )
    });
    found.collect()
}
