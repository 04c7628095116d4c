//! A stream in no known shape. Models that don't stream send the whole response as one chunk.

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
    fn take(&mut self, _: &str, payload: &Object) {
        let members = payload.iter().filter(|(name, _)| *name != "p" && !is_addition(name));
        self.chunks.push(members.map(|(name, value)| (name.clone(), value.clone())).collect());
    }

    /// Only its metrics tell.
    fn is_complete(&self) -> bool {
        false
    }

    fn end(&self) -> &'static str {
        "`amazon-bedrock-invocationMetrics`"
    }

    /// The one chunk, or an object that holds all of them as `chunks`.
    fn body(mut self: Box<Self>) -> Object {
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
