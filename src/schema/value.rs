//! Findings about values that their key does not accept.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value;

use super::view::{View, header};
use crate::config::model::form::Form;
use crate::diagnose::{Code, Finding};
use crate::pointer::{split_last, steps};
use crate::words::{a_json_kind, nearest, quoted, quoted_commas, with_article};

/// The most characters of a value that a message shows.
const SHOWN: usize = 40;

pub(super) fn invalid(view: View<'_>, pointer: &str, error: &ValidationError<'_>) -> Finding {
    let name = name(pointer);
    let message = format!("`{name}`: {}, found {}", expectation(error), found(error));
    let finding = Finding::new(Code::InvalidValue, view.at_value(pointer), message);
    match remedy(view, pointer, error) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The key of the value at `pointer`, or of the array that contains it.
pub(super) fn name(pointer: &str) -> String {
    steps(pointer).filter(|step| step.parse::<usize>().is_err()).last().unwrap_or_default().into_owned()
}

/// What the schema requires, as "expected …".
pub(super) fn expectation(error: &ValidationError<'_>) -> String {
    let wanted = match error.kind() {
        Kind::Type { .. } | Kind::AnyOf { .. } => {
            types(error).into_iter().map(|of| with_article(of.as_str())).collect::<Vec<_>>().join(" or ")
        }
        Kind::Enum { options } => one_of(options),
        Kind::Constant { expected_value } => format!("`{expected_value}`"),
        Kind::Pattern { pattern } => look(pattern),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } => "something in it".to_owned(),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MaxProperties { limit } => format!("at most {limit} keys"),
        _ => "a value that the schema allows".to_owned(),
    };
    format!("expected {wanted}")
}

fn look(pattern: &str) -> String {
    Form::of(pattern).map_or_else(|| format!("a text that matches `{pattern}`"), |form| form.says.to_owned())
}

fn one_of(options: &Value) -> String {
    let options = options.as_array().into_iter().flatten();
    let shown: Vec<String> =
        options.map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect();
    match shown.as_slice() {
        [only] => quoted(only),
        several => format!("one of {}", quoted_commas(several)),
    }
}

fn names(options: &Value) -> Vec<&str> {
    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The types that the schema allows.
fn types(error: &ValidationError<'_>) -> Vec<JsonType> {
    match error.kind() {
        Kind::Type { kind: TypeKind::Single(only) } => vec![*only],
        Kind::Type { kind: TypeKind::Multiple(several) } => several.iter().collect(),
        Kind::AnyOf { context } => {
            context.iter().filter_map(|branch| branch.first()).flat_map(types).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn found(error: &ValidationError<'_>) -> String {
    let value = error.instance().as_ref();
    match error.kind() {
        // "expected an integer, found a number" would not explain why the number is no integer.
        Kind::Type { .. } if value.is_number() && types(error).contains(&JsonType::Integer) => shown(value),
        Kind::Type { .. } | Kind::AnyOf { .. } => a_json_kind(value),
        Kind::MinLength { .. } | Kind::MaxLength { .. } if value != "" => {
            value.as_str().map_or(0, |text| text.chars().count()).to_string()
        }
        Kind::MaxItems { .. } => value.as_array().map_or(0, Vec::len).to_string(),
        Kind::MaxProperties { .. } => value.as_object().map_or(0, serde_json::Map::len).to_string(),
        Kind::MinItems { .. } => "an empty array".to_owned(),
        _ => shown(value),
    }
}

pub(super) fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.is_empty() => return "an empty string".to_owned(),
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    };
    let start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{text}`") }
}

fn remedy(view: View<'_>, pointer: &str, error: &ValidationError<'_>) -> Option<String> {
    let value = error.instance().as_ref();
    match error.kind() {
        Kind::Type { .. } | Kind::AnyOf { .. } => conversion(view, pointer, &types(error), value),
        Kind::Enum { options } => {
            let near = nearest(value.as_str()?, names(options))?;
            Some(format!("did you mean `{near}`?"))
        }
        Kind::Pattern { .. } => {
            let text = value.as_str()?;
            (text != text.trim()).then(|| "remove the space around it".to_owned())
        }
        _ => None,
    }
}

/// Explains how to write `value` so that it has one of the `wanted` types.
fn conversion(view: View<'_>, pointer: &str, wanted: &[JsonType], value: &Value) -> Option<String> {
    let written = view.written(pointer).filter(|text| text.len() <= SHOWN && !text.contains('\n'))?;
    let wants = |of: JsonType| wanted.contains(&of);
    match value {
        Value::Object(_) if wants(JsonType::Array) && written.starts_with('[') => {
            Some(format!("double the brackets: `[{written}]`"))
        }
        Value::Array(_) if wants(JsonType::Object) && written.starts_with("[[") => {
            Some(format!("use single brackets: `{}`", header(view, pointer)))
        }
        Value::Bool(_) | Value::Number(_) if wants(JsonType::String) && !is_mapped(pointer) => {
            Some(format!("put it in quotes: `\"{written}\"`"))
        }
        Value::String(text) if unquoted(text, wanted) => Some(format!("write it without quotes: `{text}`")),
        Value::Bool(_) | Value::Number(_) | Value::String(_) if wants(JsonType::Array) => {
            Some(format!("put it in brackets: `[{written}]`"))
        }
        _ if wants(JsonType::Object) => table_with(view, pointer),
        _ => None,
    }
}

/// Whether the key expects a JSONPath. Putting a number in quotes would not make it one.
fn is_mapped(pointer: &str) -> bool {
    split_last(pointer).and_then(|(table, _)| split_last(table)).is_some_and(|(_, name)| name == "mapping")
}

/// Whether `text` without its quotes has one of the `wanted` types.
fn unquoted(text: &str, wanted: &[JsonType]) -> bool {
    wanted.iter().any(|of| match of {
        JsonType::Integer => text.parse::<i64>().is_ok(),
        JsonType::Number => text.parse::<serde_json::Number>().is_ok(),
        JsonType::Boolean => matches!(text, "true" | "false"),
        _ => false,
    })
}

fn table_with(view: View<'_>, pointer: &str) -> Option<String> {
    let keys = view.outline.keys(pointer);
    let example = keys.first()?;
    let others =
        if keys.len() > 1 { format!("; its keys are {}", quoted_commas(&keys)) } else { String::new() };
    Some(format!("write a table, `{{ {example} = … }}`{others}"))
}
