//! Types in place of values: what stays the same when a model words its answer differently.

use std::collections::BTreeMap;

use serde_json::Value;

/// `value` with `[string]`, `[empty string]`, `[number]`, `[boolean]` and `[null]` for plain values.
///
/// An object keeps its keys, sorted. A list has each shape that its items have once, sorted: neither
/// its length nor its order counts, but whether it is empty does.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => "[null]".into(),
        Value::Bool(_) => "[boolean]".into(),
        Value::Number(_) => "[number]".into(),
        Value::String(text) if text.is_empty() => "[empty string]".into(),
        Value::String(_) => "[string]".into(),
        Value::Array(list) => list
            .iter()
            .map(|item| {
                let shape = shape(item);
                (shape.to_string(), shape)
            })
            .collect::<BTreeMap<_, _>>()
            .into_values()
            .collect(),
        Value::Object(map) => {
            let shapes: BTreeMap<_, _> = map.iter().map(|(key, value)| (key, shape(value))).collect();
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
