//! Prepares mapped output for its snapshot: applies redactions, then the policy of each field.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::Fields;
use super::redact::redact;
use super::round::round;
use super::selector::{Selector, SelectorError};
use super::shape::shape;
use crate::config::model::{FieldPolicy, SnapshotPolicy};
use crate::pointer::join;

/// The snapshot policy of a case, merged from the tables of the case and of its model.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    fields: BTreeMap<String, FieldPolicy>,
    redactions: Vec<(Selector, Value)>,
    default: Option<FieldPolicy>,
}

/// A table that a policy is merged from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyTable {
    Model,
    Case,
}

/// A selector in a `redact` table is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{selector}` is not a selector: {error}")]
pub struct PolicyError {
    /// The table that contains the selector.
    pub table: PolicyTable,
    /// The JSON Pointer (RFC 6901) of the selector in the snapshot table: `/redact/SELECTOR`.
    pub pointer: String,
    pub selector: String,
    /// The range of this error is in bytes of the selector, which is the last key of `pointer`.
    pub error: SelectorError,
}

impl PolicyError {
    pub fn range(&self) -> Range<usize> {
        self.error.range()
    }

    pub fn help(&self) -> String {
        self.error.help()
    }
}

impl Policy {
    /// Merges the tables. The case's table overrides the model's for each field and each selector. Every invalid
    /// selector is reported.
    pub fn compile(
        model: Option<&SnapshotPolicy>,
        case: Option<&SnapshotPolicy>,
    ) -> Result<Policy, Vec<PolicyError>> {
        let mut policy = Policy::default();
        let mut redactions = BTreeMap::new();
        let mut errors = Vec::new();
        for (table, policies) in [(PolicyTable::Model, model), (PolicyTable::Case, case)] {
            let Some(policies) = policies else { continue };
            policy.fields.extend(policies.fields.iter().map(|(name, field)| (name.clone(), *field)));
            policy.default = policies.default.or(policy.default);
            for (text, replacement) in &policies.redact {
                match Selector::parse(text) {
                    Ok(selector) => drop(redactions.insert(text, (selector, replacement.clone()))),
                    Err(error) => errors.push(policy_error(table, text, error)),
                }
            }
        }
        policy.redactions = redactions.into_values().collect();
        if errors.is_empty() { Ok(policy) } else { Err(errors) }
    }

    /// Sets the policy of fields that the config doesn't mention. Without a call of this, it is exact.
    #[must_use]
    pub fn with_default(mut self, default: FieldPolicy) -> Policy {
        self.default.get_or_insert(default);
        self
    }

    /// The fields that are written to the snapshot. Redactions are applied first, in the order of the text of their
    /// selectors.
    pub fn apply(&self, fields: &[(String, Value)]) -> Fields {
        let mut fields = fields.to_vec();
        for (selector, replacement) in &self.redactions {
            fields = redact(fields, selector, replacement);
        }
        fields.into_iter().filter_map(|(name, value)| self.apply_to_field(name, value)).collect()
    }

    fn apply_to_field(&self, name: String, value: Value) -> Option<(String, Value)> {
        let policy = self.fields.get(&name).copied().or(self.default).unwrap_or_default();
        match policy {
            FieldPolicy::Exact => Some((name, value)),
            FieldPolicy::Ignored => None,
            FieldPolicy::Shape => Some((name, shape(&value))),
            FieldPolicy::Rounded(digits) => Some((name, round(&value, digits))),
        }
    }
}

fn policy_error(table: PolicyTable, selector: &str, error: SelectorError) -> PolicyError {
    let pointer = join("/redact", selector);
    PolicyError { table, pointer, selector: selector.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn table(policy: Value) -> SnapshotPolicy {
        serde_json::from_value(policy).unwrap()
    }

    fn output() -> Fields {
        let text = |name: &str, value: Value| (name.to_owned(), value);
        vec![
            text("output_text", json!("Paris")),
            text("score", json!(0.123)),
            text("id", json!("msg_1")),
            text("tools", json!([{ "id": "t1", "name": "x" }])),
        ]
    }

    #[track_caller]
    fn check(policy: &Policy, expected: &str) {
        let applied: Value = Value::Object(policy.apply(&output()).into_iter().collect());
        assert_eq!(applied.to_string(), expected);
    }

    #[test]
    fn without_a_table_everything_is_exact() {
        let policy = Policy::compile(None, None).unwrap();
        check(
            &policy,
            r#"{"output_text":"Paris","score":0.123,"id":"msg_1","tools":[{"id":"t1","name":"x"}]}"#,
        );
        check(
            &policy.with_default(FieldPolicy::Shape),
            r#"{"output_text":"[string]","score":"[number]","id":"[string]","tools":[{"id":"[string]","name":"[string]"}]}"#,
        );
    }

    #[test]
    fn the_case_overrides_the_model_for_each_field() {
        let model = table(json!({
            "fields": { "id": "ignored", "score": { "rounded": 1 } },
            "redact": { ".tools[].id": "[model]" },
            "default": "shape",
        }));
        let case = table(json!({
            "fields": { "score": { "rounded": 2 }, "tools": "exact" },
            "redact": { ".tools[].id": "[case]" },
        }));
        let policy = Policy::compile(Some(&model), Some(&case)).unwrap();
        check(&policy, r#"{"output_text":"[string]","score":0.12,"tools":[{"id":"[case]","name":"x"}]}"#);
        check(
            &policy.with_default(FieldPolicy::Exact),
            r#"{"output_text":"[string]","score":0.12,"tools":[{"id":"[case]","name":"x"}]}"#,
        );
    }

    #[test]
    fn every_bad_selector_is_reported_with_its_place() {
        let model = table(json!({ "redact": { "a/~b": 1, ".ok": 2 } }));
        let case = table(json!({ "redact": { ".x[-1]": null } }));
        let errors = Policy::compile(Some(&model), Some(&case)).unwrap_err();
        let places: Vec<_> =
            errors.iter().map(|error| (error.table, error.pointer.as_str(), error.range())).collect();
        assert_eq!(
            places,
            [(PolicyTable::Model, "/redact/a~1~0b", 0..1), (PolicyTable::Case, "/redact/.x[-1]", 2..6)]
        );
        assert_eq!(errors[1].to_string(), "`.x[-1]` is not a selector: the index `[-1]` is negative");
    }
}
