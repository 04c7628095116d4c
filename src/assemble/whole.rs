//! A stream of unknown shape. Models that don't stream send the whole response as one chunk.

use serde_json::{Map, Value};

use super::merge::is_addition;
use super::{Object, Shape};

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Whole { chunks: Vec::new() })
}

struct Whole {
    chunks: Vec<Object>,
}

impl Shape for Whole {
    fn add_event(&mut self, _: &str, payload: &Object) {
        let members = payload.iter().filter(|(name, _)| *name != "p" && !is_addition(name));
        self.chunks.push(members.map(|(name, value)| (name.clone(), value.clone())).collect());
    }

    /// Only the metrics that Bedrock adds show the end of such a stream.
    fn is_complete(&self) -> bool {
        false
    }

    fn end_marker(&self) -> &'static str {
        "`amazon-bedrock-invocationMetrics`"
    }

    /// The only chunk, or an object with all chunks as `chunks`.
    fn into_body(mut self: Box<Self>) -> Object {
        self.chunks.retain(|chunk| !chunk.is_empty());
        if self.chunks.len() <= 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let chunks = self.chunks.into_iter().map(Value::Object).collect();
        let mut body = Map::new();
        body.insert("chunks".to_owned(), Value::Array(chunks));
        body
    }
}
