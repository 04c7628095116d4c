//! The size of JSON values: a value takes much more memory than its text, so the values of a text are limited.

use serde_json::Value;

/// The maximum number of values of an answer, a recording, or a line of a recorded run. Each takes about 100 bytes.
pub const VALUES_LIMIT: usize = 1_000_000;

/// A JSON text with too many values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {VALUES_LIMIT} JSON values, which is the limit")]
pub struct TooManyValues;

/// Why a text is not used as JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
    #[error("it has {0}")]
    TooManyValues(#[from] TooManyValues),
}

/// Parses `text`, unless it has too many values.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    check_values(text)?;
    Ok(serde_json::from_slice(text)?)
}

/// An error if `text` has too many values.
pub fn check_values(text: &[u8]) -> Result<(), TooManyValues> {
    if at_most_values(text) > VALUES_LIMIT { Err(TooManyValues) } else { Ok(()) }
}

/// The number of values of the JSON `text`, or more: each follows a comma or a bracket that is not in a string, or is the first.
/// Empty arrays and objects count twice.
pub fn at_most_values(text: &[u8]) -> usize {
    let mut values = 1;
    let mut is_string = false;
    let mut is_escaped = false;
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b',' | b'[' | b'{' if !is_string => values += 1,
            _ => (),
        }
    }
    values
}

/// About how many bytes `value` takes in memory.
pub fn memory(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(memory).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + memory(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + inner
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limit_is_exact_for_arrays() {
        let array = |values: usize| format!("[{}1]", "1,".repeat(values - 2));
        assert!(parse(array(VALUES_LIMIT).as_bytes()).is_ok());
        let error = parse(array(VALUES_LIMIT + 1).as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "it has more than 1000000 JSON values, which is the limit");
        assert!(parse(format!("\"{}\"", ",".repeat(VALUES_LIMIT)).as_bytes()).is_ok());
    }

    fn count(value: &Value) -> usize {
        let inner = match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members.values().map(count).sum(),
            _ => 0,
        };
        1 + inner
    }

    proptest! {
        #[test]
        fn no_value_is_missed(text in r#"[\[\]{}",:\\a1 ]{0,12}"#) {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                prop_assert!(at_most_values(text.as_bytes()) >= count(&value));
            }
        }
    }
}
