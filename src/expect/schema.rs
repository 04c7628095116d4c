use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::diagnose::{excerpt, short};

use super::shown::quoted;
use super::{ExpectErrorKind, Miss};

/// A compiled JSON Schema for a value, or for the JSON in a string.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    validator: Arc<Validator>,
    /// Whether the schema is about strings, so that a string is not parsed as JSON.
    about_text: bool,
}

/// Keywords that only apply to strings.
const TEXT_KEYWORDS: [&str; 4] = ["minLength", "maxLength", "pattern", "format"];

/// The most violations that are reported for one value.
const VIOLATIONS_LIMIT: usize = 5;

/// The most characters of a validator's message that are shown.
const MESSAGE_LIMIT: usize = 200;

impl Schema {
    /// Compiles `schema` without loading external references.
    pub(super) fn compile(schema: &Value) -> Result<Schema, ExpectErrorKind> {
        let validator = jsonschema::options().offline().build(schema).map_err(|error| explain(&error))?;
        Ok(Schema { validator: Arc::new(validator), about_text: is_about_text(schema) })
    }

    pub(super) fn misses(&self, value: &Value) -> Vec<Miss> {
        match value {
            Value::String(text) if !self.about_text => match serde_json::from_str(text) {
                Ok(parsed) => self.violations(&parsed),
                Err(_) => vec![miss("text that is JSON", quoted(text))],
            },
            value => self.violations(value),
        }
    }

    fn violations(&self, value: &Value) -> Vec<Miss> {
        let violations = self.validator.iter_errors(value).take(VIOLATIONS_LIMIT);
        violations.map(|error| miss("a value that the schema takes", violation(&error))).collect()
    }
}

fn miss(expected: &str, found: String) -> Miss {
    Miss { predicate: "json_schema", expected: expected.to_owned(), found }
}

/// The validator's message and the pointer of the violation, with the value shortened.
fn violation(error: &ValidationError<'_>) -> String {
    let value = excerpt(&error.instance().to_string());
    let message = short(&error.masked_with(value).to_string(), MESSAGE_LIMIT);
    match error.instance_path().as_str() {
        "" => message,
        path => format!("{message} at `{}`", excerpt(path)),
    }
}

fn explain(error: &ValidationError<'_>) -> ExpectErrorKind {
    if let ValidationErrorKind::Referencing(reason) = error.kind() {
        return reference(reason);
    }
    ExpectErrorKind::Schema { reason: violation(error) }
}

fn reference(reason: &jsonschema::ReferencingError) -> ExpectErrorKind {
    match reason {
        jsonschema::ReferencingError::Unretrievable { uri, .. } => {
            ExpectErrorKind::ExternalReference { target: quoted(uri) }
        }
        other => ExpectErrorKind::Schema { reason: short(&other.to_string(), MESSAGE_LIMIT) },
    }
}

fn is_about_text(schema: &Value) -> bool {
    let names_string = |value: &Value| value == "string";
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(names_string),
        Some(one) => names_string(one),
        None => {
            let values = schema.get("enum").and_then(Value::as_array);
            schema.get("const").is_some_and(Value::is_string)
                || values.is_some_and(|values| values.iter().any(Value::is_string))
                || TEXT_KEYWORDS.iter().any(|keyword| schema.get(keyword).is_some())
        }
    }
}
