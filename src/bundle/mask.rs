//! Masks secrets in files and values in such a way that a replay still matches its recordings.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;

use serde_json::Value;

use crate::config::source::Document;
use crate::diagnose::{masked, masked_member, masked_value, secrets};
use crate::fixture::{Fixture, fingerprint, mask_arns, mask_secrets};
use crate::snapshot::{parse_contents, render_contents};

/// A file of a bundle, with secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedFile {
    pub bytes: Vec<u8>,
    /// Whether a secret was masked.
    pub changed: bool,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    Toml,
    Fixture,
    Snapshot,
    /// Data of cases, or a report. The format follows from the extension.
    Data,
}

/// A secret that can't be masked without breaking the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmaskable {
    #[error("it contains {0} and is not text, so the secret can't be masked")]
    Binary(&'static str),
    #[error("it contains a secret that is written with escapes, so it can't be masked")]
    Escaped,
}

/// Masks the secrets in `bytes`. Text keeps its length and its lines. A fixture whose request changes gets the
/// fingerprint of the masked request.
pub fn mask_file(kind: FileKind, name: &str, bytes: Vec<u8>) -> Result<MaskedFile, Unmaskable> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(binary) => return check_binary(binary.into_bytes()),
    };
    let parsed = match kind {
        FileKind::Fixture => mask_fixture(&text),
        FileKind::Snapshot => mask_snapshot(&text),
        FileKind::Toml | FileKind::Data => None,
    };
    let masked_text = masked(parsed.as_deref().unwrap_or(&text)).into_owned();
    if parse_values(kind, name, &masked_text).iter().any(|value| masked_value(value) != *value) {
        return Err(Unmaskable::Escaped);
    }
    Ok(MaskedFile { changed: masked_text != text, bytes: masked_text.into_bytes() })
}

fn check_binary(bytes: Vec<u8>) -> Result<MaskedFile, Unmaskable> {
    match secrets(&String::from_utf8_lossy(&bytes)).first() {
        Some(secret) => Err(Unmaskable::Binary(secret.name)),
        None => Ok(MaskedFile { bytes, changed: false }),
    }
}

/// The fixture with secrets masked; `None` if it contains no secrets or is not a valid fixture.
///
/// The config and the environment are masked in the same way, so the request of the case still has the fingerprint of
/// the fixture. A fixture that was edited by hand keeps its fingerprint, so that it is still reported as edited.
fn mask_fixture(text: &str) -> Option<String> {
    let (fixture, recorded) = Fixture::parse(text).ok()?;
    let clean = Fixture { exchange: mask_secrets(&fixture.exchange), ..fixture.clone() };
    if clean == fixture {
        return None;
    }
    let text = clean.render();
    let edited = fixture.is_edited(&recorded);
    let own = fingerprint(&clean.exchange.request).to_string();
    Some(if edited { text.replace(&own, &recorded.to_string()) } else { text })
}

/// The snapshot with secrets in its fields masked; `None` if they contain none, or if it can't be parsed. The contents are
/// rendered again, because a masked value may need quotes.
fn mask_snapshot(text: &str) -> Option<String> {
    let (header, contents) = text.split_once("\n---\n")?;
    let fields = parse_contents(contents.trim_end()).ok()?;
    let clean = fields.iter().map(|(name, value)| (name.clone(), masked_member(name, value)));
    let clean: Vec<(String, Value)> = clean.collect();
    (clean != fields).then(|| format!("{header}\n---\n{}\n", render_contents(&clean)))
}

/// The values that `text` contains, with escapes resolved; empty if its format is unknown or its syntax is invalid.
fn parse_values(kind: FileKind, name: &str, text: &str) -> Vec<Value> {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    let extension = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
    match (kind, extension) {
        (FileKind::Toml, _) | (FileKind::Data, "toml") => vec![Document::parse(text).0.value],
        (FileKind::Data, "jsonl") => text.lines().filter_map(json).collect(),
        (FileKind::Fixture | FileKind::Data, _) => json(text).into_iter().collect(),
        (FileKind::Snapshot, _) => {
            let (_, contents) = text.split_once("\n---\n").unwrap_or(("", text));
            let fields = parse_contents(contents.trim_end()).unwrap_or_default();
            vec![Value::Object(fields.into_iter().collect())]
        }
    }
}

