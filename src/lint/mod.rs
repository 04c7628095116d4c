//! Rules that need meaning: across the keys of a file, and across files; and what AWS is known to refuse. One
//! group a file.

pub mod allow;
mod bodies;
pub mod claims;
pub mod credentials;
pub mod duplicates;
mod features;
mod mappings;
mod models;
mod partitions;
mod regions;
pub mod secrets;
pub mod sts;
pub mod unreferenced;

use crate::aws::model_id::Call;
use crate::config::model;
use crate::config::resolve::Places;
use crate::diagnose::{Finding, Severity};
use crate::suite::{self, Credentials, Model};

/// A model on its way through the rules.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub typed: &'a model::Model,
    pub places: &'a Places<'a>,
    pub credentials: Option<&'a Credentials>,
    /// Ready to run; `None` if something else keeps it from that.
    pub model: Option<&'a Model>,
}

type Rule = fn(Subject<'_>) -> Vec<Finding>;

/// What is known of AWS, as rules over one model.
const RULES: &[Rule] = &[regions::check, partitions::check];

/// Those that need to know what is called.
const RULES_OF_CALLS: &[Rule] = &[models::check, bodies::check, mappings::check, features::check];

/// What AWS refuses of `subject`, or may refuse.
///
/// A model whose every case expects a refusal is meant to be refused: what is told of it is a hint.
pub fn model(subject: Subject<'_>) -> Vec<Finding> {
    let of_calls = if subject.names_no_operation() { &[] } else { RULES_OF_CALLS };
    let mut findings: Vec<Finding> = RULES.iter().chain(of_calls).flat_map(|rule| rule(subject)).collect();
    if suite::all_expect_errors(&subject.typed.cases) {
        for finding in &mut findings {
            finding.severity = Severity::Hint;
        }
    }
    findings
}

impl<'a> Subject<'a> {
    /// Whether `operation` was written and is none.
    fn names_no_operation(self) -> bool {
        self.typed.operation.is_none() && self.places.find("/operation").is_some()
    }

    /// The call that the model makes, if model ID and Region are there.
    fn call(self) -> Option<Call<'a>> {
        let (model_id, region) = (self.typed.model_id.as_deref()?, self.typed.region.as_deref()?);
        Some(Call { model_id, region, operation: suite::operation(self.typed) })
    }
}
