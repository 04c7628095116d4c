//! Stream events put together to the response that the non-streaming call gives.
//!
//! The shape is told by the events themselves, never by the model ID: an ARN hides the family, and
//! one family may stream in more than one way.

mod anthropic;
mod bedrock;
mod chat;
mod command_r;
mod flat;
mod generations;
mod merge;
mod message;
mod outputs;
mod shape;
mod whole;

use serde_json::Value;

use crate::exchange::{Event, Headers, Refusal, Stream};
use bedrock::Additions;
use shape::{Object, Shape};

/// A stream as the response that the non-streaming call would have given.
#[derive(Clone, Debug, PartialEq)]
pub struct Assembled {
    pub status: u16,
    /// The stream's headers, and the counts and latencies that its last chunk tells, under the names
    /// that they have as headers of the non-streaming call.
    pub headers: Headers,
    /// What was said until the end, or until the problem.
    pub body: Value,
    pub problem: Option<Problem>,
}

/// Why a stream is no whole response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// An error came in the midst of the stream. Its status is the one that the stream began with.
    #[error("the stream broke off with `{}`: {}", .0.code, .0.message)]
    Refused(Refusal),
    #[error("{message}")]
    Incomplete { message: String },
}

/// Puts the events of `stream` together. Events and members of unknown kinds are passed over.
pub fn assemble(stream: &Stream) -> Assembled {
    let mut shape = shape_of(&stream.events);
    let mut additions = Additions::default();
    let taken = take_all(stream, shape.as_mut(), &mut additions);
    let complete = shape.is_complete() || additions.are_complete(stream.events.len());
    let problem = taken.err().or_else(|| (!complete).then(|| cut_off(stream, shape.end())));
    let mut headers = stream.headers.clone();
    let mut body = shape.body();
    additions.finish(&mut headers, &mut body);
    Assembled { status: stream.status, headers, body: Value::Object(body), problem }
}

/// The shape of the first event that any shape knows.
fn shape_of(events: &[Event]) -> Box<dyn Shape> {
    events.iter().filter(|event| !event.exception).find_map(recognise).unwrap_or_else(whole::shape)
}

fn recognise(event: &Event) -> Option<Box<dyn Shape>> {
    let payload = event.payload.as_object()?;
    let known = KNOWN.iter().find(|(recognises, _)| recognises(&event.kind, payload));
    known.map(|(_, shape)| shape())
}

type Known = (fn(&str, &Object) -> bool, fn() -> Box<dyn Shape>);

const KNOWN: &[Known] = &[
    (message::recognises, message::shape),
    (anthropic::recognises, anthropic::shape),
    (chat::recognises, chat::shape),
    (command_r::recognises, command_r::shape),
    (outputs::recognises, outputs::shape),
    (generations::recognises, generations::shape),
    (flat::is_titan, flat::titan),
    (flat::is_llama, flat::llama),
    (flat::is_claude_text, flat::claude_text),
    (flat::is_pegasus, flat::pegasus),
];

fn take_all(stream: &Stream, shape: &mut dyn Shape, additions: &mut Additions) -> Result<(), Problem> {
    for (index, event) in stream.events.iter().enumerate() {
        if let Some(refusal) = refusal(event, stream) {
            return Err(Problem::Refused(refusal));
        }
        let payload = event.payload.as_object().ok_or_else(|| no_payload(index, event))?;
        additions.take(payload);
        shape.take(&event.kind, payload);
    }
    Ok(())
}

/// The error that `event` is: an exception frame, or Anthropic's `error` inside a chunk.
fn refusal(event: &Event, stream: &Stream) -> Option<Refusal> {
    let (code, error) = if event.exception {
        (event.kind.as_str(), &event.payload)
    } else if event.payload.get("type")? == "error" {
        let error = event.payload.get("error")?;
        (error.get("type").and_then(Value::as_str).unwrap_or(""), error)
    } else {
        return None;
    };
    let message = ["message", "Message", "originalMessage"].iter().find_map(|name| error.get(name)?.as_str());
    Some(Refusal {
        status: stream.status,
        code: code.to_owned(),
        message: message.unwrap_or_default().to_owned(),
        headers: stream.headers.clone(),
    })
}

fn no_payload(index: usize, event: &Event) -> Problem {
    let message = format!("event {} of the stream (`{}`) has no payload", index + 1, event.kind);
    Problem::Incomplete { message }
}

fn cut_off(stream: &Stream, end: &str) -> Problem {
    let message = match stream.events.len() {
        0 => "the stream has no events".to_owned(),
        1 => format!("the stream ends after 1 event, before {end}"),
        count => format!("the stream ends after {count} events, before {end}"),
    };
    Problem::Incomplete { message }
}

#[cfg(test)]
mod tests;
