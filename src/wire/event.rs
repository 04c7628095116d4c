//! The events of a stream, from frames or from a list of what frames held.

use data_encoding::BASE64;
use serde_json::{Map, Value};

use super::frames::Frame;
use crate::exchange::Event;

/// An event of the list: the frame's headers, its payload, and for a chunk what its `bytes` hold.
pub fn listed(event: &Value) -> Event {
    let header = |name: &str| event.get("headers")?.get(name)?.as_str();
    let chunk = event.get("chunk").filter(|chunk| !chunk.is_null());
    let payload = chunk.or_else(|| event.get("payload")).cloned().unwrap_or(Value::Null);
    of_parts(header, payload, chunk.is_some())
}

/// The event that `frame` is. Its payload is JSON where it can be read as such.
pub fn of_frame(frame: &Frame) -> Event {
    let payload = serde_json::from_slice(&frame.payload)
        .unwrap_or_else(|_| String::from_utf8_lossy(&frame.payload).into_owned().into());
    let header =
        |name: &str| frame.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str());
    of_parts(header, payload, false)
}

fn of_parts<'a>(header: impl Fn(&str) -> Option<&'a str>, payload: Value, decoded: bool) -> Event {
    let exception = header(":message-type").is_some_and(|kind| kind != "event");
    let kind = [":event-type", ":exception-type", ":error-code"].into_iter().find_map(&header);
    let mut payload = json(payload);
    if !decoded {
        payload = inner(payload);
    }
    if let (Some(message), false) = (header(":error-message"), payload.is_object()) {
        payload = Value::Object(Map::from_iter([("message".to_owned(), message.into())]));
    }
    Event { kind: kind.unwrap_or("chunk").to_owned(), exception, offset_ms: None, payload }
}

/// What the `bytes` of a chunk hold; another payload without its padding.
fn inner(mut payload: Value) -> Value {
    let Some(members) = payload.as_object_mut() else {
        return payload;
    };
    members.shift_remove("p");
    match members.get("bytes") {
        Some(Value::String(base64)) => {
            let bytes = BASE64.decode(base64.as_bytes()).ok();
            bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null)
        }
        _ => payload,
    }
}

/// The JSON that a text holds, if it holds any.
pub fn json(value: Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        other => other,
    }
}
