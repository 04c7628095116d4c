use std::cmp::Ordering;

use regex::Regex;
use serde::de::IgnoredAny;
use serde_json::{Number, Value};

use super::Miss;
use super::format::{format_around, format_end, format_list, format_value, format_with_kind, quote};
use super::number::{compare, is_equal};
use super::schema::Schema;
use crate::pattern::MATCHED_LIMIT;

/// One compiled predicate.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    Equals(Value),
    /// The value contains each of these, of which there is at least one.
    Contains(Vec<Value>),
    /// The value contains none of these, of which there is at least one.
    NotContains(Vec<Value>),
    StartsWith(String),
    EndsWith(String),
    Matches(Regex),
    OneOf(Vec<Value>),
    Min(Number),
    Max(Number),
    Length(Bounds),
    Schema(Schema),
    IsJson(bool),
}

/// The length that a value may have. At least one of the two bounds is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: Option<u64>,
    pub(super) max: Option<u64>,
}

/// The expected and the found value, for a message.
type Mismatch = (String, String);

impl Predicate {
    /// The key in the config.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Predicate::Equals(_) => "equals",
            Predicate::Contains(_) => "contains",
            Predicate::NotContains(_) => "not_contains",
            Predicate::StartsWith(_) => "starts_with",
            Predicate::EndsWith(_) => "ends_with",
            Predicate::Matches(_) => "matches",
            Predicate::OneOf(_) => "one_of",
            Predicate::Min(_) => "min",
            Predicate::Max(_) => "max",
            Predicate::Length(_) => "length",
            Predicate::Schema(_) => "json_schema",
            Predicate::IsJson(_) => "is_json",
        }
    }

    pub(super) fn misses(&self, value: &Value) -> Vec<Miss> {
        let single = |mismatch: Option<Mismatch>| mismatch.into_iter().collect::<Vec<_>>();
        let mismatches = match self {
            Predicate::Schema(schema) => return schema.misses(value),
            Predicate::Contains(wanted) => {
                wanted.iter().filter_map(|wanted| check_contains(value, wanted)).collect()
            }
            Predicate::NotContains(forbidden) => {
                forbidden.iter().filter_map(|forbidden| check_not_contains(value, forbidden)).collect()
            }
            Predicate::Equals(wanted) => single(check_equals(value, wanted)),
            Predicate::OneOf(options) => single(check_one_of(value, options)),
            Predicate::Min(min) => single(check_bound(value, min, Ordering::Less, "at least")),
            Predicate::Max(max) => single(check_bound(value, max, Ordering::Greater, "at most")),
            Predicate::Length(bounds) => single(check_length(value, *bounds)),
            _ => single(self.check_string(value)),
        };
        let predicate = self.name();
        mismatches.into_iter().map(|(expected, found)| Miss { predicate, expected, found }).collect()
    }

    /// Checks a predicate that applies to strings only.
    fn check_string(&self, value: &Value) -> Option<Mismatch> {
        let expected = match self {
            Predicate::StartsWith(start) => format!("a string that starts with {}", quote(start)),
            Predicate::EndsWith(end) => format!("a string that ends with {}", quote(end)),
            Predicate::Matches(_) if value.as_str().is_some_and(|text| text.len() > MATCHED_LIMIT) => {
                format!("a string of at most {} MiB, to match it", MATCHED_LIMIT >> 20)
            }
            Predicate::Matches(regex) => format!("a string that matches {}", quote(regex.as_str())),
            Predicate::IsJson(false) => "a string that is not JSON".to_owned(),
            _ => "a string that is JSON".to_owned(),
        };
        match value {
            Value::String(text) if self.holds_for(text) => None,
            Value::String(text) if matches!(self, Predicate::EndsWith(_)) => {
                Some((expected, format_end(text)))
            }
            _ => Some((expected, format_value(value))),
        }
    }

    fn holds_for(&self, text: &str) -> bool {
        match self {
            Predicate::StartsWith(start) => text.starts_with(start),
            Predicate::EndsWith(end) => text.ends_with(end),
            Predicate::Matches(regex) => text.len() <= MATCHED_LIMIT && regex.is_match(text),
            Predicate::IsJson(wanted) => serde_json::from_str::<IgnoredAny>(text).is_ok() == *wanted,
            _ => true,
        }
    }
}

