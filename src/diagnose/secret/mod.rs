//! Finds secrets in texts, and masks them in all output.

mod decoded;
mod kinds;
mod parts;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use decoded::{Decoded, length_of_continuation};
use kinds::KINDS;
use parts::PARTS;

use super::visible::{StyledPart, split_styles};

/// One pattern with a group for each kind, so that a text is searched only once. Secrets are ASCII, and the pattern
/// compiles four times faster without Unicode classes.
static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let patterns: Vec<&str> = KINDS.iter().map(|kind| kind.pattern).collect();
    Regex::new(&format!("(?-u){}", patterns.join("|"))).expect("the patterns are valid")
});

/// The end of a private key. The search stops at the next [`KEY_START`], so that a text with many starts is searched
/// only once.
static KEY_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----").expect("the pattern is valid")
});

/// The lines after the first one of a private key that is cut.
static KEY_LINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\s+[A-Za-z0-9+/=]{40,})+(?:\s+[A-Za-z0-9+/=]+)?").expect("the pattern is valid")
});

const KEY_START: &str = "-----BEGIN ";

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The name of its kind, with the article.
    pub name: &'static str,
    pub at: Range<usize>,
}

/// How often escapes are resolved: JSON can contain JSON that contains a percent-encoded text.
const LEVELS: usize = 3;

/// The size of the parts whose escapes are resolved, which bounds the memory for the places of escapes.
const PART: usize = 1 << 20;

/// No secret has more bytes, with its escapes, except private keys, whose first line is found. Parts overlap by as much.
pub(super) const LONGEST_SECRET: usize = 1 << 13;

/// Finds the secrets in `text`, also those that are written with escapes. Skips the example keys of AWS's documentation.
pub fn secrets(text: &str) -> Vec<Secret> {
    let mut found = find_plain(text);
    let mut start = 0;
    while start < text.len() {
        let end = text.ceil_char_boundary((start + PART).min(text.len()));
        find_escaped(&text[start..end], start, &mut found);
        start = if end == text.len() { end } else { text.floor_char_boundary(end - LONGEST_SECRET) };
    }
    merge(found)
}

/// Adds the secrets in `part` that are only recognised when its escapes are resolved. `start` is the offset of the part.
fn find_escaped(part: &str, start: usize, found: &mut Vec<Secret>) {
    let mut levels: Vec<Decoded> = Vec::new();
    for _ in 0..LEVELS {
        let text = levels.last().map_or(part, |level| &level.text);
        let Some(level) = Decoded::new(text) else { return };
        levels.push(level);
        let original =
            |offset| start + levels.iter().rev().fold(offset, |offset, level| level.original(offset));
        let decoded = levels.last().map_or("", |level| &level.text);
        let secrets = find_plain(decoded).into_iter();
        found.extend(
            secrets.map(|Secret { name, at }| Secret { name, at: original(at.start)..original(at.end) }),
        );
    }
}

fn find_plain(text: &str) -> Vec<Secret> {
    if !PARTS.are_in(text) {
        return Vec::new();
    }
    PATTERN.captures_iter(text).filter_map(|captures| secret(text, &captures)).collect()
}

/// Sorts secrets, and joins those that overlap: the text of a private key can match the pattern of another secret.
fn merge(mut found: Vec<Secret>) -> Vec<Secret> {
    found.sort_by_key(|secret| (secret.at.start, Reverse(secret.at.end)));
    let mut merged: Vec<Secret> = Vec::new();
    for secret in found {
        match merged.last_mut() {
            Some(last) if secret.at.start < last.at.end => last.at.end = last.at.end.max(secret.at.end),
            _ => merged.push(secret),
        }
    }
    merged
}

/// The start of a private key in `text` whose end is missing, perhaps because it follows in a later part of the output.
pub fn find_open_key(text: &str) -> Option<usize> {
    let start = text.rfind(KEY_START)?;
    let key = &text[start..];
    let is_key = key.lines().next().is_some_and(|line| line.contains("PRIVATE KEY"));
    (is_key && !KEY_END.is_match(key)).then_some(start)
}

/// Masks every secret in `text`. Offsets don't change.
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for Range { mut start, end } in found.into_iter().map(|secret| secret.at) {
        while start < end {
            // Line breaks are kept, so that line numbers after a private key don't change, and a TOML string that goes over
            // several lines keeps its length.
            let kept = text.get(start..).map_or(0, length_of_line_break);
            bytes[start] = if kept == 0 { b'*' } else { bytes[start] };
            start += kept.max(1);
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(""), Cow::Owned)
}

/// Like [`masked`], for a text with escape sequences that set colours. A secret may begin or end at one, or contain one.
pub fn masked_with_styles(text: &str) -> Cow<'_, str> {
    let parts = || split_styles(text).into_iter();
    let plain: String = parts().filter_map(StyledPart::text).collect();
    let Cow::Owned(masked) = masked(&plain) else { return Cow::Borrowed(text) };
    let mut rest = masked.as_str();
    let shown = parts().map(|part| match part {
        StyledPart::Style(style) => style,
        StyledPart::Text(text) => {
            let (shown, after) = rest.split_at(text.len());
            rest = after;
            shown
        }
    });
    Cow::Owned(shown.collect())
}

