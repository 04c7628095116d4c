//! Builds the events of a stream, from frames or from a recording that lists the frames as JSON.

use data_encoding::BASE64;
use serde_json::{Map, Value};

use super::frames::Frame;
use crate::exchange::Event;
use crate::json;

/// The event that a recording lists as JSON: the frame's `headers`, its `payload`, and for a chunk the decoded
/// `bytes` as `chunk`.
pub fn event_from_json(event: &Value) -> Event {
    let header = |name: &str| event.get("headers")?.get(name)?.as_str();
    let chunk = event.get("chunk").filter(|chunk| !chunk.is_null());
    let payload = chunk.or_else(|| event.get("payload")).cloned().unwrap_or(Value::Null);
    event_from_parts(header, payload, chunk.is_some())
}

/// The event in `frame`. Its payload is parsed as JSON if possible, and is a string otherwise.
pub fn event_from_frame(frame: &Frame) -> Event {
    let payload = json::parse(&frame.payload)
        .unwrap_or_else(|_| String::from_utf8_lossy(&frame.payload).into_owned().into());
    let header =
        |name: &str| frame.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str());
    event_from_parts(header, payload, false)
}

/// `is_decoded` if `payload` is already the JSON inside a chunk's `bytes`.
fn event_from_parts<'a>(header: impl Fn(&str) -> Option<&'a str>, payload: Value, is_decoded: bool) -> Event {
    let exception = header(":message-type").is_some_and(|kind| kind != "event");
    let kind = [":event-type", ":exception-type", ":error-code"].into_iter().find_map(&header);
    let mut payload = parse_if_json(payload);
    if !is_decoded {
        payload = decode_chunk(payload);
    }
    if let (Some(message), false) = (header(":error-message"), payload.is_object()) {
        payload = Value::Object(Map::from_iter([("message".to_owned(), message.into())]));
    }
    Event { kind: kind.unwrap_or("chunk").to_owned(), exception, offset_ms: None, payload }
}

/// For a chunk, the JSON in its `bytes`; for any other payload, the payload without its padding `p`.
fn decode_chunk(mut payload: Value) -> Value {
    let Some(members) = payload.as_object_mut() else {
        return payload;
    };
    members.shift_remove("p");
    match members.get("bytes") {
        Some(Value::String(base64)) => {
            let bytes = BASE64.decode(base64.as_bytes()).ok();
            bytes.and_then(|bytes| json::parse(&bytes).ok()).unwrap_or(Value::Null)
        }
        _ => payload,
    }
}

/// Parses a string that contains JSON. Any other value is returned unchanged.
pub fn parse_if_json(value: Value) -> Value {
    match value {
        Value::String(text) => json::parse(text.as_bytes()).unwrap_or(Value::String(text)),
        other => other,
    }
}
