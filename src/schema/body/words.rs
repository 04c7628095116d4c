//! Words for values that a body may not hold.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use crate::diagnose::nearest;
use crate::schema::value::{self, Notation};

/// The message and the help for a value that the schema refuses.
pub(super) fn value(error: &ValidationError<'_>) -> (String, Option<String>) {
    let pointer = error.instance_path().as_str();
    let expected = match error.kind() {
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } => {
            "expected exactly one kind of content".to_owned()
        }
        _ => value::expectation(error, Notation::Json),
    };
    let found = value::found(error, Notation::Json);
    let message = match value::name(pointer) {
        name if name.is_empty() => format!("{expected}, found {found}"),
        name => format!("`{name}`: {expected}, found {found}"),
    };
    (message, help(error))
}

fn help(error: &ValidationError<'_>) -> Option<String> {
    let Kind::Enum { options } = error.kind() else { return None };
    let options = options.as_array()?.iter().filter_map(Value::as_str);
    let near = nearest(error.instance().as_ref().as_str()?, options)?;
    Some(format!("did you mean `{near}`?"))
}
