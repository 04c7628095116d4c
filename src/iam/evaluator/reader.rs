//! Reads the values of a policy document and collects mistakes.

use serde_json::{Map, Value};

use super::error::{PolicyError, PolicyErrorKind};
use crate::pointer::{join_index, split_last};

/// Collects mistakes while a document is read. An invalid value is read as `None`.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) errors: Vec<PolicyError>,
}

impl Reader {
    pub(super) fn error(&mut self, pointer: &str, kind: PolicyErrorKind) {
        self.errors.push(PolicyError::new(pointer, kind));
    }

    pub(super) fn wrong_type(&mut self, pointer: &str, expected: &'static str, found: &Value) {
        self.error(pointer, PolicyErrorKind::WrongType { expected, found: type_of(found) });
    }

    pub(super) fn unknown_member(&mut self, pointer: &str, name: &str, known: &'static [&'static str]) {
        self.error(pointer, PolicyErrorKind::UnknownMember { name: name.to_owned(), known });
    }

    pub(super) fn object<'v>(&mut self, value: &'v Value, pointer: &str) -> Option<&'v Map<String, Value>> {
        if value.as_object().is_none() {
            self.wrong_type(pointer, "an object", value);
        }
        value.as_object()
    }

    pub(super) fn string<'v>(&mut self, value: &'v Value, pointer: &str) -> Option<&'v str> {
        if value.as_str().is_none() {
            self.wrong_type(pointer, "a string", value);
        }
        value.as_str()
    }

    /// A single value, or the items of an array, each with its pointer. An empty array is a mistake.
    pub(super) fn one_or_more<'v>(&mut self, value: &'v Value, pointer: &str) -> Vec<(String, &'v Value)> {
        match value {
            Value::Array(items) if items.is_empty() => {
                let (_, member) = split_last(pointer).unwrap_or_default();
                self.error(pointer, PolicyErrorKind::Empty { member: member.into_owned() });
                Vec::new()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (join_index(pointer, index), item)).collect()
            }
            one => vec![(pointer.to_owned(), one)],
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
