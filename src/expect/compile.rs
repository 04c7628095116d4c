use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::config::model::Predicates;
use crate::pattern::{PatternError, Patterns};

use super::format::format_value;
use super::number::compare;
use super::predicate::{Bounds, Predicate};
use super::schema::Schema;
use super::{Check, ExpectError, ExpectErrorKind};

type Compiled = Result<Predicate, ExpectErrorKind>;

impl Check {
    /// Compiles the predicates of one field. Returns an error for each invalid predicate or, if all are valid, for
    /// predicates that can't hold together.
    pub fn compile(predicates: &Predicates, patterns: &Patterns) -> Result<Check, Vec<ExpectError>> {
        let (mut check, mut errors) = (Check::default(), Vec::new());
        for (predicate, compiled) in compile_all(predicates, patterns) {
            match compiled {
                Ok(predicate) => check.predicates.push(predicate),
                Err(kind) => errors.push(ExpectError { predicate, kind }),
            }
        }
        // The checks of all cases are in memory at the same time.
        check.predicates.shrink_to_fit();
        errors.extend(check_range(&check.predicates));
        if errors.is_empty() {
            errors.extend(find_contradictions(&check));
        }
        if errors.is_empty() { Ok(check) } else { Err(errors) }
    }
}

/// Compiles every predicate that the field has, and returns it with its key.
fn compile_all(from: &Predicates, patterns: &Patterns) -> impl Iterator<Item = (&'static str, Compiled)> {
    let all = [
        ("equals", from.equals.clone().map(|value| Ok(Predicate::Equals(value)))),
        ("contains", from.contains.as_ref().map(|parts| parse_parts(parts).map(Predicate::Contains))),
        (
            "not_contains",
            from.not_contains.as_ref().map(|parts| parse_parts(parts).map(Predicate::NotContains)),
        ),
        (
            "starts_with",
            from.starts_with.as_ref().map(|start| parse_non_empty(start).map(Predicate::StartsWith)),
        ),
        ("ends_with", from.ends_with.as_ref().map(|end| parse_non_empty(end).map(Predicate::EndsWith))),
        ("matches", from.matches.as_ref().map(|pattern| compile_regex(pattern, patterns))),
        ("one_of", from.one_of.as_ref().map(|options| compile_options(options))),
        ("min", from.min.as_ref().map(|min| parse_number(min).map(Predicate::Min))),
        ("max", from.max.as_ref().map(|max| parse_number(max).map(Predicate::Max))),
        ("length", from.length.as_ref().map(|length| parse_bounds(length).map(Predicate::Length))),
        (
            "json_schema",
            from.json_schema.as_ref().map(|schema| Schema::compile(schema).map(Predicate::Schema)),
        ),
        ("is_json", from.is_json.map(|wanted| Ok(Predicate::IsJson(wanted)))),
    ];
    all.into_iter().filter_map(|(name, compiled)| Some((name, compiled?)))
}

/// The items of an array, or a single value. The empty string is an error because every string
/// contains it.
fn parse_parts(parts: &Value) -> Result<Vec<Value>, ExpectErrorKind> {
    let parts = match parts {
        Value::Array(parts) => parts.clone(),
        one => vec![one.clone()],
    };
    let empty = parts.is_empty() || parts.iter().any(|part| part == "");
    if empty { Err(ExpectErrorKind::Empty) } else { Ok(parts) }
}

fn parse_non_empty(text: &str) -> Result<String, ExpectErrorKind> {
    if text.is_empty() { Err(ExpectErrorKind::Empty) } else { Ok(text.to_owned()) }
}

fn compile_regex(pattern: &str, patterns: &Patterns) -> Compiled {
    if pattern.is_empty() {
        return Err(ExpectErrorKind::Empty);
    }
    patterns.compile(pattern).map(Predicate::Matches).map_err(|error| match error {
        PatternError::Syntax(reason) => ExpectErrorKind::Regex { reason },
        limit => ExpectErrorKind::Limit(limit),
    })
}

