//! Reads a whole HTTP response and converts it to an answer.

use std::time::{Duration, Instant};

use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

use super::no_response::error_chain;
use super::wire::RawResponse;
use crate::aws::cause::{Key, Retry, Service, find};
use crate::diagnose::{Code, short};
use crate::exchange::{Answer, Event, Headers, Operation, Response, Stream};
use crate::fixture::{RESPONSE_HEADERS, allowed_headers};
use crate::invoke::CallFailure;
use crate::json::{self, JsonError};
use crate::wire::{self, FirstFrame};

/// The received answer.
pub(super) struct Received {
    pub answer: Answer,
    pub first_token: Option<Duration>,
}

/// The maximum size of an answer in bytes. A fixture with a larger answer could not be read again.
const MAX_ANSWER_SIZE: usize = 32 << 20;

/// Reads all of `raw`. `sent` is the time of the request.
pub(super) async fn receive(
    operation: Operation,
    raw: RawResponse,
    sent: Instant,
) -> Result<Received, CallFailure> {
    let RawResponse { status, headers, body } = raw;
    let content_type = headers.get("content-type").cloned().unwrap_or_default().to_ascii_lowercase();
    let headers = allowed_headers(&headers, RESPONSE_HEADERS);
    let is_success = (200..300).contains(&status);
    if is_success && operation.is_stream() {
        if !content_type.contains("eventstream") {
            let bytes = read_body(body).await?;
            let message = format!("expected an event stream, found {}", describe_content_type(&content_type));
            return Err(unreadable_answer(message).service_message(excerpt(&bytes)));
        }
        let (events, first_token) = read_stream(body, sent).await?;
        return Ok(Received { answer: Answer::Stream(Stream { status, headers, events }), first_token });
    }
    let bytes = read_body(body).await?;
    if is_success {
        let body = parse_json(&bytes, &content_type)?;
        return Ok(Received {
            answer: Answer::Response(Response { status, headers, body }),
            first_token: None,
        });
    }
    let body = json::parse(&bytes).unwrap_or_else(|_| Value::from(excerpt(&bytes)));
    Ok(Received {
        answer: Answer::Refusal(wire::refusal_from_response(status, headers, &body)),
        first_token: None,
    })
}

async fn read_body(body: SdkBody) -> Result<Vec<u8>, CallFailure> {
    let mut body = ByteStream::new(body);
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| connection_lost(&error, "the answer"))?);
        if bytes.len() > MAX_ANSWER_SIZE {
            return Err(too_large());
        }
    }
    Ok(bytes)
}

/// The body of a successful call, as JSON.
fn parse_json(bytes: &[u8], content_type: &str) -> Result<Value, CallFailure> {
    let body = json::parse(bytes).map_err(|error| {
        let message = match error {
            JsonError::Syntax(error) => {
                format!("expected JSON, found {}: {error}", describe_content_type(content_type))
            }
            JsonError::TooManyValues(error) => format!("the answer has {error}"),
        };
        unreadable_answer(message).service_message(excerpt(bytes))
    })?;
    if ["html", "xml"].iter().any(|other| content_type.contains(other)) {
        return Err(unreadable_answer(format!(
            "expected JSON, found {}",
            describe_content_type(content_type)
        ))
        .service_message(excerpt(bytes)));
    }
    match error_message_in(&body) {
        Some(message) => {
            Err(unreadable_answer("the answer has the status 200, but contains an error".to_owned())
                .service_message(message))
        }
        None => Ok(body),
    }
}

/// The error message in `body`, if the body contains nothing else.
fn error_message_in(body: &Value) -> Option<String> {
    let members = body.as_object()?;
    let typed = body.pointer("/Output/__type").or(body.get("__type")).and_then(Value::as_str);
    let is_error = body.get("type").is_some_and(|kind| kind == "error");
    let nested = || body.pointer("/error/message").filter(|_| is_error).and_then(Value::as_str);
    let only = |name: &str| members.keys().all(|key| [name, "code", "type"].contains(&key.as_str()));
    let message = ["message", "Message"].into_iter().find_map(|name| {
        let is_error_only = only(name) || typed.is_some();
        body.get(name).and_then(Value::as_str).filter(|_| is_error_only)
    });
    message.or_else(nested).or(typed).map(|message| short(message, 300))
}

