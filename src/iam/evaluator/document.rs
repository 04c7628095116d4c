//! Reads a policy document.

use serde_json::{Map, Value};

use super::error::{PolicyError, PolicyErrorKind};
use super::policy::{Policy, PolicyKind, Version};
use super::reader::Reader;
use super::statement::StatementReader;
use crate::pointer::join;

/// Limits the time that evaluating a policy can take. IAM's own limits are 4,096 to 10,240 characters.
const MAX_CHARACTERS: usize = 65_536;
const MEMBERS: [&str; 3] = ["Version", "Id", "Statement"];

impl Policy {
    /// Reads the document, or returns all mistakes in it. They are in document order, except that the missing members
    /// of an object precede the mistakes in its members.
    pub fn read(document: &Value, kind: PolicyKind) -> Result<Self, Vec<PolicyError>> {
        let mut reader = Reader::default();
        if characters(document) > MAX_CHARACTERS {
            reader.error("", PolicyErrorKind::TooLong { limit: MAX_CHARACTERS });
            return Err(reader.errors);
        }
        let policy = reader.object(document, "").map(|object| policy(&mut reader, object, kind));
        match policy {
            Some(policy) if reader.errors.is_empty() => Ok(policy),
            _ => Err(reader.errors),
        }
    }
}

fn policy(reader: &mut Reader, object: &Map<String, Value>, kind: PolicyKind) -> Policy {
    let mut policy = Policy { version: Version::default(), statements: Vec::new() };
    if !object.contains_key("Statement") {
        reader.error("", PolicyErrorKind::Missing { place: "policy", member: "Statement" });
    }
    for (name, value) in object {
        let pointer = join("", name);
        match name.as_str() {
            "Version" => policy.version = version(reader, value, &pointer),
            "Id" => drop(reader.string(value, &pointer)),
            "Statement" => {
                let mut statements = StatementReader::new(reader, kind);
                policy.statements = statements.read_all(value, &pointer);
            }
            _ => reader.unknown_member(&pointer, name, &MEMBERS),
        }
    }
    policy
}

fn version(reader: &mut Reader, value: &Value, pointer: &str) -> Version {
    match reader.string(value, pointer) {
        Some("2012-10-17") => Version::V2012,
        Some("2008-10-17") | None => Version::V2008,
        Some(found) => {
            reader.error(pointer, PolicyErrorKind::Version { found: found.to_owned() });
            Version::V2008
        }
    }
}

/// Counts the characters of all strings and names, without recursion.
fn characters(document: &Value) -> usize {
    let (mut total, mut left) = (0, vec![document]);
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => total += text.len(),
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                total += members.keys().map(String::len).sum::<usize>();
                left.extend(members.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        total += 1;
    }
    total
}

#[cfg(test)]
mod tests;
