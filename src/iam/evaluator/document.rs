//! Reading a policy document.

use serde_json::{Map, Value};

use super::error::{PolicyError, PolicyErrorKind};
use super::policy::{Policy, PolicyKind, Version};
use super::statement::StatementReader;

/// Far above IAM's own limits of 4,096 to 10,240 characters; bounds what evaluating a policy can cost.
const MAX_CHARACTERS: usize = 65_536;
const MEMBERS: [&str; 3] = ["Version", "Id", "Statement"];

impl Policy {
    /// Reads the document. The errors are all mistakes, in document order, with those about what an object
    /// lacks before those in it.
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
        let pointer = child("", name);
        match name.as_str() {
            "Version" => policy.version = version(reader, value, &pointer),
            "Id" => drop(reader.string(value, &pointer)),
            "Statement" => {
                let mut statements = StatementReader::new(reader, kind);
                policy.statements = statements.all(value, &pointer);
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

/// The characters of all strings and names, found without recursion.
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

/// Collects the mistakes; what is mistaken is read as nothing.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) errors: Vec<PolicyError>,
}

impl Reader {
    pub(super) fn error(&mut self, pointer: &str, kind: PolicyErrorKind) {
        self.errors.push(PolicyError::new(pointer, kind));
    }

    pub(super) fn wrong_type(&mut self, pointer: &str, expected: &'static str, found: &Value) {
        self.error(pointer, PolicyErrorKind::WrongType { expected, found: type_of(found) });
    }

    pub(super) fn unknown_member(&mut self, pointer: &str, name: &str, known: &'static [&'static str]) {
        self.error(pointer, PolicyErrorKind::UnknownMember { name: name.to_owned(), known });
    }

    pub(super) fn object<'v>(&mut self, value: &'v Value, pointer: &str) -> Option<&'v Map<String, Value>> {
        if value.as_object().is_none() {
            self.wrong_type(pointer, "an object", value);
        }
        value.as_object()
    }

    pub(super) fn string<'v>(&mut self, value: &'v Value, pointer: &str) -> Option<&'v str> {
        if value.as_str().is_none() {
            self.wrong_type(pointer, "a string", value);
        }
        value.as_str()
    }

    /// A value or a list of values, each with its pointer. An empty list is a mistake.
    pub(super) fn one_or_more<'v>(&mut self, value: &'v Value, pointer: &str) -> Vec<(String, &'v Value)> {
        match value {
            Value::Array(items) if items.is_empty() => {
                let member = pointer.rsplit('/').next().unwrap_or_default();
                let member = member.replace("~1", "/").replace("~0", "~");
                self.error(pointer, PolicyErrorKind::Empty { member });
                Vec::new()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)).collect()
            }
            one => vec![(pointer.to_owned(), one)],
        }
    }
}

/// The JSON pointer of a member.
pub(super) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
