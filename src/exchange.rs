//! One request to Bedrock and what came back: plain data, the currency of the run.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

/// An operation of Bedrock Runtime, by its AWS name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    InvokeModel,
    InvokeModelWithResponseStream,
    Converse,
    ConverseStream,
}

impl Operation {
    pub const ALL: [Operation; 4] = [
        Operation::InvokeModel,
        Operation::InvokeModelWithResponseStream,
        Operation::Converse,
        Operation::ConverseStream,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Operation::InvokeModel => "InvokeModel",
            Operation::InvokeModelWithResponseStream => "InvokeModelWithResponseStream",
            Operation::Converse => "Converse",
            Operation::ConverseStream => "ConverseStream",
        }
    }

    pub fn is_stream(self) -> bool {
        matches!(self, Operation::InvokeModelWithResponseStream | Operation::ConverseStream)
    }

    pub fn is_converse(self) -> bool {
        matches!(self, Operation::Converse | Operation::ConverseStream)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Operation, UnknownOperation> {
        let known = Operation::ALL.into_iter().find(|operation| operation.name() == name);
        known.ok_or_else(|| UnknownOperation(name.to_owned()))
    }
}

/// Not one of the four operations that call a model.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an operation that calls a model")]
pub struct UnknownOperation(pub String);

/// Header names in lower case, as HTTP/2 has them.
pub type Headers = BTreeMap<String, String>;

/// What is asked of Bedrock. Everything that decides the answer, nothing of who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub operation: Operation,
    pub region: String,
    pub model_id: String,
    /// The model's own headers: guardrail, trace, performance, service tier.
    pub headers: Headers,
    pub body: Value,
}

/// What came back. A refusal is an answer like any other: cases may expect it, fixtures hold it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Response(Response),
    Stream(Stream),
    Refusal(Refusal),
}

/// The answer of a call that doesn't stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: u16,
    pub headers: Headers,
    pub body: Value,
}

/// The answer of a call that streams, event by event.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    pub status: u16,
    pub headers: Headers,
    pub events: Vec<Event>,
}

/// One event-stream frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `:event-type`, or `:exception-type` if `exception`; `chunk`, `messageStart`, `modelStreamErrorException`, …
    pub kind: String,
    /// `:message-type` is `exception`.
    pub exception: bool,
    /// Milliseconds since the request was sent, where that was measured.
    pub offset_ms: Option<u64>,
    /// The payload. For `chunk` events the JSON that its `bytes` hold, not the base64 around it.
    pub payload: Value,
}

/// Bedrock's error: status, code and message as it said them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// From `x-amzn-ErrorType`, cut at the first `:`; for an exception frame its type. Empty if there was none.
    pub code: String,
    /// The body's `message` or `Message`.
    pub message: String,
    pub headers: Headers,
}

/// Whether a text in `value`, or the name of a member, is one that `is` tells.
pub fn any_text(value: &Value, is: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, is)),
        Value::Object(members) => members.iter().any(|(name, value)| is(name) || any_text(value, is)),
        _ => false,
    }
}

/// `value` with `of` applied to each text, with the name of its member.
pub fn map_texts(value: &Value, of: &dyn Fn(Option<&str>, &str) -> String) -> Value {
    fn named(name: Option<&str>, value: &Value, of: &dyn Fn(Option<&str>, &str) -> String) -> Value {
        match value {
            Value::String(text) => of(name, text).into(),
            Value::Array(items) => items.iter().map(|item| named(None, item, of)).collect(),
            Value::Object(members) => {
                let members =
                    members.iter().map(|(name, value)| (name.clone(), named(Some(name), value, of)));
                Value::Object(members.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
    named(None, value, of)
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub request: Request,
    pub answer: Answer,
}
