//! The published TOML test suite for version 1.1, which the toml crate implements. Datetimes, `inf` and `nan`
//! become strings, because JSON has no such values.

use std::fs;
use std::path::{Path, PathBuf};

use bedrock_check::config::source::Document;
use bedrock_check::diagnose::Sources;
use bedrock_check::schema::Schema;
use serde_json::Value;

use crate::common::shared;

/// Files for which we deviate from the suite, with the reason.
const DEVIATIONS: &[(&str, &str)] = &[
    ("valid/datetime/no-seconds.toml", NO_SECONDS),
    ("valid/spec-1.1.0/common-29.toml", NO_SECONDS),
    ("valid/spec-1.1.0/common-31.toml", NO_SECONDS),
    ("valid/spec-1.1.0/common-34.toml", NO_SECONDS),
];

const NO_SECONDS: &str = "a time without seconds keeps its text, the suite adds `:00`";

/// The suite's files of one kind: the name, and the text if it is UTF-8.
fn files(kind: &str) -> Option<Vec<(PathBuf, Option<String>)>> {
    let root = shared("oracles/toml-test")?.join("tests");
    let list = fs::read_to_string(root.join("files-toml-1.1.0")).expect("the suite has its list");
    let names = list.lines().filter(|name| name.starts_with(kind) && is_toml(name));
    let text = |name: &str| String::from_utf8(fs::read(root.join(name)).expect("a listed file")).ok();
    Some(names.map(|name| (root.join(name), text(name))).collect())
}

fn is_toml(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "toml")
}

fn deviates(path: &Path) -> bool {
    DEVIATIONS.iter().any(|(name, _)| path.ends_with(name))
}

#[test]
fn valid_files_have_the_suites_values() {
    let Some(files) = files("valid/") else { return };
    let mut wrong = Vec::new();
    for (path, text) in &files {
        let text = text.as_deref().expect("valid TOML is UTF-8");
        let json = fs::read_to_string(path.with_extension("json")).expect("the values beside the file");
        let expected = serde_json::from_str(&json).expect("JSON");
        let (document, errors) = Document::parse(text);
        let same = errors.is_empty() && is_same(&document.value, &expected);
        if same == deviates(path) {
            wrong.push(format!("{}: {errors:?}\n{}\n{expected}", path.display(), document.value));
        }
    }
    let right = files.len() - wrong.len() - DEVIATIONS.len();
    println!("{} valid files: {right} give the suite's values, {} differ", files.len(), wrong.len());
    for (name, reason) in DEVIATIONS {
        println!("  {name}: {reason}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn invalid_files_are_rejected() {
    let Some(files) = files("invalid/") else { return };
    let not_utf8 = files.iter().filter(|(_, text)| text.is_none()).count();
    let texts = files.iter().filter_map(|(path, text)| Some((path, text.as_deref()?)));
    let accepted = texts.filter(|(path, text)| Document::parse(text).1.is_empty() != deviates(path));
    let accepted: Vec<_> = accepted.map(|(path, _)| path).collect();
    let printed = files.len() - not_utf8 - accepted.len();
    println!(
        "{} invalid files: {printed} refused, {not_utf8} not UTF-8, {} accepted",
        files.len(),
        accepted.len()
    );
    assert!(accepted.is_empty(), "{accepted:#?}");
}

#[test]
fn any_parsed_file_can_be_checked() {
    let (Some(valid), Some(invalid)) = (files("valid/"), files("invalid/")) else { return };
    let schema = Schema::config();
    for (path, text) in valid.iter().chain(&invalid) {
        let text = text.as_deref().unwrap_or_default();
        let file = Sources::default().add(path, text);
        let (document, _) = Document::parse(text);
        for finding in schema.check(&document, file) {
            assert!(text.get(finding.at.span.range()).is_some(), "{}: {finding:?}", path.display());
        }
    }
}

/// Whether `ours` is the value that the suite's typed JSON describes.
fn is_same(ours: &Value, typed: &Value) -> bool {
    if let (Some(Value::String(of)), Some(Value::String(value))) = (typed.get("type"), typed.get("value")) {
        return is_same_scalar(ours, of, value);
    }
    match (ours, typed) {
        (Value::Object(ours), Value::Object(typed)) => {
            let same =
                |(key, value): (&String, &Value)| typed.get(key).is_some_and(|typed| is_same(value, typed));
            ours.len() == typed.len() && ours.iter().all(same)
        }
        (Value::Array(ours), Value::Array(typed)) => {
            ours.len() == typed.len() && ours.iter().zip(typed).all(|(ours, typed)| is_same(ours, typed))
        }
        _ => false,
    }
}

fn is_same_scalar(ours: &Value, of: &str, value: &str) -> bool {
    match (of, ours) {
        ("string", Value::String(text)) => text == value,
        ("bool", Value::Bool(yes)) => yes.to_string() == value,
        ("integer", Value::Number(number)) => number.to_string() == value,
        ("float", Value::Number(number)) => number.as_f64() == value.parse().ok(),
        ("float", Value::String(text)) => {
            text.trim_start_matches('-') == value.trim_start_matches(['+', '-'])
        }
        (_, Value::String(text)) => time(text) == time(value),
        _ => false,
    }
}

/// A datetime without trailing zeros in its fraction of a second.
fn time(text: &str) -> String {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let zone = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (fraction, zone) = rest.split_at(zone);
    format!("{whole}.{}{zone}", fraction.trim_end_matches('0'))
}
