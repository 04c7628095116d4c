//! Evaluates the conditions of a statement.

use super::comparison;
use super::context::{Context, Known};
use super::operator::{Comparison, Operator, SetOperator};
use super::policy::{Condition, Version};
use super::truth::Truth;

impl Condition {
    pub(super) fn holds(&self, version: Version, context: &Context) -> Truth {
        let known = context.get(&self.key);
        match known {
            Known::Unknown => self.unknown(format!("the condition key `{}`", self.key)),
            _ if self.operator.comparison == Comparison::Null => {
                let absent = known == Known::Absent;
                self.values.iter().any(|value| comparison::null(&value.text, absent)).into()
            }
            Known::Absent => self.without_key(),
            Known::Values(values) => self.with_values(values, version, context),
        }
    }

    /// "If the key is not present, the values do not match". Negated operators, `IfExists` and `ForAllValues` then
    /// hold, and `ForAnyValue` does not.
    fn without_key(&self) -> Truth {
        let Operator { set, negated, if_exists, .. } = self.operator;
        match set {
            Some(SetOperator::ForAllValues) => Truth::Yes,
            // The guide contradicts itself: "returns false if there are no keys", and "if the key is not present,
            // evaluate as true".
            Some(SetOperator::ForAnyValue) if if_exists => {
                self.unknown(format!("`ForAnyValue` with `IfExists` without the key `{}`", self.key))
            }
            Some(SetOperator::ForAnyValue) => Truth::No,
            None => (negated || if_exists).into(),
        }
    }

    fn with_values(&self, values: &[String], version: Version, context: &Context) -> Truth {
        let each = values.iter().map(|value| self.holds_for(value, version, context));
        // "A null data set, such as an empty string."
        let empty = values.iter().all(String::is_empty);
        match self.operator.set {
            Some(SetOperator::ForAllValues) if empty => Truth::Yes,
            Some(SetOperator::ForAnyValue) if empty => Truth::No,
            Some(SetOperator::ForAnyValue) => Truth::any(each),
            None if values.len() > 1 => {
                self.unknown(format!("the condition key `{}`, which has several values", self.key))
            }
            Some(SetOperator::ForAllValues) | None => Truth::all(each),
        }
    }

    fn holds_for(&self, value: &str, version: Version, context: &Context) -> Truth {
        let matched = self
            .values
            .iter()
            .map(|policy| comparison::matches(self.operator, policy, value, version, context));
        Truth::any(matched).not_if(self.operator.negated)
    }

    fn unknown(&self, what: String) -> Truth {
        Truth::unknown(&self.pointer, what)
    }
}

#[cfg(test)]
mod tests;
