//! Rules that a schema can't check: across the keys of a file, across files, and what AWS is known to
//! refuse. Each group of rules has its own file.

pub mod allow;
mod bodies;
pub mod credentials;
pub mod duplicates;
mod features;
pub mod file_owner;
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

/// The model that a rule checks.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub typed: &'a model::Model,
    pub places: &'a Places<'a>,
    pub credentials: Option<&'a Credentials>,
    /// The model as it would run; `None` if another mistake prevents that.
    pub model: Option<&'a Model>,
}

type Rule = fn(Subject<'_>) -> Vec<Finding>;

/// Rules that check one model.
const RULES: &[Rule] = &[regions::check, partitions::check];

/// Rules that check one model and need to know which operation it calls.
const CALL_RULES: &[Rule] = &[models::check, bodies::check, mappings::check, features::check];

/// Reports what AWS refuses, or may refuse, in a call of `subject`.
///
/// If every case of the model expects an error, the findings are hints.
pub fn check_model(subject: Subject<'_>) -> Vec<Finding> {
    let call_rules = if subject.has_invalid_operation() { &[] } else { CALL_RULES };
    let mut findings: Vec<Finding> = RULES.iter().chain(call_rules).flat_map(|rule| rule(subject)).collect();
    if suite::all_expect_errors(&subject.typed.cases) {
        for finding in &mut findings {
            finding.severity = Severity::Hint;
        }
    }
    findings
}

impl<'a> Subject<'a> {
    /// Whether the config has an `operation` that is not valid.
    fn has_invalid_operation(self) -> bool {
        self.typed.operation.is_none() && self.places.find("/operation").is_some()
    }

    /// The call that the model makes, if it has a model ID and a Region.
    fn call(self) -> Option<Call<'a>> {
        let (model_id, region) = (self.typed.model_id.as_deref()?, self.typed.region.as_deref()?);
        Some(Call { model_id, region, operation: suite::operation(self.typed) })
    }
}
