//! Findings about values that their key does not accept.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value;

use super::remedy;
use super::view::{View, table_header};
use crate::config::model::form::Form;
use crate::diagnose::{Code, Finding, short};
use crate::pointer::{split_last, steps};
use crate::words::{a_json_kind, nearest, quoted, quoted_commas, with_article};

/// The most characters of a value that a message shows.
const SHOWN_LIMIT: usize = 41;

pub(super) fn report_invalid(view: View<'_>, pointer: &str, error: &ValidationError<'_>) -> Finding {
    let name = key_name(pointer);
    let message = format!("`{name}`: {}, found {}", describe_expected(error), describe_found(error));
    let finding = Finding::new(Code::InvalidValue, view.value_span(pointer), message);
    match find_help(view, pointer, error) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The key of the value at `pointer`, or of the array that contains it.
pub(super) fn key_name(pointer: &str) -> String {
    steps(pointer).filter(|step| step.parse::<usize>().is_err()).last().unwrap_or_default().into_owned()
}

/// What the schema requires, as "expected …".
pub(super) fn describe_expected(error: &ValidationError<'_>) -> String {
    let wanted = match error.kind() {
        Kind::Type { .. } | Kind::AnyOf { .. } => allowed_types(error)
            .into_iter()
            .map(|kind| with_article(kind.as_str()))
            .collect::<Vec<_>>()
            .join(" or "),
        Kind::Enum { options } => describe_options(options),
        Kind::Constant { expected_value } => format!("`{expected_value}`"),
        Kind::Pattern { pattern } => describe_pattern(pattern),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } => "a value that is not empty".to_owned(),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MaxProperties { limit } => format!("at most {limit} keys"),
        _ => "a value that the schema allows".to_owned(),
    };
    format!("expected {wanted}")
}

fn describe_pattern(pattern: &str) -> String {
    Form::from_pattern(pattern)
        .map_or_else(|| format!("a string that matches `{pattern}`"), |form| form.description.to_owned())
}

fn describe_options(options: &Value) -> String {
    let options = options.as_array().into_iter().flatten();
    let names: Vec<String> =
        options.map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned)).collect();
    match names.as_slice() {
        [only] => quoted(only),
        several => format!("one of {}", quoted_commas(several)),
    }
}

fn string_options(options: &Value) -> Vec<&str> {
    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The types that the schema allows.
fn allowed_types(error: &ValidationError<'_>) -> Vec<JsonType> {
    match error.kind() {
        Kind::Type { kind: TypeKind::Single(only) } => vec![*only],
        Kind::Type { kind: TypeKind::Multiple(several) } => several.iter().collect(),
        Kind::AnyOf { context } => {
            context.iter().filter_map(|branch| branch.first()).flat_map(allowed_types).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn describe_found(error: &ValidationError<'_>) -> String {
    let value = error.instance().as_ref();
    match error.kind() {
        // "expected an integer, found a number" would not explain why the number is not an integer.
        Kind::Type { .. } if value.is_number() && allowed_types(error).contains(&JsonType::Integer) => {
            quote_value(value)
        }
        Kind::Type { .. } | Kind::AnyOf { .. } => a_json_kind(value),
        Kind::MinLength { .. } | Kind::MaxLength { .. } if value != "" => {
            value.as_str().map_or(0, |text| text.chars().count()).to_string()
        }
        Kind::MaxItems { .. } => value.as_array().map_or(0, Vec::len).to_string(),
        Kind::MaxProperties { .. } => value.as_object().map_or(0, serde_json::Map::len).to_string(),
        Kind::MinItems { .. } => "an empty array".to_owned(),
        _ => quote_value(value),
    }
}

pub(super) fn quote_value(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.is_empty() => return "an empty string".to_owned(),
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    };
    format!("`{}`", short(&text, SHOWN_LIMIT))
}

fn find_help(view: View<'_>, pointer: &str, error: &ValidationError<'_>) -> Option<String> {
    let value = error.instance().as_ref();
    match error.kind() {
        Kind::Type { .. } | Kind::AnyOf { .. } => {
            explain_conversion(view, pointer, &allowed_types(error), value)
        }
        Kind::Enum { options } => {
            let text = value.as_str()?;
            let of_operation =
                || (key_name(pointer) == "operation").then(|| remedy::for_operation(text)).flatten();
            let near =
                || nearest(text, string_options(options)).map(|near| format!("did you mean `{near}`?"));
            of_operation().or_else(near)
        }
        Kind::Pattern { pattern } => remedy::for_string(pattern, value.as_str()?),
        _ => None,
    }
}

/// Explains how to write `value` so that it has one of the `wanted` types.
fn explain_conversion(view: View<'_>, pointer: &str, wanted: &[JsonType], value: &Value) -> Option<String> {
    let written =
        view.source_text(pointer).filter(|text| text.len() <= SHOWN_LIMIT && !text.contains('\n'))?;
    let allows = |kind: JsonType| wanted.contains(&kind);
    match value {
        Value::Object(_) if allows(JsonType::Array) && written.starts_with('[') => {
            Some(format!("double the brackets: `[{written}]`"))
        }
        Value::Array(_) if allows(JsonType::Object) && written.starts_with("[[") => {
            Some(format!("use single brackets: `{}`", table_header(view, pointer)))
        }
        Value::Bool(_) | Value::Number(_) if allows(JsonType::String) && !expects_jsonpath(pointer) => {
            Some(format!("put it in quotes: `\"{written}\"`"))
        }
        Value::String(text) if has_type_without_quotes(text, wanted) => {
            Some(format!("write it without quotes: `{text}`"))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) if allows(JsonType::Array) => {
            Some(format!("put it in brackets: `[{written}]`"))
        }
        _ if allows(JsonType::Object) => propose_table(view, pointer),
        _ => None,
    }
}

/// Whether the key expects a JSONPath. Putting a number in quotes would not make it one.
fn expects_jsonpath(pointer: &str) -> bool {
    split_last(pointer).and_then(|(table, _)| split_last(table)).is_some_and(|(_, name)| name == "mapping")
}

/// Whether `text` without its quotes has one of the `wanted` types.
fn has_type_without_quotes(text: &str, wanted: &[JsonType]) -> bool {
    wanted.iter().any(|kind| match kind {
        JsonType::Integer => text.parse::<i64>().is_ok(),
        JsonType::Number => text.parse::<serde_json::Number>().is_ok(),
        JsonType::Boolean => matches!(text, "true" | "false"),
        _ => false,
    })
}

fn propose_table(view: View<'_>, pointer: &str) -> Option<String> {
    let keys = view.lookup.keys(pointer);
    let example = keys.first()?;
    let others =
        if keys.len() > 1 { format!("; its keys are {}", quoted_commas(&keys)) } else { String::new() };
    Some(format!("write a table, `{{ {example} = … }}`{others}"))
}
