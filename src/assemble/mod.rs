//! Assembles the events of a stream into the response that the non-streaming call would return.
//!
//! The shape is recognised from the events, not from the model ID: an ARN hides the family, and one family
//! may stream in more than one shape.

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

/// A stream as the response that the non-streaming call would have returned.
#[derive(Clone, Debug, PartialEq)]
pub struct Assembled {
    pub status: u16,
    /// The stream's headers, and the counts and latencies from its last chunk, under the names of the
    /// headers in which the non-streaming call returns them.
    pub headers: Headers,
    /// The response up to the end of the stream, or up to the problem.
    pub body: Value,
    pub problem: Option<Problem>,
}

/// Why a stream is not a complete response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The stream contains an error. Its status is that of the stream's own response.
    #[error("the stream broke off with `{}`: {}", .0.code, .0.message)]
    Refused(Refusal),
    #[error("{message}")]
    Incomplete { message: String },
}

/// Assembles the events of `stream`. Events and members of unknown kinds are skipped.
pub fn assemble(stream: &Stream) -> Assembled {
    let mut shape = recognise_shape(&stream.events);
    let mut additions = Additions::default();
    let added = add_events(stream, shape.as_mut(), &mut additions);
    let complete = shape.is_complete() || additions.are_complete(stream.events.len());
    let problem = added.err().or_else(|| (!complete).then(|| cut_off(stream, shape.end_marker())));
    let mut headers = stream.headers.clone();
    let mut body = shape.into_body();
    additions.write_to(&mut headers, &mut body);
    Assembled { status: stream.status, headers, body: Value::Object(body), problem }
}

/// The shape that recognises an event first.
fn recognise_shape(events: &[Event]) -> Box<dyn Shape> {
    events.iter().filter(|event| !event.exception).find_map(recognise_event).unwrap_or_else(whole::shape)
}

fn recognise_event(event: &Event) -> Option<Box<dyn Shape>> {
    let payload = event.payload.as_object()?;
    let known = SHAPES.iter().find(|(recognises, _)| recognises(&event.kind, payload));
    known.map(|(_, shape)| shape())
}

/// Whether an event has the shape, by its kind and payload; and the constructor of the shape.
type KnownShape = (fn(&str, &Object) -> bool, fn() -> Box<dyn Shape>);

const SHAPES: &[KnownShape] = &[
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

fn add_events(stream: &Stream, shape: &mut dyn Shape, additions: &mut Additions) -> Result<(), Problem> {
    for (index, event) in stream.events.iter().enumerate() {
        if let Some(refusal) = refusal(event, stream) {
            return Err(Problem::Refused(refusal));
        }
        let payload = event.payload.as_object().ok_or_else(|| no_payload(index, event))?;
        additions.add(payload);
        shape.add_event(&event.kind, payload);
    }
    Ok(())
}

/// The error in `event`, if it is an exception frame or has Anthropic's `error` inside a chunk.
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
