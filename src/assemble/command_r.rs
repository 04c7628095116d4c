//! Cohere Command R's events: pieces of text, then `stream-end` with the whole response.

use serde_json::{Map, Value};

use super::merge::{append, set};
use super::{Object, Shape};

pub(super) fn recognises(_: &str, payload: &Object) -> bool {
    payload.contains_key("event_type")
}

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(CommandR { pieces: Map::new(), response: None, ended: false })
}

struct CommandR {
    /// The members collected so far, for a stream without `stream-end`.
    pieces: Object,
    response: Option<Object>,
    ended: bool,
}

impl Shape for CommandR {
    fn add_event(&mut self, _: &str, payload: &Object) {
        match payload.get("event_type").and_then(Value::as_str) {
            Some("text-generation") => {
                let more = payload.get("text").and_then(Value::as_str).unwrap_or("");
                append(&mut self.pieces, "text", more);
            }
            Some("stream-end") => self.end_with(payload),
            _ => {}
        }
    }

    fn is_complete(&self) -> bool {
        self.ended
    }

    fn end_marker(&self) -> &'static str {
        "`stream-end`"
    }

    fn into_body(self: Box<Self>) -> Object {
        self.response.unwrap_or(self.pieces)
    }
}

impl CommandR {
    fn end_with(&mut self, payload: &Object) {
        self.ended = true;
        if let Some(reason) = payload.get("finish_reason") {
            set(&mut self.pieces, "finish_reason", reason);
        }
        if let Some(Value::Object(response)) = payload.get("response") {
            let mut response = response.clone();
            // `meta` has the billed units, which the non-streaming call returns in headers instead.
            response.shift_remove("meta");
            self.response = Some(response);
        }
    }
}
