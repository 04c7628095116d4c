//! Mistral's text completion: each chunk is `{"outputs": [{"text": …, "stop_reason": …}]}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::{append, has_value, is_addition, set};
use super::{Object, Shape};

pub(super) fn recognises(_: &str, payload: &Object) -> bool {
    payload.get("outputs").is_some_and(Value::is_array)
}

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Outputs::default())
}

#[derive(Default)]
struct Outputs {
    outputs: BTreeMap<usize, Object>,
    rest: Object,
}

impl Shape for Outputs {
    fn add_event(&mut self, _: &str, payload: &Object) {
        let outputs = payload.get("outputs").and_then(Value::as_array).into_iter().flatten();
        for (index, output) in outputs.enumerate() {
            let known = self.outputs.entry(index).or_default();
            for (name, value) in output.as_object().into_iter().flatten() {
                match (name.as_str(), value) {
                    ("text", Value::String(more)) => append(known, "text", more),
                    (name, value) => set(known, name, value),
                }
            }
        }
        let rest =
            payload.iter().filter(|(name, _)| *name != "outputs" && *name != "p" && !is_addition(name));
        rest.for_each(|(name, value)| set(&mut self.rest, name, value));
    }

    fn is_complete(&self) -> bool {
        !self.outputs.is_empty() && self.outputs.values().all(|output| has_value(output, "stop_reason"))
    }

    fn end_marker(&self) -> &'static str {
        "`stop_reason`"
    }

    fn into_body(self: Box<Self>) -> Object {
        let outputs = self.outputs.into_values().map(Value::Object).collect();
        let mut body = Map::new();
        body.insert("outputs".to_owned(), Value::Array(outputs));
        body.extend(self.rest);
        body
    }
}
