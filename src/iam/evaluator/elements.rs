//! Reads the elements of a statement.

use serde_json::Value;

use super::comparison;
use super::error::PolicyErrorKind;
use super::operator::Operator;
use super::policy::{Condition, Located, Matcher};
use super::principal::{Principal, PrincipalEntry, Principals};
use super::reader::Reader;
use crate::pointer::{join, split_last};

const PRINCIPAL_TYPES: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(super) fn actions(reader: &mut Reader, value: &Value, pointer: &str) -> Matcher {
    matcher(reader, value, pointer, |action| {
        (!is_action(action)).then(|| PolicyErrorKind::Action { found: action.to_owned() })
    })
}

/// `*`, or the name of a service and that of an action. Only the action may contain wildcards.
fn is_action(text: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match text.split_once(':') {
        _ if matches!(text, "*" | "*:*") => true,
        Some((service, action)) if !service.is_empty() && !action.is_empty() => {
            plain(service)
                && !action.contains(|character: char| character == ':' || character.is_whitespace())
        }
        _ => false,
    }
}

pub(super) fn resources(reader: &mut Reader, value: &Value, pointer: &str) -> Matcher {
    matcher(reader, value, pointer, |resource| {
        let valid = resource == "*" || resource.starts_with("arn:");
        (!valid).then(|| PolicyErrorKind::Resource { found: resource.to_owned() })
    })
}

fn matcher(
    reader: &mut Reader,
    value: &Value,
    pointer: &str,
    mistake: impl Fn(&str) -> Option<PolicyErrorKind>,
) -> Matcher {
    let mut patterns = Vec::new();
    for (pointer, value) in reader.one_or_more(value, pointer) {
        let Some(text) = reader.string(value, &pointer) else { continue };
        match mistake(text) {
            Some(mistake) => reader.error(&pointer, mistake),
            None => patterns.push(Located { pointer, text: text.to_owned() }),
        }
    }
    Matcher { negated: is_negated(pointer), patterns }
}

/// Whether the name of the element, the last step of the pointer, starts with `Not`.
fn is_negated(pointer: &str) -> bool {
    split_last(pointer).is_some_and(|(_, name)| name.starts_with("Not"))
}

pub(super) fn principals(reader: &mut Reader, value: &Value, pointer: &str) -> Principals {
    let mut entries = Vec::new();
    match value {
        Value::String(text) if text == "*" => {
            entries.push(PrincipalEntry { pointer: pointer.to_owned(), principal: Principal::Anyone });
        }
        Value::Object(types) => {
            if types.is_empty() {
                reader.error(pointer, PolicyErrorKind::Empty { member: "Principal".to_owned() });
            }
            for (name, value) in types {
                entries.extend(principals_of_type(reader, name, value, &join(pointer, name)));
            }
        }
        Value::String(found) => reader.error(pointer, PolicyErrorKind::Principal { found: found.clone() }),
        other => reader.wrong_type(pointer, "an object or `*`", other),
    }
    Principals { pointer: pointer.to_owned(), negated: is_negated(pointer), entries }
}

fn principals_of_type(reader: &mut Reader, name: &str, value: &Value, pointer: &str) -> Vec<PrincipalEntry> {
    let read: fn(&str) -> Option<Principal> = match name {
        "AWS" => Principal::from_aws,
        "Service" => |text| Some(Principal::Service(text.to_owned())),
        "Federated" => |text| Some(Principal::Federated(text.to_owned())),
        "CanonicalUser" => |text| Some(Principal::CanonicalUser(text.to_owned())),
        _ => {
            let known = &PRINCIPAL_TYPES;
            reader.error(pointer, PolicyErrorKind::PrincipalType { found: name.to_owned(), known });
            return Vec::new();
        }
    };
    let mut entries = Vec::new();
    for (pointer, value) in reader.one_or_more(value, pointer) {
        let Some(text) = reader.string(value, &pointer) else { continue };
        match read(text) {
            Some(principal) => entries.push(PrincipalEntry { pointer, principal }),
            None => reader.error(&pointer, PolicyErrorKind::Principal { found: text.to_owned() }),
        }
    }
    entries
}

/// Reads `{operator: {key: value or values}}`.
pub(super) fn conditions(reader: &mut Reader, value: &Value, pointer: &str) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (name, keys) in reader.object(value, pointer).into_iter().flatten() {
        let pointer = join(pointer, name);
        let operator = Operator::parse(name);
        if operator.is_none() {
            reader.error(&pointer, PolicyErrorKind::Operator { found: name.clone() });
        }
        for (key, values) in reader.object(keys, &pointer).into_iter().flatten() {
            let pointer = join(&pointer, key);
            let values = condition_values(reader, operator, values, &pointer);
            if let Some(operator) = operator {
                conditions.push(Condition { pointer, operator, key: key.clone(), values });
            }
        }
    }
    conditions
}

fn condition_values(
    reader: &mut Reader,
    operator: Option<Operator>,
    value: &Value,
    pointer: &str,
) -> Vec<Located> {
    let mut values = Vec::new();
    for (pointer, value) in reader.one_or_more(value, pointer) {
        let Some(text) = scalar(value) else {
            reader.wrong_type(&pointer, "a string, number or boolean", value);
            continue;
        };
        let expected = operator.and_then(|operator| comparison::expected(operator.comparison, &text));
        match expected {
            Some(expected) => {
                reader.error(&pointer, PolicyErrorKind::ConditionValue { expected, found: text });
            }
            None => values.push(Located { pointer, text }),
        }
    }
    values
}

/// The text of a condition value. Policies can contain numbers and booleans without quotes.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
