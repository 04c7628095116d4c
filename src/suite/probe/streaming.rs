//! The probe for streaming, which sends the request of one of the model's own cases.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{compile_expectations, copy_with_case, new_case};
use crate::aws::cause::Key;
use crate::config::model::Claim;
use crate::diagnose::Span;
use crate::exchange::Operation;
use crate::suite::{Case, Model};

/// A probe that calls the streaming variant of the model's operation with the request of the first case
/// that doesn't expect an error.
///
/// It needs no further expectations: for every case, the stream must be complete and the model's mapping
/// must match.
pub(super) fn build_probe(model: &Model, at: &Span, config: &Path) -> Result<Model, &'static str> {
    let answered = model.cases.iter().find(|case| case.expect.error.is_none());
    let first =
        answered.ok_or("it would repeat a case that expects an answer, and every case expects an error")?;
    let fields: Vec<&str> = model.mapping.names().collect();
    let text = fields
        .contains(&"output_text")
        .then(|| ("output_text".to_owned(), json!({ "length": { "min": 1 } })));
    let expect = Value::Object(text.into_iter().collect::<Map<_, _>>());
    let case = Case {
        values: first.values.clone(),
        masked_values: first.masked_values.clone(),
        expect: compile_expectations(&fields, expect, at),
        ..new_case(&model.name, Claim::Streaming, at, config)
    };
    let places = model.places.clone().without(&[Key::Operation, Key::Stream]);
    Ok(Model { operation: streaming_variant(model.operation), places, ..copy_with_case(model, at, case) })
}

fn streaming_variant(operation: Operation) -> Operation {
    match operation {
        Operation::InvokeModel | Operation::InvokeModelWithResponseStream => {
            Operation::InvokeModelWithResponseStream
        }
        Operation::Converse | Operation::ConverseStream => Operation::ConverseStream,
    }
}
