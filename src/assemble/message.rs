//! The events of `ConverseStream`. Nova's own stream has the same events inside its chunks.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::{append, extend, indexed_part, is_addition, object_member, parse_json, set};
use super::{Object, Shape};

pub(super) fn recognises(kind: &str, payload: &Object) -> bool {
    EVENTS.iter().any(|event| kind == *event || (kind == "chunk" && payload.contains_key(*event)))
}

/// Without `metadata`: the name is too common to recognise the shape by.
const EVENTS: &[&str] =
    &["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"];

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Message::default())
}

#[derive(Default)]
struct Message {
    role: Option<Value>,
    blocks: BTreeMap<u64, Block>,
    /// The members next to `output`, such as `stopReason` and `usage`.
    rest: Object,
    has_stop: bool,
    has_metadata: bool,
}

#[derive(Default)]
struct Block {
    block: Object,
    /// The JSON of a tool's input, as far as the stream contains it.
    input: String,
}

impl Shape for Message {
    fn add_event(&mut self, kind: &str, payload: &Object) {
        if kind != "chunk" {
            return self.event(kind, payload);
        }
        for (event, payload) in payload {
            if let Value::Object(payload) = payload {
                self.event(event, payload);
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.has_stop && self.has_metadata
    }

    fn end_marker(&self) -> &'static str {
        if self.has_stop { "`metadata`" } else { "`messageStop`" }
    }

    fn into_body(self: Box<Self>) -> Object {
        let content = self.blocks.into_values().filter_map(Block::finish).collect();
        let mut message = Map::new();
        message.insert("role".to_owned(), self.role.unwrap_or_else(|| "assistant".into()));
        message.insert("content".to_owned(), Value::Array(content));
        let mut body = Map::new();
        object_member(&mut body, "output").insert("message".to_owned(), Value::Object(message));
        body.extend(self.rest);
        body
    }
}

impl Message {
    fn event(&mut self, event: &str, payload: &Object) {
        match event {
            "messageStart" => self.role = payload.get("role").cloned(),
            "contentBlockStart" => self.block(payload, "start"),
            "contentBlockDelta" => self.block(payload, "delta"),
            "messageStop" => {
                self.has_stop = true;
                self.add_rest(payload);
            }
            "metadata" => {
                self.has_metadata = true;
                self.add_rest(payload);
            }
            _ => {}
        }
    }

    fn block(&mut self, payload: &Object, member: &str) {
        let block = indexed_part(&mut self.blocks, payload, "contentBlockIndex");
        if let Some(Value::Object(members)) = payload.get(member) {
            members.iter().for_each(|(kind, value)| block.add(kind, value));
        }
    }

    /// Nova sends `"metrics": {}`, a member that the non-streaming call doesn't have.
    fn add_rest(&mut self, payload: &Object) {
        let empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
        let members =
            payload.iter().filter(|(name, value)| *name != "p" && !is_addition(name) && !empty(value));
        members.for_each(|(name, value)| set(&mut self.rest, name, value));
    }
}

impl Block {
    /// Adds one member of a `start` or of a `delta`; its name is the kind of the block.
    fn add(&mut self, kind: &str, value: &Value) {
        match (kind, value) {
            ("text", Value::String(more)) if self.block.contains_key("citationsContent") => {
                self.cited_text(more);
            }
            ("text", Value::String(more)) => append(&mut self.block, "text", more),
            ("toolUse", Value::Object(tool)) => self.tool_use(tool),
            ("toolResult", Value::Array(content)) => {
                extend(object_member(&mut self.block, "toolResult"), "content", content.iter().cloned());
            }
            ("reasoningContent", Value::Object(reasoning)) => self.reasoning(reasoning),
            ("citation", citation) => self.citation(citation),
            (kind, Value::Object(members)) => {
                let known = object_member(&mut self.block, kind);
                members.iter().for_each(|(name, value)| set(known, name, value));
            }
            _ => {}
        }
    }

    fn tool_use(&mut self, tool: &Object) {
        let known = object_member(&mut self.block, "toolUse");
        for (name, value) in tool {
            match (name.as_str(), value) {
                ("input", Value::String(more)) => self.input.push_str(more),
                (name, value) => set(known, name, value),
            }
        }
    }

    /// A complete response has the text and the signature in `reasoningText`, and `redactedContent` next to it.
    fn reasoning(&mut self, reasoning: &Object) {
        let known = object_member(&mut self.block, "reasoningContent");
        for (name, value) in reasoning {
            match (name.as_str(), value) {
                ("text" | "signature", Value::String(more)) => {
                    append(object_member(known, "reasoningText"), name, more);
                }
                ("redactedContent", Value::String(more)) => append(known, name, more),
                (name, value) => set(known, name, value),
            }
        }
    }

    /// The first citation converts a text block to a block of cited content.
    fn citation(&mut self, citation: &Value) {
        let text = self.block.remove("text");
        extend(object_member(&mut self.block, "citationsContent"), "citations", [citation.clone()]);
        if let Some(Value::String(text)) = text {
            self.cited_text(&text);
        }
    }

    fn cited_text(&mut self, more: &str) {
        let cited = object_member(&mut self.block, "citationsContent");
        if let Some(text) = cited.get_mut("content").and_then(|content| content.get_mut(0)?.as_object_mut()) {
            return append(text, "text", more);
        }
        let mut text = Map::new();
        append(&mut text, "text", more);
        extend(cited, "content", [Value::Object(text)]);
    }

    fn finish(mut self) -> Option<Value> {
        if let Some(Value::Object(tool)) = self.block.get_mut("toolUse") {
            tool.insert("input".to_owned(), parse_json(self.input));
        }
        (!self.block.is_empty()).then_some(Value::Object(self.block))
    }
}
