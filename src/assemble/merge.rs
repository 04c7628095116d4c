//! How the members of one event join those of the events before it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Object;

/// Puts `more` at the end of the text member `name`.
pub(super) fn append(into: &mut Object, name: &str, more: &str) {
    match into.get_mut(name) {
        Some(Value::String(text)) => text.push_str(more),
        _ => {
            into.insert(name.to_owned(), Value::String(more.to_owned()));
        }
    }
}

/// Puts `more` at the end of the array member `name`.
pub(super) fn extend(into: &mut Object, name: &str, more: impl IntoIterator<Item = Value>) {
    let items = into.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(items) = items {
        items.extend(more);
    }
}

/// Takes over `value`; a `null` only where nothing is known yet.
pub(super) fn set(into: &mut Object, name: &str, value: &Value) {
    if !value.is_null() || !into.contains_key(name) {
        into.insert(name.to_owned(), value.clone());
    }
}

/// The object member `name`, made if it is absent or something else.
pub(super) fn object<'a>(into: &'a mut Object, name: &str) -> &'a mut Object {
    let member = into.entry(name).or_insert(Value::Null);
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member.as_object_mut().expect("it was just made an object")
}

/// The JSON in `text`; nothing at all means an empty object, and what is no JSON stays text.
pub(super) fn json(text: String) -> Value {
    if text.is_empty() {
        return Value::Object(Map::new());
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// The part of `parts` that `event` tells by its number `name`, the first one if it tells none.
pub(super) fn part<'a, T: Default>(parts: &'a mut BTreeMap<u64, T>, event: &Object, name: &str) -> &'a mut T {
    // Titan says `0.0` when a guardrail is on.
    let number = event.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
    parts.entry(number as u64).or_default()
}

/// Member `name` is there and says something.
pub(super) fn says(event: &Object, name: &str) -> bool {
    event.get(name).is_some_and(|value| !value.is_null())
}

/// What Bedrock adds to any chunk; not the model's.
pub(super) fn is_addition(name: &str) -> bool {
    name.starts_with("amazon-bedrock-")
}
