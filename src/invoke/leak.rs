//! Secrets in a fixture that is about to be written.

use serde_json::Value;

use crate::diagnose::secrets;
use crate::pointer::{join, join_index};

/// A secret in text that is about to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The kind of secret, with an article.
    pub name: String,
    /// JSON pointer into the fixture.
    pub pointer: String,
}

/// The first secret in the text of a fixture: text that looks like a secret, or one of the `known` secrets.
pub(super) fn find_leak(text: &str, known: &[String]) -> Option<Leak> {
    let find_secret = |text: &str| -> Option<String> {
        if let Some(secret) = secrets(text).first() {
            return Some(secret.name.to_owned());
        }
        let is_known = known.iter().any(|secret| text.contains(secret.as_str()));
        is_known.then(|| "a secret that the call is signed with".to_owned())
    };
    let value = serde_json::from_str(text).unwrap_or(Value::Null);
    let in_value = find_in_value("", None, &value, &find_secret);
    in_value.or_else(|| find_secret(text).map(|name| Leak { name, pointer: String::new() }))
}

fn find_in_value(
    pointer: &str,
    name: Option<&str>,
    value: &Value,
    find_secret: &dyn Fn(&str) -> Option<String>,
) -> Option<Leak> {
    match value {
        Value::String(text) => {
            // Some secrets are only recognised by the name of their member.
            let named = name.and_then(|name| find_secret(&format!("\"{name}\": \"{text}\"")));
            find_secret(text).or(named).map(|name| Leak { name, pointer: pointer.to_owned() })
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_in_value(&join_index(pointer, index), None, item, find_secret)),
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let pointer = join(pointer, name);
            find_secret(name)
                .map(|name| Leak { name, pointer: pointer.clone() })
                .or_else(|| find_in_value(&pointer, Some(name), value, find_secret))
        }),
        _ => None,
    }
}
