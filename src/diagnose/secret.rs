//! Finds secrets in texts, and masks them in all output.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// A kind of secret.
struct Kind {
    /// With its article.
    name: &'static str,
    /// Its only group is the secret itself, without the text around it.
    pattern: &'static str,
}

/// The sources are AWS's pages about unique identifiers and Bedrock API keys, and the token prefixes that vendors
/// publish for secret scanners.
const KINDS: [Kind; 9] = [
    // No word boundary at the start: in escaped text, the `n` of `\n` may precede the key.
    Kind { name: "an AWS access key ID", pattern: r"((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})\b" },
    Kind {
        name: "an AWS secret access key",
        pattern: r#"(?i:secret_?access_?key)\\?["']?\s*[=:]\s*\\?["']?([A-Za-z0-9/+]{40})(?u:[^A-Za-z0-9/+=]|$)"#,
    },
    Kind {
        name: "an AWS session token",
        pattern: r#"(?i:session_?token)\\?["']?\s*[=:]\s*\\?["']?([A-Za-z0-9/+=]{100,})"#,
    },
    Kind {
        name: "a Bedrock API key",
        pattern: r"\b(ABSK[A-Za-z0-9+/]{40,}=*|bedrock-api-key-[A-Za-z0-9+/=_-]{20,})",
    },
    Kind { name: "a private key", pattern: r"(-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)" },
    Kind { name: "a GitHub token", pattern: r"(gh[pousr]_[A-Za-z0-9]{36}\b|github_pat_[A-Za-z0-9_]{40,}\b)" },
    Kind {
        name: "a signed token",
        pattern: r"\b(eyJ[A-Za-z0-9_-]{12,}\.eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{16,})",
    },
    Kind {
        name: "a signed URL's credentials",
        pattern: r"X-Amz-(?:Security-Token|Signature|Credential)=([A-Za-z0-9%/+=_-]{16,})",
    },
    Kind { name: "an API key", pattern: r"\b(sk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,})\b" },
];

/// One pattern with a group for each kind, so that a text is searched only once. Secrets are ASCII, and the pattern
/// compiles four times faster without Unicode classes.
static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let patterns = KINDS.map(|kind| kind.pattern);
    Regex::new(&format!("(?-u){}", patterns.join("|"))).expect("the patterns are valid")
});

/// The end of a private key. The search stops at the next [`KEY_START`], so that a text with many starts is searched
/// only once.
static KEY_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("-----END (?:[A-Z]+ )*PRIVATE KEY-----").expect("the pattern is valid"));

const KEY_START: &str = "-----BEGIN ";

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The name of its kind, with the article.
    pub name: &'static str,
    pub at: Range<usize>,
}

/// Finds the secrets in `text`. Skips the example keys of AWS's documentation.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    for secret in PATTERN.captures_iter(text).filter_map(|captures| secret(text, &captures)) {
        // The text of a private key can match the pattern of another secret.
        if found.last().is_none_or(|last| last.at.end <= secret.at.start) {
            found.push(secret);
        }
    }
    found
}

/// Masks every secret in `text`. Offsets don't change.
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in found.into_iter().flat_map(|secret| secret.at) {
        // Line breaks are kept, so that line numbers after a private key don't change.
        if bytes[byte] != b'\n' {
            bytes[byte] = b'*';
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(""), Cow::Owned)
}

/// Masks every secret in the strings and member names of `value`.
///
/// Data is masked before it is serialised: in JSON text, an escape can be next to a secret, and the pattern of a
/// private key would match beyond the end of the string.
pub fn masked_value(value: &Value) -> Value {
    match value {
        Value::String(text) => masked(text).into(),
        Value::Array(items) => items.iter().map(masked_value).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (masked(name).into_owned(), masked_member(name, value)))
            .collect(),
        other => other.clone(),
    }
}

/// Like [`masked_value`], but also masks secrets that are recognised by the `name` of the member.
pub fn masked_member(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => masked_text(name, text).into(),
        other => masked_value(other),
    }
}

/// Masks every secret in `text`, the value of a member called `name`. Some secrets are only recognised by that name.
pub fn masked_text(name: &str, text: &str) -> String {
    let member = format!("\"{name}\": \"{text}\"");
    let start = name.len() + "\"\": \"".len();
    let named = masked(&member).get(start..start + text.len()).unwrap_or_default().to_owned();
    masked(&named).into_owned()
}

