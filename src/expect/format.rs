//! Formats values for the message of a predicate that does not hold.

use std::ops::Range;

use serde_json::Value;

use crate::diagnose::excerpt;
use crate::words::first_few;

/// A value in one line: a string in backticks, other values with their kind.
pub(super) fn format_value(value: &Value) -> String {
    let json = || excerpt(&value.to_string());
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => quote(text),
        Value::Bool(_) => format!("`{}`", json()),
        Value::Number(_) => format!("the number `{}`", json()),
        Value::Array(_) => format!("the array `{}`", json()),
        Value::Object(_) => format!("the object `{}`", json()),
    }
}

/// Like [`format_value`], with the kind before a string too, for messages that expect another kind.
pub(super) fn format_with_kind(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => format!("the string {}", quote(text)),
        other => format_value(other),
    }
}

pub(super) fn quote(text: &str) -> String {
    if text.is_empty() { "an empty string".to_owned() } else { format!("`{}`", excerpt(text)) }
}

/// The last characters of `text`, in backticks.
pub(super) fn format_end(text: &str) -> String {
    let start = text.char_indices().rev().nth(CONTEXT_CHARACTERS).map(|(at, _)| at);
    start.map_or_else(|| quote(text), |start| format!("`…{}`", excerpt(&text[start..])))
}

/// The text at `range` of `text` and around it, in backticks.
pub(super) fn format_around(text: &str, range: &Range<usize>) -> String {
    let before = text[..range.start].char_indices().rev().nth(CONTEXT_CHARACTERS / 2).map(|(at, _)| at);
    match before {
        Some(start) => format!("`…{}`", excerpt(&text[start..])),
        None => quote(text),
    }
}

pub(super) fn format_list(values: &[Value]) -> String {
    first_few(values.iter().map(format_value), LIST_LIMIT, ", and ")
}

const LIST_LIMIT: usize = 10;

/// How many characters `format_end` and `format_around` show.
const CONTEXT_CHARACTERS: usize = 40;