fn length_of_line_break(text: &str) -> usize {
    if text.starts_with('\n') { 1 } else { length_of_continuation(text).unwrap_or(0) }
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

/// The end of the private key whose first line ends at `start`. If the key is incomplete, these are the lines that look like
/// a key.
fn key_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let rest = &rest[..rest.find(KEY_START).unwrap_or(rest.len())];
    let end = KEY_END.find(rest).or_else(|| KEY_LINES.find(rest));
    end.map_or(start, |end| start + end.end())
}

/// The ends of the example keys in AWS's documentation.
const EXAMPLES: [&str; 2] = ["EXAMPLEKEY", "7EXAMPLE"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
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

    /// A made-up secret of each kind, in the order of the table.
    fn examples() -> Vec<(&'static str, String)> {
        let (letters, digits) = ("QwErTyUiOpAsDfGhJkLzXcVbNm".repeat(6), "0a1b2c3d4e5f".repeat(8));
        let part = &letters[..24];
        let cases = [
            ("", "AKIAQWERTYUIOPASDFGH".to_owned()),
            ("<SecretAccessKey>", letters[..40].to_owned()),
            ("<SessionToken>", letters[..120].to_owned()),
            ("", format!("ABSK{}", &letters[..60])),
            ("", "-----BEGIN PGP PRIVATE KEY BLOCK-----".to_owned()),
            ("", format!("ghp_{}", &letters[..36])),
            ("", format!("glpat-{}", &letters[..20])),
            ("", format!("eyJ{part}.eyJ{part}.{part}")),
            ("X-Amz-Signature=", digits[..64].to_owned()),
            ("", format!("sk-ant-api03-{}", &letters[..95])),
            ("", format!("sk-proj-{}", &letters[..48])),
            ("", format!("AIza{}", &letters[..35])),
            ("", format!("hf_{}", &letters[..34])),
            ("", format!("xoxb-{}", &digits[..40])),
            ("https://hooks.slack.com/", format!("services/T{}/B{}", &letters[..10], &letters[..32])),
            ("", format!("npm_{}", &letters[..36])),
            ("", format!("pypi-AgEIcHlwaS5vcmc{}", &letters[..60])),
            ("", format!("sk_live_{}", &letters[..24])),
            ("", format!("SG.{}.{}", &letters[..22], &letters[..43])),
            ("", format!("pplx-{}", &letters[..48])),
            ("", format!("dapi{}", &digits[..32])),
            ("", format!("dop_v1_{}", &digits[..64])),
        ];
        cases.to_vec()
    }

    #[test]
    fn each_kind_is_found_in_each_encoding() {
        let examples = examples();
        assert_eq!(examples.len(), KINDS.len());
        for (kind, (before, secret)) in KINDS.iter().zip(examples) {
            assert!(!kind.source.is_empty(), "{}", kind.name);
            assert!(kind.parts.iter().all(|part| *part == part.to_ascii_lowercase()), "{}", kind.name);
            let (first, rest) = secret.split_at(1);
            let code = u32::from(first.as_bytes()[0]);
            let escaped = before.replace('<', "&lt;").replace('>', "&gt;");
            for text in [
                format!("ü {before}{secret}\n"),
                format!("a line\\n{before}{secret}\\n"),
                format!("a line\\\\n{before}{secret}\\\\n"),
                format!("{before}\\u{code:04x}{rest} "),
                format!("{before}\\\\u{code:04X}{rest} "),
                format!("{before}\\U{code:08X}{rest} "),
                format!("{before}\\u{{{code:x}}}{rest} "),
                format!("{before}%{code:02x}{rest} "),
                format!("{escaped}&#{code};{rest} "),
                format!("{escaped}&#x{code:x};{rest}&quot;"),
            ] {
                let found = secrets(&text);
                assert_eq!(found.first().map(|secret| secret.name), Some(kind.name), "{text}");
                let masked = masked(&text);
                assert_eq!(masked.len(), text.len());
                assert!(!masked.contains(rest), "{masked}");
            }
        }
    }

    #[test]
    fn a_secret_at_the_border_of_two_parts_is_found_once() {
        let key = "AKIAQWERTYUIOPASDFGH";
        for before in [PART - 10, PART - LONGEST_SECRET - 10, PART + 5, 2 * PART - LONGEST_SECRET - 3] {
            let text = format!("{}\\n{key} ", "ü".repeat(before / 2));
            let start = text.find(key).unwrap();
            let found: Vec<_> = secrets(&text).into_iter().map(|secret| secret.at).collect();
            assert!(matches!(&found[..], [at] if *at == (start..start + key.len())), "{before}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_the_length_and_the_line_breaks(text in r#"(AKIAQWERTYUIOPASDFGH|\\[nu"\\]|%4[0-9]|&#6[0-9];|-----BEGIN PRIVATE KEY-----|\PC|\n){0,12}"#) {
            let masked = masked(&text);
            prop_assert_eq!(masked.len(), text.len());
            prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
        }
    }
}
