//! The latency of a recorded call.

use serde_json::Value;

use crate::exchange::Answer;

/// The latency in milliseconds that Bedrock reports. If a stream contains none, the time of its last event.
pub fn latency_ms(answer: &Answer) -> Option<u64> {
    let (headers, reported) = match answer {
        Answer::Response(response) => (&response.headers, latency_in(&response.body)),
        Answer::Stream(stream) => {
            let reported = stream.events.iter().rev().find_map(|event| latency_in(&event.payload));
            let last = stream.events.last().and_then(|event| event.offset_ms);
            (&stream.headers, reported.or(last))
        }
        Answer::Refusal(refusal) => (&refusal.headers, None),
    };
    let header = headers.get("x-amzn-bedrock-invocation-latency").and_then(|value| value.parse().ok());
    header.or(reported)
}

/// The latency in a payload: Converse and streams report it in different members.
fn latency_in(payload: &Value) -> Option<u64> {
    const PLACES: [&str; 2] = ["/metrics/latencyMs", "/amazon-bedrock-invocationMetrics/invocationLatency"];
    PLACES.iter().find_map(|place| payload.pointer(place)?.as_u64())
}