/// The events of a stream, each with the time of its arrival.
async fn read_stream(body: SdkBody, sent: Instant) -> Result<(Vec<Event>, Option<Duration>), CallFailure> {
    let mut body = ByteStream::new(body);
    let mut events = Vec::new();
    let mut first_token = None;
    let mut buffer: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(chunk) = body.next().await {
        buffer.extend_from_slice(&chunk.map_err(|error| connection_lost(&error, "the stream"))?);
        while let FirstFrame::Complete(frame, length) =
            wire::decode_first(&buffer, at).map_err(|error| invalid_stream(&error))?
        {
            let mut event = wire::event_from_frame(&frame);
            event.offset_ms = u64::try_from(sent.elapsed().as_millis()).ok();
            if first_token.is_none() && has_content(&event) {
                first_token = Some(sent.elapsed());
            }
            events.push(event);
            buffer.drain(..length);
            at += length;
            if at > MAX_ANSWER_SIZE {
                return Err(too_large());
            }
        }
        if buffer.len() > MAX_ANSWER_SIZE {
            return Err(too_large());
        }
    }
    if buffer.is_empty() {
        Ok((events, first_token))
    } else {
        Err(invalid_stream(&wire::FrameError::Truncated { at }))
    }
}

/// Whether the event has content that a reader would see. The first events of a stream have none.
fn has_content(event: &Event) -> bool {
    const OPENING: [&str; 5] =
        ["messageStart", "contentBlockStart", "message_start", "content_block_start", "ping"];
    let kind = event.payload.get("type").and_then(Value::as_str).unwrap_or(&event.kind);
    !event.exception && !OPENING.contains(&kind)
}

fn unreadable_answer(message: String) -> CallFailure {
    CallFailure::new(Code::AnswerUnreadable, Key::Region, message)
        .help("check that the endpoint belongs to Bedrock, and any proxy or gateway in between")
}

fn too_large() -> CallFailure {
    unreadable_answer(format!("the answer is larger than {} MiB", MAX_ANSWER_SIZE >> 20))
}

fn invalid_stream(error: &wire::FrameError) -> CallFailure {
    unreadable_answer(format!("the event stream can't be read: {error}")).retry(Retry::Backoff)
}

fn connection_lost(error: &dyn std::error::Error, part: &str) -> CallFailure {
    let reason = error_chain(error);
    let failure = CallFailure::new(
        Code::EndpointUnreachable,
        Key::Region,
        format!("the connection was closed during {part}"),
    );
    failure.retry(Retry::Backoff).with_cause(find(Service::Client, None, "", &reason)).service_message(reason)
}

/// The pause that the service asks for. A date is ignored, because clocks differ.
pub(super) fn retry_after(headers: &Headers) -> Option<Duration> {
    headers.get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

fn describe_content_type(kind: &str) -> String {
    if kind.is_empty() { "no content type".to_owned() } else { format!("`{}`", short(kind, 60)) }
}

fn excerpt(bytes: &[u8]) -> String {
    short(String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).trim(), 300)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_an_error_if_it_contains_nothing_else() {
        for (body, expected) in [
            (json!({ "message": "no" }), Some("no")),
            (json!({ "Message": "no" }), Some("no")),
            (json!({ "__type": "x#ValidationException", "message": "no" }), Some("no")),
            (
                json!({ "Output": { "__type": "com.amazon.coral.service#UnknownOperationException" }, "Version": "1.0" }),
                Some("com.amazon.coral.service#UnknownOperationException"),
            ),
            (
                json!({ "type": "error", "error": { "type": "overloaded_error", "message": "no" } }),
                Some("no"),
            ),
            (json!({ "message": "A red car drives by.", "finishReason": "stop" }), None),
            (json!({ "content": [], "type": "message" }), None),
            (json!({ "choices": [{ "message": {} }] }), None),
            (json!([]), None),
        ] {
            assert_eq!(error_message_in(&body).as_deref(), expected, "{body}");
        }
    }
}
