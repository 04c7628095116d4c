//! Cohere Command's chunks: `{"text": …, "is_finished": false}`, with an `index` if the request asks for several.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::{append, has_value, indexed_part, is_addition, set};
use super::{Object, Shape};

pub(super) fn recognises(_: &str, payload: &Object) -> bool {
    payload.contains_key("is_finished") && !payload.contains_key("event_type")
}

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Generations::default())
}

#[derive(Default)]
struct Generations {
    generations: BTreeMap<u64, Object>,
}

impl Shape for Generations {
    fn add_event(&mut self, _: &str, payload: &Object) {
        let known = indexed_part(&mut self.generations, payload, "index");
        for (name, value) in payload.iter().filter(|(name, _)| !is_addition(name)) {
            match (name.as_str(), value) {
                ("text", Value::String(more)) => append(known, "text", more),
                ("is_finished" | "index" | "p", _) => {}
                (name, value) => set(known, name, value),
            }
        }
    }

    fn is_complete(&self) -> bool {
        !self.generations.is_empty() && self.generations.values().all(|one| has_value(one, "finish_reason"))
    }

    fn end_marker(&self) -> &'static str {
        "`finish_reason`"
    }

    fn into_body(self: Box<Self>) -> Object {
        let generations = self.generations.into_values().map(Value::Object).collect();
        let mut body = Map::new();
        body.insert("generations".to_owned(), Value::Array(generations));
        body
    }
}
