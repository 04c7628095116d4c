//! The request and the answer in the record of a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::named::Named;
use crate::exchange::{Headers, Operation};

/// One exchange: a request with either a response or a refusal.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Exchange {
    pub operation: Named<Operation>,
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
    /// Measured for a call that was made; for a recorded answer the value it contains, if any.
    pub latency_ms: Option<u64>,
    /// The cost of one call in USD.
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
    /// How many events the body was assembled from, if the response was a stream.
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

/// Where in the response the values of a field are located.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// JSON Pointers.
    Body(Vec<String>),
    /// The name of a header.
    Header(String),
}

impl Exchange {
    /// Whether both have the same request to the same model.
    pub fn has_same_request(&self, other: &Exchange) -> bool {
        self.operation == other.operation
            && self.region == other.region
            && self.model_id == other.model_id
            && self.request == other.request
    }
}
