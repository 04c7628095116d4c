//! OpenAI's chunks (`choices[].delta`), and the chunks of models that send `message` or `text` instead of `delta`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::{append, has_value, indexed_part, is_addition, object_member, set};
use super::{Object, Shape};

pub(super) fn recognises(_: &str, payload: &Object) -> bool {
    payload.get("choices").is_some_and(Value::is_array)
}

pub(super) fn shape() -> Box<dyn Shape> {
    Box::new(Completion::default())
}

#[derive(Default)]
struct Completion {
    completion: Object,
    choices: BTreeMap<u64, Choice>,
}

#[derive(Default)]
struct Choice {
    choice: Object,
    tool_calls: BTreeMap<u64, Object>,
}

impl Shape for Completion {
    fn add_event(&mut self, _: &str, payload: &Object) {
        for (name, value) in payload {
            match (name.as_str(), value) {
                ("choices", Value::Array(choices)) => self.choices(choices),
                ("object", Value::String(kind)) => {
                    let whole = kind.strip_suffix(".chunk").unwrap_or(kind);
                    self.completion.insert("object".to_owned(), whole.into());
                }
                ("p", _) => {}
                (name, value) if !is_addition(name) => set(&mut self.completion, name, value),
                _ => {}
            }
        }
    }

    fn is_complete(&self) -> bool {
        let ended = |choice: &Choice| {
            has_value(&choice.choice, "finish_reason") || has_value(&choice.choice, "stop_reason")
        };
        !self.choices.is_empty() && self.choices.values().all(ended)
    }

    fn end_marker(&self) -> &'static str {
        "`finish_reason`"
    }

    fn into_body(mut self: Box<Self>) -> Object {
        let choices = self.choices.into_values().map(Choice::finish).collect();
        self.completion.insert("choices".to_owned(), Value::Array(choices));
        self.completion
    }
}

impl Completion {
    fn choices(&mut self, choices: &[Value]) {
        for choice in choices.iter().filter_map(Value::as_object) {
            indexed_part(&mut self.choices, choice, "index").add_chunk(choice);
        }
        self.completion.entry("choices").or_insert(Value::Null);
    }
}

impl Choice {
    fn add_chunk(&mut self, choice: &Object) {
        for (name, value) in choice {
            match (name.as_str(), value) {
                ("delta" | "message", Value::Object(delta)) => self.delta(delta),
                ("text", Value::String(more)) => append(&mut self.choice, "text", more),
                (name, value) => set(&mut self.choice, name, value),
            }
        }
    }

    fn delta(&mut self, delta: &Object) {
        let message = object_member(&mut self.choice, "message");
        for (name, value) in delta {
            match (name.as_str(), value) {
                ("role", value) => set(message, name, value),
                ("tool_calls", Value::Array(calls)) => {
                    for call in calls.iter().filter_map(Value::as_object) {
                        add_tool_call(indexed_part(&mut self.tool_calls, call, "index"), call);
                    }
                }
                (name, Value::String(more)) => append(message, name, more),
                (name, value) => set(message, name, value),
            }
        }
    }

    fn finish(mut self) -> Value {
        if !self.tool_calls.is_empty() {
            let calls = self.tool_calls.into_values().map(Value::Object).collect();
            object_member(&mut self.choice, "message").insert("tool_calls".to_owned(), Value::Array(calls));
        }
        if let Some(Value::Object(message)) = self.choice.get_mut("message") {
            message.entry("content").or_insert(Value::Null);
        }
        Value::Object(self.choice)
    }
}

/// `index` only identifies the call that a delta belongs to, so it is not copied.
fn add_tool_call(known: &mut Map<String, Value>, call: &Object) {
    for (name, value) in call.iter().filter(|(name, _)| *name != "index") {
        match (name.as_str(), value) {
            ("function", Value::Object(function)) => add_function(object_member(known, "function"), function),
            (name, value) => set(known, name, value),
        }
    }
}

fn add_function(known: &mut Object, function: &Object) {
    for (name, value) in function {
        match (name.as_str(), value) {
            ("arguments", Value::String(more)) => append(known, "arguments", more),
            (name, value) => set(known, name, value),
        }
    }
}
