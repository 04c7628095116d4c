//! Members that Bedrock adds to the chunks of any family: metrics, and the action of a guardrail.

use serde_json::Value;

use super::Object;
use crate::exchange::Headers;

#[derive(Default)]
pub(super) struct Additions {
    metrics: Option<Object>,
    trace: Option<Value>,
    action: Option<Value>,
}

impl Additions {
    pub(super) fn add(&mut self, payload: &Object) {
        if let Some(Value::Object(metrics)) = payload.get("amazon-bedrock-invocationMetrics") {
            self.metrics = Some(metrics.clone());
        }
        if let Some(trace) = payload.get(TRACE) {
            self.trace = Some(trace.clone());
        }
        if let Some(action) = payload.get(ACTION).filter(|_| !self.intervened()) {
            self.action = Some(action.clone());
        }
    }

    /// The last chunk has metrics. A guardrail that blocks the input answers with a single chunk without metrics.
    pub(super) fn are_complete(&self, events: usize) -> bool {
        self.metrics.is_some() || (events == 1 && self.intervened())
    }

    pub(super) fn write_to(self, headers: &mut Headers, body: &mut Object) {
        let metrics = self.metrics.unwrap_or_default();
        for (metric, header) in HEADERS {
            if let Some(Value::Number(number)) = metrics.get(*metric) {
                headers.insert((*header).to_owned(), number.to_string());
            }
        }
        let guardrail = [(TRACE, self.trace), (ACTION, self.action)];
        let present = guardrail.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        body.extend(present);
    }

    fn intervened(&self) -> bool {
        self.action.as_ref().is_some_and(|action| action == "INTERVENED")
    }
}

const TRACE: &str = "amazon-bedrock-trace";
const ACTION: &str = "amazon-bedrock-guardrailAction";

/// The metrics of a stream, each with the header in which a non-streaming call returns the same count.
const HEADERS: &[(&str, &str)] = &[
    ("inputTokenCount", "x-amzn-bedrock-input-token-count"),
    ("outputTokenCount", "x-amzn-bedrock-output-token-count"),
    ("invocationLatency", "x-amzn-bedrock-invocation-latency"),
    ("cacheReadInputTokenCount", "x-amzn-bedrock-cache-read-input-token-count"),
    ("cacheWriteInputTokenCount", "x-amzn-bedrock-cache-write-input-token-count"),
];
