//! Streams in which each chunk has the members of the response, with a piece of its text.

use serde_json::{Map, Value};

use super::merge::{append, has_value, is_addition, set};
use super::{Object, Shape};

pub(super) fn is_titan(_: &str, payload: &Object) -> bool {
    payload.contains_key("outputText")
}

pub(super) fn titan() -> Box<dyn Shape> {
    let ends = &["completionReason", "totalOutputTextTokenCount"];
    Flat::shape("outputText", ends, "`completionReason`", titan_response)
}

pub(super) fn is_llama(_: &str, payload: &Object) -> bool {
    payload.contains_key("generation")
}

pub(super) fn llama() -> Box<dyn Shape> {
    Flat::shape("generation", &["stop_reason"], "`stop_reason`", unchanged)
}

pub(super) fn is_claude_text(_: &str, payload: &Object) -> bool {
    payload.contains_key("completion")
}

pub(super) fn claude_text() -> Box<dyn Shape> {
    Flat::shape("completion", &["stop_reason"], "`stop_reason`", unchanged)
}

pub(super) fn is_pegasus(_: &str, payload: &Object) -> bool {
    payload.get("message").is_some_and(Value::is_string)
}

pub(super) fn pegasus() -> Box<dyn Shape> {
    Flat::shape("message", &["finishReason"], "`finishReason`", unchanged)
}

struct Flat {
    members: Object,
    /// The member whose pieces are concatenated.
    text: &'static str,
    /// The last chunk has one of these.
    ends: &'static [&'static str],
    end: &'static str,
    response: fn(Object) -> Object,
}

impl Flat {
    fn shape(
        text: &'static str,
        ends: &'static [&'static str],
        end: &'static str,
        response: fn(Object) -> Object,
    ) -> Box<dyn Shape> {
        Box::new(Flat { members: Map::new(), text, ends, end, response })
    }
}

impl Shape for Flat {
    fn add_event(&mut self, _: &str, payload: &Object) {
        for (name, value) in payload.iter().filter(|(name, _)| *name != "p" && !is_addition(name)) {
            match value {
                Value::String(more) if name == self.text => append(&mut self.members, name, more),
                value => set(&mut self.members, name, value),
            }
        }
    }

    fn is_complete(&self) -> bool {
        self.ends.iter().any(|name| has_value(&self.members, name))
    }

    fn end_marker(&self) -> &'static str {
        self.end
    }

    fn into_body(self: Box<Self>) -> Object {
        (self.response)(self.members)
    }
}

fn unchanged(members: Object) -> Object {
    members
}

/// Titan's response has the members of its chunks under other names, inside `results`.
fn titan_response(mut members: Object) -> Object {
    let input = members.remove("inputTextTokenCount");
    let names = [
        ("totalOutputTextTokenCount", "tokenCount"),
        ("outputText", "outputText"),
        ("completionReason", "completionReason"),
    ];
    let renamed = names.map(|(name, new_name)| Some((new_name.to_owned(), members.remove(name)?)));
    let result: Object = renamed.into_iter().flatten().collect();
    let mut response = Map::new();
    response.insert("inputTextTokenCount".to_owned(), input.unwrap_or(Value::Null));
    response.insert("results".to_owned(), Value::Array(vec![Value::Object(result)]));
    response
}
