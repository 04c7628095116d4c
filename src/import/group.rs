//! Groups bodies that one template can render with different values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::body::members;
use crate::pointer::steps;

/// The structure of a body: everything except the values of its strings, numbers and booleans.
///
/// Bodies of the same structure have the same members, in any order, and arrays of the same lengths.
pub(super) fn structure(body: &Value) -> String {
    let mut structure = String::new();
    write_structure(&mut structure, "", body);
    structure
}

fn write_structure(structure: &mut String, name: &str, value: &Value) {
    match value {
        Value::Object(_) => {
            let mut sorted: Vec<_> = members(value, "").collect();
            sorted.sort_unstable_by_key(|(name, ..)| *name);
            structure.push('{');
            for (name, value, _) in sorted {
                let name = name.unwrap_or_default();
                structure.extend([&Value::from(name).to_string(), ":"]);
                write_structure(structure, name, value);
            }
            structure.push('}');
        }
        Value::Array(items) => {
            structure.push('[');
            for item in items {
                write_structure(structure, name, item);
            }
            structure.push(']');
        }
        scalar => match Kind::from_value(scalar).filter(|_| !FIXED.contains(&name)) {
            Some(kind) => structure.extend(["<", kind.name(), ">"]),
            None => structure.extend([&scalar.to_string(), ";"]),
        },
    }
}

/// Members that select the kind of an object, such as `type`. Their values belong to the template, not to a case.
const FIXED: &[&str] = &[
    "type",
    "role",
    "name",
    "format",
    "status",
    "media_type",
    "model",
    "anthropic_version",
    "schemaVersion",
    "taskType",
];

/// The type of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
        }
    }

    /// The type of a variable for `value`. `None` for values that TOML can't contain, or only in other digits.
    pub(super) fn from_value(value: &Value) -> Option<Kind> {
        match value {
            Value::String(_) => Some(Kind::String),
            Value::Bool(_) => Some(Kind::Boolean),
            Value::Number(number) => {
                let text = number.as_str();
                let decimal = !text.contains(['e', 'E']) && text.contains('.');
                let whole = text.parse::<i64>().is_ok() && text != "-0";
                if whole { Some(Kind::Integer) } else { decimal.then_some(Kind::Number) }
            }
            _ => None,
        }
    }
}

/// A variable, and the places in the body that it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    /// At least one pointer. In each body, all of them have the same value.
    pub(super) pointers: Vec<String>,
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The variables of bodies with the same structure: for values that differ, and for strings too long for a config.
pub(super) fn find_variables(bodies: &[&Value]) -> Vec<Variable> {
    let Some(first) = bodies.first() else { return Vec::new() };
    let mut scalars = Vec::new();
    collect_scalars(first, "", &mut scalars);
    let mut names = BTreeSet::new();
    let mut known: Vec<(Vec<&Value>, Variable)> = Vec::new();
    for (pointer, scalar) in scalars {
        let values: Vec<&Value> = bodies.iter().filter_map(|body| body.pointer(&pointer)).collect();
        let needs_variable = values.iter().any(|other| **other != *scalar || is_long(other));
        let Some(kind) = Kind::from_value(scalar).filter(|_| needs_variable) else { continue };
        if let Some((_, same)) =
            known.iter_mut().find(|(others, same)| *others == values && same.kind == kind)
        {
            same.pointers.push(pointer);
        } else {
            let name = unused_name(&mut names, &variable_name(first, &pointer));
            known.push((values, Variable { pointers: vec![pointer], name, kind }));
        }
    }
    known.into_iter().map(|(_, variable)| variable).collect()
}

fn collect_scalars<'a>(value: &'a Value, pointer: &str, scalars: &mut Vec<(String, &'a Value)>) {
    if !value.is_object() && !value.is_array() {
        scalars.push((pointer.to_owned(), value));
    }
    members(value, pointer).for_each(|(_, value, pointer)| collect_scalars(value, &pointer, scalars));
}

/// Whether a string would make the config hard to read, such as encoded media or a whole document.
pub(super) fn is_long(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() > 16 << 10 || (text.len() > 1 << 10 && !text.contains(' ')))
}

/// The names of the variables by the pointers of the values that they replace.
pub(super) fn placeholders(variables: &[Variable]) -> BTreeMap<String, String> {
    let pairs = variables.iter().flat_map(|variable| {
        variable.pointers.iter().map(|pointer| (pointer.clone(), variable.name.clone()))
    });
    pairs.collect()
}