fn compile_options(options: &[Value]) -> Compiled {
    if options.is_empty() { Err(ExpectErrorKind::Empty) } else { Ok(Predicate::OneOf(options.to_vec())) }
}

fn parse_number(value: &Value) -> Result<Number, ExpectErrorKind> {
    value.as_number().cloned().ok_or_else(|| operand_error("a number", value))
}

fn operand_error(expected: &'static str, found: &Value) -> ExpectErrorKind {
    ExpectErrorKind::Operand { expected, found: format_value(found) }
}

fn parse_bounds(value: &Value) -> Result<Bounds, ExpectErrorKind> {
    let expected = "a non-negative integer or `{ min = …, max = … }`";
    let count = |value: &Value| value.as_u64().ok_or_else(|| operand_error("a non-negative integer", value));
    let Value::Object(table) = value else {
        let exact = value.as_u64().ok_or_else(|| operand_error(expected, value))?;
        return Ok(Bounds { min: Some(exact), max: Some(exact) });
    };
    if table.is_empty() || table.keys().any(|key| key != "min" && key != "max") {
        return Err(operand_error(expected, value));
    }
    let (min, max) = (table.get("min").map(count).transpose()?, table.get("max").map(count).transpose()?);
    match (min, max) {
        (Some(low), Some(high)) if low > high => {
            Err(ExpectErrorKind::Range { min: low.to_string(), max: high.to_string() })
        }
        _ => Ok(Bounds { min, max }),
    }
}

/// Reports a `min` that is greater than `max`.
fn check_range(predicates: &[Predicate]) -> Option<ExpectError> {
    let min = predicates.iter().find_map(|predicate| match predicate {
        Predicate::Min(min) => Some(min),
        _ => None,
    })?;
    let max = predicates.iter().find_map(|predicate| match predicate {
        Predicate::Max(max) => Some(max),
        _ => None,
    })?;
    let kind = ExpectErrorKind::Range { min: min.to_string(), max: max.to_string() };
    (compare(min, max) == Ordering::Greater).then_some(ExpectError { predicate: "min", kind })
}

/// Reports predicates that can't hold for any value, or for any of the values of `equals` or `one_of`.
fn find_contradictions(check: &Check) -> Vec<ExpectError> {
    let named = check.predicates.iter().find_map(|predicate| match predicate {
        Predicate::Equals(value) => Some(("equals", std::slice::from_ref(value))),
        Predicate::OneOf(values) => Some(("one_of", values.as_slice())),
        _ => None,
    });
    match named {
        Some((other, values)) => check
            .predicates
            .iter()
            .filter(|predicate| values.iter().all(|value| !predicate.misses(value).is_empty()))
            .map(|predicate| ExpectError {
                predicate: predicate.name(),
                kind: ExpectErrorKind::Contradiction { other },
            })
            .collect(),
        None => find_forbidden_part(&check.predicates).into_iter().collect(),
    }
}

/// Reports a `not_contains` that forbids a part of a string that another predicate requires.
fn find_forbidden_part(predicates: &[Predicate]) -> Option<ExpectError> {
    let forbidden = predicates.iter().find_map(|predicate| match predicate {
        Predicate::NotContains(forbidden) => {
            Some(forbidden.iter().filter_map(Value::as_str).collect::<Vec<_>>())
        }
        _ => None,
    })?;
    let requires_forbidden = |predicate: &&Predicate| match predicate {
        Predicate::Contains(wanted) => wanted
            .iter()
            .filter_map(Value::as_str)
            .any(|wanted| forbidden.iter().any(|forbidden| wanted.contains(forbidden))),
        Predicate::StartsWith(part) | Predicate::EndsWith(part) => {
            forbidden.iter().any(|forbidden| part.contains(forbidden))
        }
        _ => false,
    };
    let other = predicates.iter().find(requires_forbidden)?.name();
    Some(ExpectError { predicate: "not_contains", kind: ExpectErrorKind::Contradiction { other } })
}
