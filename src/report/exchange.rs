//! What was asked and what came, as the line of a case tells it. Written and read by the same types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::exchange::Headers;
use crate::mapping::Origin;
use crate::run::{Came, Exchanged};

/// One exchange. It has a response or a refusal.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Exchange {
    pub operation: String,
    pub region: String,
    pub model_id: String,
    pub request: Request,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// By field: the JSON Pointers of its values in `body`, or its `header`.
    #[serde(default)]
    pub origins: Map<String, Value>,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    /// Of the call, or as the recording tells it.
    pub latency_ms: Option<u64>,
    /// USD of one call.
    pub cost_usd: Option<f64>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Request {
    #[serde(default)]
    pub headers: Headers,
    pub body: Value,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Response {
    pub status: u16,
    #[serde(default)]
    pub headers: Headers,
    pub body: Value,
    /// Of how many events the body was put together, if it came as a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<usize>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Refusal {
    pub status: u16,
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub headers: Headers,
}

impl Exchange {
    /// Whether the same was asked of the same model.
    pub(super) fn asks_like(&self, other: &Exchange) -> bool {
        let called = |of: &Exchange| [of.operation.clone(), of.region.clone(), of.model_id.clone()];
        called(self) == called(other) && self.request == other.request
    }

    pub(super) fn of(exchanged: &Exchanged) -> Exchange {
        let Exchanged { request, came, origins, usage, latency_ms, cost } = exchanged;
        let (response, refusal) = match came.clone() {
            Came::Response { status, headers, body, events } => {
                (Some(Response { status, headers, body, events }), None)
            }
            Came::Refusal(of) => {
                let (code, message) = (of.code, of.message);
                (None, Some(Refusal { status: of.status, code, message, headers: of.headers }))
            }
        };
        Exchange {
            operation: request.operation.name().to_owned(),
            region: request.region.clone(),
            model_id: request.model_id.clone(),
            request: Request { headers: request.headers.clone(), body: request.body.clone() },
            response,
            refusal,
            origins: origins.iter().map(|(field, origin)| (field.clone(), placed(origin))).collect(),
            input_tokens: usage.map(|usage| usage.input),
            output_tokens: usage.map(|usage| usage.output),
            latency_ms: *latency_ms,
            cost_usd: *cost,
        }
    }
}

fn placed(origin: &Origin) -> Value {
    match origin {
        Origin::Body(pointers) => json!({ "body": pointers }),
        Origin::Header(name) => json!({ "header": name }),
    }
}
