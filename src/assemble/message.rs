//! The events of `ConverseStream`, and the same inside the chunks of Nova's own stream.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::{append, extend, is_addition, json, object, part, set};
use super::{Object, Shape};

pub(super) fn recognises(kind: &str, payload: &Object) -> bool {
    EVENTS.iter().any(|event| kind == *event || (kind == "chunk" && payload.contains_key(*event)))
}

/// `metadata` is too common a name to tell the shape.
const EVENTS: &[&str] =
    &["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"];

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Message::default())
}

#[derive(Default)]
struct Message {
    role: Option<Value>,
    blocks: BTreeMap<u64, Block>,
    /// `stopReason`, `usage` and whatever else stands beside `output`.
    rest: Object,
    stopped: bool,
    measured: bool,
}

#[derive(Default)]
struct Block {
    block: Object,
    /// The JSON of a tool's input, as far as it came.
    input: String,
}

impl Shape for Message {
    fn take(&mut self, kind: &str, payload: &Object) {
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
        self.stopped && self.measured
    }

    fn end(&self) -> &'static str {
        if self.stopped { "`metadata`" } else { "`messageStop`" }
    }

    fn body(self: Box<Self>) -> Object {
        let content = self.blocks.into_values().filter_map(Block::finish).collect();
        let mut message = Map::new();
        message.insert("role".to_owned(), self.role.unwrap_or_else(|| "assistant".into()));
        message.insert("content".to_owned(), Value::Array(content));
        let mut body = Map::new();
        object(&mut body, "output").insert("message".to_owned(), Value::Object(message));
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
                self.stopped = true;
                self.beside_output(payload);
            }
            "metadata" => {
                self.measured = true;
                self.beside_output(payload);
            }
            _ => {}
        }
    }

    fn block(&mut self, payload: &Object, member: &str) {
        let block = part(&mut self.blocks, payload, "contentBlockIndex");
        if let Some(Value::Object(members)) = payload.get(member) {
            members.iter().for_each(|(kind, value)| block.take(kind, value));
        }
    }

    /// Nova says `"metrics": {}` where the non-streaming call says nothing.
    fn beside_output(&mut self, payload: &Object) {
        let empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
        let said = payload.iter().filter(|(name, value)| *name != "p" && !is_addition(name) && !empty(value));
        said.for_each(|(name, value)| set(&mut self.rest, name, value));
    }
}

impl Block {
    /// One member of a `start` or of a `delta`: its name is the kind of the block.
    fn take(&mut self, kind: &str, value: &Value) {
        match (kind, value) {
            ("text", Value::String(more)) if self.block.contains_key("citationsContent") => {
                self.cited_text(more);
            }
            ("text", Value::String(more)) => append(&mut self.block, "text", more),
            ("toolUse", Value::Object(tool)) => self.tool_use(tool),
            ("toolResult", Value::Array(content)) => {
                extend(object(&mut self.block, "toolResult"), "content", content.iter().cloned());
            }
            ("reasoningContent", Value::Object(reasoning)) => self.reasoning(reasoning),
            ("citation", citation) => self.citation(citation),
            (kind, Value::Object(members)) => {
                let known = object(&mut self.block, kind);
                members.iter().for_each(|(name, value)| set(known, name, value));
            }
            _ => {}
        }
    }

    fn tool_use(&mut self, tool: &Object) {
        let known = object(&mut self.block, "toolUse");
        for (name, value) in tool {
            match (name.as_str(), value) {
                ("input", Value::String(more)) => self.input.push_str(more),
                (name, value) => set(known, name, value),
            }
        }
    }

    /// Text and signature stand under `reasoningText` in a whole response, `redactedContent` beside it.
    fn reasoning(&mut self, reasoning: &Object) {
        let known = object(&mut self.block, "reasoningContent");
        for (name, value) in reasoning {
            match (name.as_str(), value) {
                ("text" | "signature", Value::String(more)) => {
                    append(object(known, "reasoningText"), name, more);
                }
                ("redactedContent", Value::String(more)) => append(known, name, more),
                (name, value) => set(known, name, value),
            }
        }
    }

    /// The first citation makes a text block one of cited content.
    fn citation(&mut self, citation: &Value) {
        let text = self.block.remove("text");
        extend(object(&mut self.block, "citationsContent"), "citations", [citation.clone()]);
        if let Some(Value::String(text)) = text {
            self.cited_text(&text);
        }
    }

    fn cited_text(&mut self, more: &str) {
        let cited = object(&mut self.block, "citationsContent");
        if let Some(text) = cited.get_mut("content").and_then(|content| content.get_mut(0)?.as_object_mut()) {
            return append(text, "text", more);
        }
        let mut text = Map::new();
        append(&mut text, "text", more);
        extend(cited, "content", [Value::Object(text)]);
    }

    fn finish(mut self) -> Option<Value> {
        if let Some(Value::Object(tool)) = self.block.get_mut("toolUse") {
            tool.insert("input".to_owned(), json(self.input));
        }
        (!self.block.is_empty()).then_some(Value::Object(self.block))
    }
}
