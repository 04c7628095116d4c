use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::diagnose::{excerpt, short};
use crate::json;
use crate::pattern::MATCHED_LIMIT;

use super::format::{format_value, quote};
use super::schema_cost::{CHECKS_LIMIT, Cost};
use super::{ExpectErrorKind, Miss};

/// A compiled JSON Schema for a value, or for the JSON in a string.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    validator: Arc<Validator>,
    cost: Cost,
    /// Whether the schema is about strings, so that a string is not parsed as JSON.
    validates_strings: bool,
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
        let cost = Cost::of(schema).ok_or(ExpectErrorKind::SchemaTooLarge)?;
        let validator =
            jsonschema::options().offline().build(schema).map_err(|error| compile_error(&error))?;
        Ok(Schema { validator: Arc::new(validator), cost, validates_strings: is_about_strings(schema) })
    }

    pub(super) fn misses(&self, value: &Value) -> Vec<Miss> {
        match value {
            Value::String(text) if !self.validates_strings => match json::parse(text.as_bytes()) {
                Ok(parsed) => self.violations(&parsed),
                Err(_) => vec![new_miss("a string that is JSON", quote(text))],
            },
            value => self.violations(value),
        }
    }

    fn violations(&self, value: &Value) -> Vec<Miss> {
        if !self.cost.allows(value) {
            let expected = format!(
                "a value that the schema checks in at most {CHECKS_LIMIT} steps, without a string of more than {} MiB",
                MATCHED_LIMIT >> 20
            );
            return vec![new_miss(&expected, format_value(value))];
        }
        let violations = self.validator.iter_errors(value).take(VIOLATIONS_LIMIT);
        violations
            .map(|error| new_miss("a value that matches the schema", describe_violation(&error)))
            .collect()
    }
}

fn new_miss(expected: &str, found: String) -> Miss {
    Miss { predicate: "json_schema", expected: expected.to_owned(), found }
}

/// The validator's message and the pointer of the violation, with the value shortened.
fn describe_violation(error: &ValidationError<'_>) -> String {
    let value = excerpt(&error.instance().to_string());
    let message = short(&error.masked_with(value).to_string(), MESSAGE_LIMIT);
    match error.instance_path().as_str() {
        "" => message,
        path => format!("{message} at `{}`", excerpt(path)),
    }
}

fn compile_error(error: &ValidationError<'_>) -> ExpectErrorKind {
    if let ValidationErrorKind::Referencing(reason) = error.kind() {
        return reference_error(reason);
    }
    ExpectErrorKind::Schema { reason: describe_violation(error) }
}

fn reference_error(reason: &jsonschema::ReferencingError) -> ExpectErrorKind {
    match reason {
        jsonschema::ReferencingError::Unretrievable { uri, .. } => {
            ExpectErrorKind::ExternalReference { target: quote(uri) }
        }
        other => ExpectErrorKind::Schema { reason: short(&other.to_string(), MESSAGE_LIMIT) },
    }
}

fn is_about_strings(schema: &Value) -> bool {
    let is_string_type = |value: &Value| value == "string";
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(is_string_type),
        Some(one) => is_string_type(one),
        None => {
            let values = schema.get("enum").and_then(Value::as_array);
            schema.get("const").is_some_and(Value::is_string)
                || values.is_some_and(|values| values.iter().any(Value::is_string))
                || TEXT_KEYWORDS.iter().any(|keyword| schema.get(keyword).is_some())
        }
    }
}
