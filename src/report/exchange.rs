//! What was asked and what came, as the line of a case tells it. Written and read by the same types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exchange::Headers;
use crate::mapping;
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
    #[serde(default)]
    pub origins: BTreeMap<String, Origin>,
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

/// Where the values of a field stand in the response.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// JSON Pointers.
    Body(Vec<String>),
    /// The name of a header.
    Header(String),
}

impl Origin {
    fn of(origin: &mapping::Origin) -> Origin {
        match origin {
            mapping::Origin::Body(pointers) => Origin::Body(pointers.clone()),
            mapping::Origin::Header(name) => Origin::Header(name.clone()),
        }
    }
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
            origins: origins.iter().map(|(field, origin)| (field.clone(), Origin::of(origin))).collect(),
            input_tokens: usage.map(|usage| usage.input),
            output_tokens: usage.map(|usage| usage.output),
            latency_ms: *latency_ms,
            cost_usd: *cost,
        }
    }
}
