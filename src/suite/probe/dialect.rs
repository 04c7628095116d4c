//! The formats in which APIs take questions and return answers.

use serde_json::Value;

use super::question::{Medium, Question};
use crate::exchange::{Headers, Operation};

/// The request and response format of one API.
pub(super) struct Dialect {
    pub operation: Operation,
    /// Writes the request body for a question, and for a base model if that is known.
    pub body: fn(&Question, Option<&str>) -> Value,
    /// The mapping of the fields that expectations refer to.
    pub mapping: fn() -> Value,
    /// The stop reason of an answer that calls tools.
    pub tool_stop: &'static str,
    /// Whether the API accepts a schema of the answer for this base model.
    pub accepts_schema: fn(Option<&str>) -> bool,
    /// The media that a question can contain.
    pub media: &'static [Medium],
    /// Moves into the body the settings that other APIs take as headers.
    pub move_headers: fn(&mut Value, &mut Headers),
}
