//! One request to Bedrock and the answer to it, as plain data that the other modules pass around.

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

/// The name is not one of the four operations that call a model.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an operation that calls a model")]
pub struct UnknownOperation(pub String);

/// Headers by name. Names are in lower case, as in HTTP/2.
pub type Headers = BTreeMap<String, String>;

/// A request to Bedrock: everything that affects the answer, without credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub operation: Operation,
    pub region: String,
    pub model_id: String,
    /// The model's own headers: guardrail, trace, performance, service tier.
    pub headers: Headers,
    pub body: Value,
}

/// The answer to a request. A refusal is an answer too: cases can expect one, and fixtures can contain one.
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

/// One event of a stream, from one event-stream frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `:event-type`, or `:exception-type` if `exception`; `chunk`, `messageStart`, `modelStreamErrorException`, …
    pub kind: String,
    /// Whether `:message-type` is `exception`.
    pub exception: bool,
    /// Milliseconds between sending the request and receiving the event, if measured.
    pub offset_ms: Option<u64>,
    /// The payload. For `chunk` events this is the JSON decoded from the base64 of `bytes`.
    pub payload: Value,
}

/// An error response from AWS, with its status, code and message unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// From `x-amzn-ErrorType`, cut at the first `:`; for an exception frame, its type. Empty if the response has no code.
    pub code: String,
    /// The body's `message` or `Message`.
    pub message: String,
    pub headers: Headers,
}

/// Whether `matches` is true for any string in `value`, or for the name of any member.
pub fn any_string(value: &Value, matches: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => matches(text),
        Value::Array(items) => items.iter().any(|item| any_string(item, matches)),
        Value::Object(members) => {
            members.iter().any(|(name, value)| matches(name) || any_string(value, matches))
        }
        _ => false,
    }
}

/// A copy of `value` in which `replace` has replaced each string. Its first argument is the name of the member
/// that contains the string, or `None` for an item of an array.
pub fn map_strings(value: &Value, replace: &dyn Fn(Option<&str>, &str) -> String) -> Value {
    fn map_member(
        name: Option<&str>,
        value: &Value,
        replace: &dyn Fn(Option<&str>, &str) -> String,
    ) -> Value {
        match value {
            Value::String(text) => replace(name, text).into(),
            Value::Array(items) => items.iter().map(|item| map_member(None, item, replace)).collect(),
            Value::Object(members) => {
                let mapped = members
                    .iter()
                    .map(|(name, value)| (name.clone(), map_member(Some(name), value, replace)));
                Value::Object(mapped.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
    map_member(None, value, replace)
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub request: Request,
    pub answer: Answer,
}
