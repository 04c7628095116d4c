//! How the APIs ask a model and answer.

use serde_json::Value;

use super::question::{Medium, Question};
use crate::exchange::{Headers, Operation};

/// How one API asks and answers.
pub(super) struct Dialect {
    pub operation: Operation,
    /// The question as its body, for the base model if that is known.
    pub body: fn(&Question, Option<&str>) -> Value,
    /// Where its answers have the fields that expectations are on.
    pub mapping: fn() -> Value,
    /// Why an answer ends that calls tools.
    pub tool_stop: &'static str,
    /// Whether it takes a schema of the answer for this base model.
    pub formats: fn(Option<&str>) -> bool,
    pub shows: &'static [Medium],
    /// Puts into the body what other APIs take as headers.
    pub settle: fn(&mut Value, &mut Headers),
}
