use std::cmp::Ordering;

use regex::Regex;
use serde_json::{Number, Value};

use super::Miss;
use super::number::{compare, same};
use super::schema::Schema;
use super::shown::{around, listed, quoted, shown, shown_typed, tail};

/// One compiled predicate.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    Equals(Value),
    /// Not empty.
    Contains(Vec<Value>),
    /// Not empty.
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
type Missed = (String, String);

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
        let one = |missed: Option<Missed>| missed.into_iter().collect::<Vec<_>>();
        let missed = match self {
            Predicate::Schema(schema) => return schema.misses(value),
            Predicate::Contains(wanted) => {
                wanted.iter().filter_map(|wanted| contains(value, wanted)).collect()
            }
            Predicate::NotContains(banned) => {
                banned.iter().filter_map(|banned| lacks(value, banned)).collect()
            }
            Predicate::Equals(wanted) => one(equals(value, wanted)),
            Predicate::OneOf(options) => one(one_of(value, options)),
            Predicate::Min(min) => one(bound(value, min, Ordering::Less, "at least")),
            Predicate::Max(max) => one(bound(value, max, Ordering::Greater, "at most")),
            Predicate::Length(bounds) => one(length(value, *bounds)),
            _ => one(self.text_miss(value)),
        };
        let predicate = self.name();
        missed.into_iter().map(|(expected, found)| Miss { predicate, expected, found }).collect()
    }

    /// Checks a predicate that applies to strings only.
    fn text_miss(&self, value: &Value) -> Option<Missed> {
        let expected = match self {
            Predicate::StartsWith(start) => format!("text that starts with {}", quoted(start)),
            Predicate::EndsWith(end) => format!("text that ends with {}", quoted(end)),
            Predicate::Matches(regex) => format!("text that matches {}", quoted(regex.as_str())),
            Predicate::IsJson(false) => "text that is not JSON".to_owned(),
            _ => "text that is JSON".to_owned(),
        };
        match value {
            Value::String(text) if self.holds(text) => None,
            Value::String(text) if matches!(self, Predicate::EndsWith(_)) => Some((expected, tail(text))),
            _ => Some((expected, shown(value))),
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Predicate::StartsWith(start) => text.starts_with(start),
            Predicate::EndsWith(end) => text.ends_with(end),
            Predicate::Matches(regex) => regex.is_match(text),
            Predicate::IsJson(wanted) => serde_json::from_str::<Value>(text).is_ok() == *wanted,
            _ => true,
        }
    }
}

fn unless(holds: bool, expected: impl FnOnce() -> String, value: &Value) -> Option<Missed> {
    (!holds).then(|| (expected(), shown(value)))
}

fn equals(value: &Value, wanted: &Value) -> Option<Missed> {
    let found = if wanted.is_string() { shown } else { shown_typed };
    (!same(value, wanted)).then(|| (shown(wanted), found(value)))
}

fn contains(value: &Value, wanted: &Value) -> Option<Missed> {
    let (what, holds) = match (value, wanted) {
        (Value::String(text), Value::String(part)) => ("text", text.contains(part)),
        (Value::Array(items), wanted) => ("an array", items.iter().any(|item| same(item, wanted))),
        (_, Value::String(_)) => ("text or an array", false),
        _ => ("an array", false),
    };
    let found = if what == "an array" { shown_typed } else { shown };
    (!holds).then(|| (format!("{what} that contains {}", shown(wanted)), found(value)))
}

fn lacks(value: &Value, banned: &Value) -> Option<Missed> {
    let expected = |what: &str| format!("{what} without {}", shown(banned));
    match (value, banned) {
        (Value::String(text), Value::String(part)) => {
            let at = text.find(part)?;
            Some((expected("text"), around(text, &(at..at + part.len()))))
        }
        (Value::Array(items), banned) => {
            unless(!items.iter().any(|item| same(item, banned)), || expected("an array"), value)
        }
        (_, Value::String(_)) => Some((expected("text or an array"), shown(value))),
        _ => Some((expected("an array"), shown_typed(value))),
    }
}

fn one_of(value: &Value, options: &[Value]) -> Option<Missed> {
    let holds = options.iter().any(|option| same(value, option));
    unless(holds, || format!("one of {}", listed(options)), value)
}

/// Checks `min` or `max`. A number is out of bounds if it compares as `outside` with `limit`.
fn bound(value: &Value, limit: &Number, outside: Ordering, words: &str) -> Option<Missed> {
    let holds = value.as_number().is_some_and(|number| compare(number, limit) != outside);
    (!holds).then(|| (format!("a number of {words} `{limit}`"), shown_typed(value)))
}

fn length(value: &Value, bounds: Bounds) -> Option<Missed> {
    let (count, unit) = match value {
        Value::String(text) => (text.chars().count(), "character"),
        Value::Array(items) => (items.len(), "item"),
        _ => {
            return Some((
                format!("text or an array of {}", bounds.words("character or item")),
                shown(value),
            ));
        }
    };
    let length = count as u64;
    let holds = bounds.min.is_none_or(|min| min <= length) && bounds.max.is_none_or(|max| length <= max);
    (!holds).then(|| (bounds.words(unit), length.to_string()))
}

impl Bounds {
    fn words(self, unit: &str) -> String {
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
