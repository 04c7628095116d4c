//! Replaces values by their types, so that a snapshot stays the same when a model words its answer differently.

use std::collections::BTreeMap;

use serde_json::Value;

/// Replaces each scalar in `value` by `[string]`, `[empty string]`, `[number]`, `[boolean]` or `[null]`.
///
/// An object keeps its keys, sorted. An array becomes the sorted set of the shapes of its items, so that its length
/// and order don't matter, except whether it is empty.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => "[null]".into(),
        Value::Bool(_) => "[boolean]".into(),
        Value::Number(_) => "[number]".into(),
        Value::String(text) if text.is_empty() => "[empty string]".into(),
        Value::String(_) => "[string]".into(),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                let shape = shape(item);
                (shape.to_string(), shape)
            })
            .collect::<BTreeMap<_, _>>()
            .into_values()
            .collect(),
        Value::Object(members) => {
            let shapes: BTreeMap<_, _> = members.iter().map(|(key, value)| (key, shape(value))).collect();
            shapes.into_iter().map(|(key, shape)| (key.clone(), shape)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_shape_has_types_and_keys() {
        let value = json!({
            "text": "Paris", "none": "", "n": 28.0, "yes": true, "nil": null, "empty": [],
            "blocks": [{ "b": 1, "a": "x" }, "text", { "a": "y", "b": 2 }, [1, 2, 3]],
        });
        let expected = json!({
            "blocks": ["[string]", ["[number]"], { "a": "[string]", "b": "[number]" }],
            "empty": [], "n": "[number]", "nil": "[null]", "none": "[empty string]",
            "text": "[string]", "yes": "[boolean]",
        });
        assert_eq!(shape(&value).to_string(), expected.to_string());
        assert_eq!(shape(&shape(&value)["text"]), json!("[string]"));
    }
}