/// The name of a variable: the name of the innermost member that is specific enough, or `prompt` for a user's message.
fn variable_name(body: &Value, pointer: &str) -> String {
    let names: Vec<_> = steps(pointer).collect();
    let steps: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let role = match steps[..] {
        ["messages", index, "content", ..] => body["messages"][index.parse().unwrap_or(0)]["role"].as_str(),
        _ => None,
    };
    let is_text = matches!(steps.last(), Some(&"content" | &"text")) || steps.len() <= 3;
    if let (Some(role), true) = (role, is_text) {
        return if role == "user" { "prompt".to_owned() } else { snake_case(role) };
    }
    let last = steps.len().saturating_sub(1);
    let mut specific = steps.iter().enumerate().rev().filter(|(index, step)| {
        let vague = VAGUE.contains(*step) || (*index == last && **step == "text");
        !vague && step.parse::<usize>().is_err()
    });
    let Some((index, step)) = specific.next() else { return "body".to_owned() };
    let is_item = index < last && steps[index + 1].parse::<usize>().is_ok();
    let singular = step.strip_suffix('s').filter(|_| is_item).unwrap_or(step);
    snake_case(singular)
}

/// Names of members that are too general to name a variable.
const VAGUE: &[&str] = &["content", "bytes", "data", "source", "value", "json"];

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' });
    }
    if snake.starts_with(|char: char| char.is_ascii_alphabetic()) { snake } else { format!("value_{snake}") }
}

fn unused_name(names: &mut BTreeSet<String>, name: &str) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !names.contains(name));
    let free = free.expect("the range of numbers is unlimited");
    names.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_of_the_same_structure_differ_only_in_values() {
        let one = json!({ "max_tokens": 5, "messages": [{ "role": "user", "content": "a" }] });
        assert_eq!(
            structure(&one),
            structure(&json!({ "messages": [{ "content": "b", "role": "user" }], "max_tokens": 9 }))
        );
        for other in [
            json!({ "max_tokens": 5.0, "messages": [{ "role": "user", "content": "a" }] }),
            json!({ "max_tokens": 5, "messages": [{ "role": "assistant", "content": "a" }] }),
            json!({ "max_tokens": 5, "messages": [] }),
            json!({ "messages": [{ "role": "user", "content": "a" }] }),
        ] {
            assert_ne!(structure(&one), structure(&other), "{other}");
        }
    }

    #[track_caller]
    fn check(bodies: &[Value], expected: &[(&str, &str)]) {
        let bodies: Vec<&Value> = bodies.iter().collect();
        let variables = find_variables(&bodies);
        let found = variables.iter().map(|variable| (variable.name.as_str(), variable.kind.name()));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn values_that_differ_become_variables() {
        let claude = |system: &str, first: &str, second: &str, temperature: f64| {
            json!({
                "system": [{ "text": system }], "temperature": temperature, "maxTokens": 5,
                "messages": [{ "role": "user", "content": first }, { "role": "user", "content": [{ "text": second }] }],
            })
        };
        check(&[claude("a", "b", "c", 0.5), claude("a", "b", "c", 0.5)], &[]);
        let all =
            [("system", "string"), ("temperature", "number"), ("prompt", "string"), ("prompt_2", "string")];
        check(&[claude("a", "b", "c", 0.5), claude("b", "c", "d", 0.25)], &all);
        check(&[json!({ "inputText": "a" }), json!({ "inputText": "b" })], &[("input_text", "string")]);
        check(&[json!({ "texts": ["a"] }), json!({ "texts": ["b"] })], &[("text", "string")]);
        check(
            &[json!({ "x": { "text": { "value": 1 } } }), json!({ "x": { "text": { "value": 2 } } })],
            &[("text", "integer")],
        );
        check(&[json!("a"), json!("b")], &[("body", "string")]);
    }

    #[test]
    fn places_with_equal_values_share_a_variable() {
        let call =
            |id: &str| json!([{ "toolUse": { "toolUseId": id } }, { "toolResult": { "toolUseId": id } }]);
        check(&[call("a"), call("b")], &[("tool_use_id", "string")]);
    }

    #[test]
    fn long_strings_become_variables_too() {
        let image = json!({ "messages": [{ "role": "user", "content": [{ "image": { "source": { "bytes": "A".repeat(2000) } } }] }] });
        check(&[image], &[("image", "string")]);
    }
}