fn mismatch_unless(holds: bool, expected: impl FnOnce() -> String, value: &Value) -> Option<Mismatch> {
    (!holds).then(|| (expected(), format_value(value)))
}

fn check_equals(value: &Value, wanted: &Value) -> Option<Mismatch> {
    let found = if wanted.is_string() { format_value } else { format_with_kind };
    (!is_equal(value, wanted)).then(|| (format_value(wanted), found(value)))
}

fn check_contains(value: &Value, wanted: &Value) -> Option<Mismatch> {
    let (container, holds) = match (value, wanted) {
        (Value::String(text), Value::String(part)) => ("a string", text.contains(part)),
        (Value::Array(items), wanted) => ("an array", items.iter().any(|item| is_equal(item, wanted))),
        (_, Value::String(_)) => ("a string or an array", false),
        _ => ("an array", false),
    };
    let found = if container == "an array" { format_with_kind } else { format_value };
    (!holds).then(|| (format!("{container} that contains {}", format_value(wanted)), found(value)))
}

fn check_not_contains(value: &Value, forbidden: &Value) -> Option<Mismatch> {
    let expected = |container: &str| format!("{container} without {}", format_value(forbidden));
    match (value, forbidden) {
        (Value::String(text), Value::String(part)) => {
            let at = text.find(part)?;
            Some((expected("a string"), format_around(text, &(at..at + part.len()))))
        }
        (Value::Array(items), forbidden) => mismatch_unless(
            !items.iter().any(|item| is_equal(item, forbidden)),
            || expected("an array"),
            value,
        ),
        (_, Value::String(_)) => Some((expected("a string or an array"), format_value(value))),
        _ => Some((expected("an array"), format_with_kind(value))),
    }
}

fn check_one_of(value: &Value, options: &[Value]) -> Option<Mismatch> {
    let holds = options.iter().any(|option| is_equal(value, option));
    mismatch_unless(holds, || format!("one of {}", format_list(options)), value)
}

/// Checks `min` or `max`. A number is out of bounds if it compares as `outside` with `limit`.
fn check_bound(value: &Value, limit: &Number, outside: Ordering, comparison: &str) -> Option<Mismatch> {
    let holds = value.as_number().is_some_and(|number| compare(number, limit) != outside);
    (!holds).then(|| (format!("a number of {comparison} `{limit}`"), format_with_kind(value)))
}

fn check_length(value: &Value, bounds: Bounds) -> Option<Mismatch> {
    let (count, unit) = match value {
        Value::String(text) => (text.chars().count(), "character"),
        Value::Array(items) => (items.len(), "item"),
        _ => {
            return Some((
                format!("a string or an array of {}", bounds.describe("character or item")),
                format_value(value),
            ));
        }
    };
    let length = count as u64;
    let holds = bounds.min.is_none_or(|min| min <= length) && bounds.max.is_none_or(|max| length <= max);
    (!holds).then(|| (bounds.describe(unit), length.to_string()))
}

impl Bounds {
    fn describe(self, unit: &str) -> String {
        let units = |count: u64| {
            if count == 1 { unit.to_owned() } else { format!("{}s", unit.replace(" or", "s or")) }
        };
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("{min} {}", units(min)),
            (Some(min), Some(max)) => format!("{min} to {max} {}", units(max)),
            (Some(min), None) => format!("at least {min} {}", units(min)),
            (None, Some(max)) => format!("at most {max} {}", units(max)),
            (None, None) => units(2),
        }
    }
}