/// The value of an environment variable with secrets and account IDs masked in the same way as in a fixture.
pub fn mask_variable<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    let masked = masked_member(name, &Value::from(value));
    match masked.as_str() {
        Some(masked) if masked != value => Cow::Owned(mask_arns(masked).into_owned()),
        _ => mask_arns(value),
    }
}

/// Makes another value of the same form: each letter becomes `x` and each digit `1`. If the value contains an `x` or
/// a `1`, they become `y` or `2`.
///
/// Separators and JSON brackets are kept if the value contains words. `true` and `false` both become `true`:
/// negating them would reveal the value.
pub fn make_stand_in(value: &str) -> String {
    match value.trim() {
        "true" | "false" => return "true".to_owned(),
        "null" => return value.to_owned(),
        _ => (),
    }
    let digit = if value.contains('1') { '2' } else { '1' };
    let letter = if value.contains('x') { 'y' } else { 'x' };
    let has_words = value.contains(char::is_alphanumeric);
    let substitute = |char: char| match char {
        '0'..='9' => digit,
        char if has_words && SEPARATORS.contains(char) => char,
        _ => letter,
    };
    value.chars().map(substitute).collect()
}

/// Characters that separate words in values of many forms. Other punctuation may be part of a secret.
const SEPARATORS: &str = " \t\n-_./:,\"[]{}";

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AKIAQWERTYUIOPASDFGH";

    #[track_caller]
    fn check(kind: FileKind, name: &str, text: &str, expected: Result<&str, Unmaskable>) {
        let file = mask_file(kind, name, text.as_bytes().to_vec());
        let text_in_bundle = file.map(|file| String::from_utf8(file.bytes).unwrap());
        assert_eq!(text_in_bundle, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn secrets_are_masked_or_the_file_is_refused() {
        let stars = "*".repeat(KEY.len());
        let escaped = KEY.replacen('A', "\\u0041", 1);
        check(
            FileKind::Toml,
            "a.toml",
            &format!("a = '{KEY}' # {KEY}"),
            Ok(&format!("a = '{stars}' # {stars}")),
        );
        let long = "*".repeat(escaped.len());
        for (kind, name, before, after) in [
            (FileKind::Toml, "a.toml", "a = \"", "\""),
            (FileKind::Data, "a.json", "[\"", "\"]"),
            (FileKind::Data, "a.jsonl", "{}\n[\"", "\"]"),
        ] {
            let text = [before, &escaped, after].concat();
            check(kind, name, &text, Ok(&[before, &long, after].concat()));
        }
        // A snapshot is rendered again.
        let [before, after] = ["---\n---\na: \"", "\"\n"];
        check(
            FileKind::Snapshot,
            "a.snap",
            &[before, &escaped, after].concat(),
            Ok(&[before, &stars, after].concat()),
        );
        // A backslash at the end of a line joins two lines.
        let split = |key: &str| format!("a = \"\"\"{}\\\n  {}\"\"\"", &key[..10], &key[10..]);
        check(FileKind::Toml, "a.toml", &split(KEY), Ok(&split(&stars)));
        let deep = KEY.replacen('A', &format!("{}u0041", "\\".repeat(8)), 1);
        check(FileKind::Toml, "a.toml", &format!("a = \"{deep}\""), Err(Unmaskable::Escaped));
        check(FileKind::Data, "a.csv", "a,b\n1,2\n", Ok("a,b\n1,2\n"));
        let binary = [b"\xff", KEY.as_bytes()].concat();
        let refused = mask_file(FileKind::Data, "a.png", binary);
        assert_eq!(refused, Err(Unmaskable::Binary("an AWS access key ID")));
    }

    #[test]
    fn a_stand_in_has_the_same_form() {
        for (value, expected) in [
            ("Acme-42", "xxxx-11"),
            ("-3.5", "-1.1"),
            ("ü", "x"),
            ("P@$$-w0rd!", "xxxx-x1xxx"),
            ("{\"a\": [1]}", "{\"x\": [2]}"),
            ("true", "true"),
            ("false", "true"),
            ("", ""),
        ] {
            assert_eq!(make_stand_in(value), expected);
        }
    }

    #[test]
    fn a_stand_in_is_not_the_value() {
        for value in ["1111", "----", "xxxx", "x-1", "2222", " ", "$x$", "Ⅷ"] {
            assert_ne!(make_stand_in(value), value);
            assert_eq!(make_stand_in(value).chars().count(), value.chars().count());
        }
    }
}
