//! How values read in a miss.

use std::ops::Range;

use serde_json::Value;

use crate::diagnose::excerpt;
use crate::words::first_few;

/// A value in one line: text in backticks, anything else with its type.
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

/// As [`shown`], where text could be taken for something else.
pub(super) fn shown_typed(value: &Value) -> String {
    if value.is_string() { format!("the text {}", shown(value)) } else { shown(value) }
}

pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() { "empty text".to_owned() } else { format!("`{}`", excerpt(text)) }
}

/// The last characters of `text`.
pub(super) fn tail(text: &str) -> String {
    let start = text.char_indices().rev().nth(CONTEXT).map(|(at, _)| at);
    start.map_or_else(|| quoted(text), |start| format!("`…{}`", excerpt(&text[start..])))
}

/// What stands at `range` of `text`, with what is around it.
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

/// In characters.
const CONTEXT: usize = 40;
