//! How long a recorded call took.

use serde_json::Value;

use crate::exchange::Answer;

/// Milliseconds as Bedrock reports them; for a stream without that, the time of its last event.
pub fn latency_ms(answer: &Answer) -> Option<u64> {
    let (headers, told) = match answer {
        Answer::Response(response) => (&response.headers, in_payload(&response.body)),
        Answer::Stream(stream) => {
            let told = stream.events.iter().rev().find_map(|event| in_payload(&event.payload));
            let last = stream.events.last().and_then(|event| event.offset_ms);
            (&stream.headers, told.or(last))
        }
        Answer::Refusal(refusal) => (&refusal.headers, None),
    };
    let header = headers.get("x-amzn-bedrock-invocation-latency").and_then(|value| value.parse().ok());
    header.or(told)
}

/// Where Converse reports it, and where streams do.
fn in_payload(payload: &Value) -> Option<u64> {
    const PLACES: [&str; 2] = ["/metrics/latencyMs", "/amazon-bedrock-invocationMetrics/invocationLatency"];
    PLACES.iter().find_map(|place| payload.pointer(place)?.as_u64())
}
