use std::fmt;

use serde_json::{Number, Value};

use crate::diagnose::excerpt;
use crate::words::{a_json_kind, first_few, quoted, with_article};

/// The kind of value that a field must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    String,
    /// A number without a fraction, including one such as `28.0`.
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Any,
}

impl Kind {
    pub const ALL: [Kind; 7] =
        [Kind::String, Kind::Integer, Kind::Number, Kind::Boolean, Kind::Array, Kind::Object, Kind::Any];

    /// The name of the kind in a config.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Array => "array",
            Kind::Object => "object",
            Kind::Any => "any",
        }
    }

    /// The kind of a field with a fixed meaning, such as `output_text`; `Any` for other fields.
    pub(super) fn for_field(name: &str) -> Kind {
        match name {
            "output_text" => Kind::String,
            "input_tokens" | "output_tokens" => Kind::Number,
            _ => Kind::Any,
        }
    }

    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Kind::String => value.is_string(),
            Kind::Integer => value.as_number().is_some_and(is_integer),
            Kind::Number => value.is_number(),
            Kind::Boolean => value.is_boolean(),
            Kind::Array => value.is_array(),
            Kind::Object => value.is_object(),
            Kind::Any => true,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Any => out.write_str("any value"),
            kind => out.write_str(&with_article(kind.name())),
        }
    }
}

fn is_integer(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A short description of `value`: its members, its length, or the value itself.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty array".to_owned(),
        Value::Array(items) if items.len() == 1 => "an array of 1 item".to_owned(),
        Value::Array(items) => format!("an array of {} items", items.len()),
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => format!("an object with {}", list_names(members.keys())),
        Value::String(text) => format!("a string: `{}`", excerpt(text)),
        plain => format!("{}: `{}`", a_json_kind(plain), excerpt(&plain.to_string())),
    }
}

/// The first few `names` in backticks.
pub(super) fn list_names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    first_few(names.map(|name| quoted(excerpt(name))), NAMES_LIMIT, ", and ")
}

const NAMES_LIMIT: usize = 10;
