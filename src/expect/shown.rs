//! Formats values for the message of a predicate that does not hold.

use std::ops::Range;

use serde_json::Value;

use crate::diagnose::excerpt;
use crate::words::first_few;

/// A value in one line: a string in backticks, other values with their kind.
pub(super) fn shown(value: &Value) -> String {
    let json = || excerpt(&value.to_string());
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => quoted(text),
        Value::Bool(_) => format!("`{}`", json()),
        Value::Number(_) => format!("the number `{}`", json()),
        Value::Array(_) => format!("the array `{}`", json()),
        Value::Object(_) => format!("the object `{}`", json()),
    }
}

/// Like [`shown`], with the kind before a string too, for messages that expect another kind.
pub(super) fn shown_typed(value: &Value) -> String {
    if value.is_string() { format!("the text {}", shown(value)) } else { shown(value) }
}

pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() { "empty text".to_owned() } else { format!("`{}`", excerpt(text)) }
}

/// The last characters of `text`, in backticks.
pub(super) fn tail(text: &str) -> String {
    let start = text.char_indices().rev().nth(CONTEXT).map(|(at, _)| at);
    start.map_or_else(|| quoted(text), |start| format!("`…{}`", excerpt(&text[start..])))
}

/// The text at `range` of `text` and around it, in backticks.
pub(super) fn around(text: &str, range: &Range<usize>) -> String {
    let before = text[..range.start].char_indices().rev().nth(CONTEXT / 2).map(|(at, _)| at);
    match before {
        Some(start) => format!("`…{}`", excerpt(&text[start..])),
        None => quoted(text),
    }
}

pub(super) fn listed(values: &[Value]) -> String {
    first_few(values.iter().map(shown), LISTED, ", and ")
}

const LISTED: usize = 10;

/// How many characters `tail` and `around` show.
const CONTEXT: usize = 40;
