//! Suggests paths for a path that matches nothing.

use serde_json::Value;

use super::step::{Selects, Step};
use super::{Field, JsonPath, Kind, Location};
use crate::words::nearest;

/// Fields with a fixed meaning, each with the names that model families use for it.
const USUAL_NAMES: [(&str, &[&str]); 3] = [
    ("output_text", &["text", "content", "generation", "outputText", "completion", "message", "output"]),
    ("input_tokens", &["inputTokens", "prompt_tokens", "prompt_token_count", "inputTextTokenCount"]),
    ("output_tokens", &["outputTokens", "completion_tokens", "generation_token_count", "tokenCount"]),
];

/// How many paths a finding suggests.
const PATHS_LIMIT: usize = 3;

/// How many values of a response are searched.
const VALUES_LIMIT: usize = 10_000;

/// Paths in `body` that were likely meant by the `path` of `field`, best first.
pub(super) fn suggest_paths(field: &Field, path: &JsonPath, body: &Value) -> Vec<String> {
    let steps = path.steps();
    let repaired = repair(&steps, body).filter(|(_, value)| is_candidate(field.kind, value));
    let likely = match repaired {
        Some((location, _)) => vec![location],
        None => find_similar(field, &steps, body),
    };
    let paths = likely.iter().map(Location::to_string).filter(|found| found != path.text());
    paths.take(PATHS_LIMIT).collect()
}

/// Follows the steps. If a step doesn't match, it takes the member with the nearest name or the first item.
fn repair<'a>(steps: &[Step], body: &'a Value) -> Option<(Location, &'a Value)> {
    let mut at = (Location::default(), body);
    for step in steps {
        at = match &step.selects {
            Selects::Name(name) => member(at, name)?,
            Selects::Index(index) => item(at, *index)?,
            Selects::Other => return None,
        };
    }
    Some(at)
}

fn member<'a>((location, value): (Location, &'a Value), name: &str) -> Option<(Location, &'a Value)> {
    match value {
        Value::Array(items) => member((location.item(0), items.first()?), name),
        Value::Object(members) => {
            let names = members.keys().map(String::as_str);
            let name = if members.contains_key(name) { name } else { nearest(name, names)? };
            Some((location.member(name), members.get(name)?))
        }
        _ => None,
    }
}

fn item((location, value): (Location, &Value), index: i64) -> Option<(Location, &Value)> {
    let Value::Array(items) = value else {
        return Some((location, value));
    };
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    let meant = if index < 0 { items.len().checked_sub(distance) } else { Some(distance) };
    let nearest = meant.filter(|index| *index < items.len()).unwrap_or(0);
    Some((location.item(nearest), items.get(nearest)?))
}

/// Values of the field's kind whose name is similar to the last name of the path, or usual for the field.
fn find_similar(field: &Field, steps: &[Step], body: &Value) -> Vec<Location> {
    let candidates = find_candidates(field.kind, body);
    let last = steps.iter().rev().find_map(|step| match &step.selects {
        Selects::Name(name) => Some(name.as_str()),
        _ => None,
    });
    let usual = USUAL_NAMES.iter().find(|(name, _)| *name == field.name).map_or(&[][..], |(_, names)| names);
    for name in last.into_iter().chain([field.name.as_str()]).chain(usual.iter().copied()) {
        let found = nearest(name, candidates.iter().filter_map(Location::last_name));
        if let Some(found) = found {
            return candidates.iter().filter(|at| at.last_name() == Some(found)).cloned().collect();
        }
    }
    Vec::new()
}

/// The places of all values of this kind, the outer ones first.
fn find_candidates(kind: Kind, body: &Value) -> Vec<Location> {
    let mut found = Vec::new();
    let mut queue = std::collections::VecDeque::from([(Location::default(), body)]);
    let mut seen = 0;
    while let Some((location, value)) = queue.pop_front() {
        seen += 1;
        if seen > VALUES_LIMIT || location.depth() > DEPTH_LIMIT {
            break;
        }
        match value {
            Value::Array(items) => {
                let items = items.iter().take(VALUES_LIMIT).enumerate();
                queue.extend(items.map(|(index, item)| (location.item(index), item)));
            }
            Value::Object(members) => {
                let members = members.iter().take(VALUES_LIMIT);
                queue.extend(members.map(|(name, member)| (location.member(name), member)));
            }
            _ => {}
        }
        if is_candidate(kind, value) && location.depth() > 0 {
            found.push(location);
        }
    }
    found
}

/// The maximum number of steps of a suggested path.
const DEPTH_LIMIT: usize = 32;

/// Whether the value is of this kind; for [`Kind::Any`], whether it is a string, a number or a boolean.
fn is_candidate(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Any => !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)),
        kind => kind.accepts(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mapping::Mapping;

    #[test]
    fn a_path_with_one_wrong_step_is_repaired_at_that_step() {
        // `$.other.text` has the same name and kind, but is not on the way.
        let body = json!({ "other": { "text": "a" }, "list": [{ "text": "b" }, { "text": "c" }] });
        for (path, expected) in [
            ("$.list[0].txt", "$.list[0].text"),
            ("$.lists[1].text", "$.list[1].text"),
            ("$.list[7].text", "$.list[0].text"),
            ("$.list[-1].txt", "$.list[1].text"),
            ("$.list[-3].text", "$.list[0].text"),
            ("$.list.text", "$.list[0].text"),
            ("$.other[0].text", "$.other.text"),
        ] {
            let (mapping, _) = Mapping::compile(json!({ "x": path }).as_object().unwrap());
            let field = &mapping.fields[0];
            assert_eq!(suggest_paths(field, field.path().unwrap(), &body), [expected], "{path}");
        }
    }

    #[test]
    fn values_are_searched_up_to_a_number_and_a_depth() {
        assert!(find_candidates(Kind::Number, &json!(1)).is_empty(), "a suggested path has a step");
        // The array itself is one of the searched values.
        assert_eq!(find_candidates(Kind::Number, &json!(vec![1; VALUES_LIMIT])).len(), VALUES_LIMIT - 1);
        let mut nested = json!({ "n": 1 });
        for _ in 0..DEPTH_LIMIT {
            nested = json!({ "n": 1, "inner": nested });
        }
        assert_eq!(find_candidates(Kind::Number, &nested).len(), DEPTH_LIMIT);
    }
}
