//! Merges the members of one event into those of the events before it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Object;

/// Appends `more` to the string member `name`.
pub(super) fn append(into: &mut Object, name: &str, more: &str) {
    match into.get_mut(name) {
        Some(Value::String(text)) => text.push_str(more),
        _ => {
            into.insert(name.to_owned(), Value::String(more.to_owned()));
        }
    }
}

/// Appends `more` to the array member `name`.
pub(super) fn extend(into: &mut Object, name: &str, more: impl IntoIterator<Item = Value>) {
    let items = into.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(items) = items {
        items.extend(more);
    }
}

/// Sets the member `name`. A `null` doesn't replace an earlier value.
pub(super) fn set(into: &mut Object, name: &str, value: &Value) {
    if !value.is_null() || !into.contains_key(name) {
        into.insert(name.to_owned(), value.clone());
    }
}

/// The object member `name`. It is created if it is missing or not an object.
pub(super) fn object_member<'a>(into: &'a mut Object, name: &str) -> &'a mut Object {
    let member = into.entry(name).or_insert(Value::Null);
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut().expect("the member is an object now")
}

/// Parses `text` as JSON. An empty text becomes an empty object; text that is not JSON becomes a string.
pub(super) fn parse_json(text: String) -> Value {
    if text.is_empty() {
        return Value::Object(Map::new());
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// The part whose number is the member `name` of `event`; the first part if `event` has no such number.
pub(super) fn indexed_part<'a, T: Default>(
    parts: &'a mut BTreeMap<u64, T>,
    event: &Object,
    name: &str,
) -> &'a mut T {
    // Titan sends `0.0` when a guardrail is on.
    let number = event.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
    parts.entry(number as u64).or_default()
}

/// Whether `event` has a member `name` that is not `null`.
pub(super) fn has_value(event: &Object, name: &str) -> bool {
    event.get(name).is_some_and(|value| !value.is_null())
}

/// Whether `name` is a member that Bedrock adds to the chunks of any model.
pub(super) fn is_addition(name: &str) -> bool {
    name.starts_with("amazon-bedrock-")
}