fn secret(text: &str, captures: &Captures<'_>) -> Option<Secret> {
    let mut kinds = KINDS.iter().enumerate();
    let (found, kind) = kinds.find_map(|(index, kind)| Some((captures.get(index + 1)?, kind)))?;
    let example = EXAMPLES.iter().any(|example| found.as_str().contains(example));
    let end = if found.as_str().starts_with(KEY_START) { key_end(text, found.end()) } else { found.end() };
    (!example).then(|| Secret { name: kind.name, at: found.start()..end })
}

/// The end of the private key whose first line ends at `start`. If the key is incomplete, this is the end of that line.
fn key_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let rest = &rest[..rest.find(KEY_START).unwrap_or(rest.len())];
    KEY_END.find(rest).map_or(start, |end| start + end.end())
}

/// The ends of the example keys in AWS's documentation.
const EXAMPLES: [&str; 2] = ["EXAMPLEKEY", "7EXAMPLE"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = secrets(text);
        assert_eq!(found.first().map(|secret| secret.name), expected, "{text}");
        let masked = masked(text);
        assert_eq!(masked.len(), text.len());
        for secret in found {
            assert!(masked[secret.at].chars().all(|char| matches!(char, '*' | '\n')), "{masked}");
        }
    }

    #[test]
    fn secrets_are_found_and_examples_are_not() {
        check(&format!("x = 'AKIA{}' ü", "QWERTYUIOPASDFGH"), Some("an AWS access key ID"));
        for prefix in ["ASIA", "ABIA", "ACCA"] {
            check(&format!("x = '{prefix}{}'", "QWERTYUIOPASDFGH"), Some("an AWS access key ID"));
        }
        check(&format!("x = 'AROA{}'", "QWERTYUIOPASDFGH"), None);
        check("x = 'AKIAIOSFODNN7EXAMPLE'", None);
        check(&format!("aws_secret_access_key = \"{}\"", "q".repeat(40)), Some("an AWS secret access key"));
        check(
            &format!("{{\\\"SecretAccessKey\\\": \\\"{}\\\"}}", "q".repeat(40)),
            Some("an AWS secret access key"),
        );
        check("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n", Some("a private key"));
        check("-----BEGIN PRIVATE KEY-----\nabc", Some("a private key"));
        check(&format!("ABSK{}", "x".repeat(60)), Some("a Bedrock API key"));
        let part = "abcdefghijklmnopqrstuvwxyz";
        check(&format!("token: eyJ{part}.eyJ{part}.{part}"), Some("a signed token"));
        check("eyJ is how base64 of {\" begins: eyJ0.eyJ1.x", None);
        check(
            &format!("https://s3/x?X-Amz-Signature={}", "0a".repeat(32)),
            Some("a signed URL's credentials"),
        );
        check("model_id = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'", None);
    }

    #[test]
    fn only_the_secret_itself_is_masked() {
        let key = "q".repeat(40);
        for (text, expected) in [
            (format!("secret_access_key = \"{key}\""), format!("secret_access_key = \"{}\"", "*".repeat(40))),
            (format!("secret_access_key: {key}"), format!("secret_access_key: {}", "*".repeat(40))),
            (r#"{"a":"x\nAKIAQWERTYUIOPASDFGH"}"#.to_owned(), format!(r#"{{"a":"x\n{}"}}"#, "*".repeat(20))),
        ] {
            assert_eq!(masked(&text), expected);
        }
    }

    #[test]
    fn a_value_is_masked_because_of_its_name() {
        let value = json!({ "SecretAccessKey": "q".repeat(40), "other": "q".repeat(40), "n": [28.0] });
        let expected = json!({ "SecretAccessKey": "*".repeat(40), "other": "q".repeat(40), "n": [28.0] });
        assert_eq!(masked_value(&value), expected);
    }

    #[test]
    fn a_key_ends_where_the_next_begins() {
        let (begin, end) = ("-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----");
        let text = format!("{begin}\n{begin}\nAKIA{}\nü\n{end}\n{end}", "QWERTYUIOPASDFGH");
        let found: Vec<String> = secrets(&text).into_iter().map(|found| text[found.at].to_owned()).collect();
        assert_eq!(found, [begin.to_owned(), text[begin.len() + 1..text.len() - end.len() - 1].to_owned()]);
    }
}
