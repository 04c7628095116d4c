//! Anthropic's message events: `message_start`, blocks by index, `message_delta`, `message_stop`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::merge::{append, extend, indexed_part, is_addition, object_member, parse_json, set};
use super::{Object, Shape};

pub(super) fn recognises(_: &str, payload: &Object) -> bool {
    let kind = payload.get("type").and_then(Value::as_str).unwrap_or("");
    kind.starts_with("message_") || kind.starts_with("content_block_")
}

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Message::default())
}

#[derive(Default)]
struct Message {
    head: Object,
    blocks: BTreeMap<u64, Block>,
    stopped: bool,
}

#[derive(Default)]
struct Block {
    block: Object,
    /// The JSON of a tool's input, as far as the stream contains it.
    input: Option<String>,
}

impl Shape for Message {
    fn add_event(&mut self, _: &str, payload: &Object) {
        match payload.get("type").and_then(Value::as_str) {
            Some("message_start") => self.start(payload),
            Some("content_block_start") => {
                if let Some(Value::Object(block)) = payload.get("content_block") {
                    indexed_part(&mut self.blocks, payload, "index").block.clone_from(block);
                }
            }
            Some("content_block_delta") => {
                if let Some(Value::Object(delta)) = payload.get("delta") {
                    indexed_part(&mut self.blocks, payload, "index").add_delta(delta);
                }
            }
            Some("message_delta") => self.delta(payload),
            Some("message_stop") => self.stopped = true,
            _ => {}
        }
    }

    fn is_complete(&self) -> bool {
        self.stopped
    }

    fn end_marker(&self) -> &'static str {
        "`message_stop`"
    }

    fn into_body(mut self: Box<Self>) -> Object {
        let content = self.blocks.into_values().map(Block::finish).collect();
        self.head.insert("content".to_owned(), Value::Array(content));
        self.head
    }
}

impl Message {
    fn start(&mut self, payload: &Object) {
        if let Some(Value::Object(message)) = payload.get("message") {
            self.head.clone_from(message);
        }
    }

    /// The stop reason is in `delta`, the token counts are in `usage`; newer members are next to both.
    fn delta(&mut self, payload: &Object) {
        for (name, value) in payload {
            match (name.as_str(), value) {
                ("delta", Value::Object(delta)) => {
                    delta.iter().for_each(|(name, value)| set(&mut self.head, name, value));
                }
                ("usage", Value::Object(usage)) => {
                    let known = object_member(&mut self.head, "usage");
                    usage.iter().for_each(|(name, value)| set(known, name, value));
                }
                ("type" | "p", _) => {}
                (name, value) if !is_addition(name) => set(&mut self.head, name, value),
                _ => {}
            }
        }
    }
}

impl Block {
    fn add_delta(&mut self, delta: &Object) {
        for (member, kind) in [("text", "text"), ("thinking", "thinking"), ("signature", "thinking")] {
            if let Some(Value::String(more)) = delta.get(member) {
                self.block.entry("type").or_insert_with(|| kind.into());
                append(&mut self.block, member, more);
            }
        }
        if let Some(Value::String(more)) = delta.get("partial_json") {
            self.input.get_or_insert_default().push_str(more);
        }
        if let Some(citation) = delta.get("citation") {
            extend(&mut self.block, "citations", [citation.clone()]);
        }
    }

    fn finish(mut self) -> Value {
        if let Some(input) = self.input.filter(|input| !input.is_empty()) {
            self.block.insert("input".to_owned(), parse_json(input));
        }
        Value::Object(self.block)
    }
}
