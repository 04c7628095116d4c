//! Checks request bodies with the schema of their family.

mod across;
mod members;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::family::RequestSchema;
use super::value;
use crate::pointer::{join, split_last};
use crate::words::nearest;

/// A part of a body that the model refuses, or may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub kind: Kind,
    /// JSON pointer of the wrong member. For a missing member, of the object that lacks it.
    pub pointer: String,
    /// Whether AWS certainly refuses the body.
    pub sure: bool,
    /// Whether another value of the member could be valid.
    pub by_value: bool,
    pub message: String,
    pub help: Option<String>,
}

/// The kind of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A member that the family doesn't have.
    Member,
    /// A required member is missing.
    Missing,
    /// A value that the family doesn't accept.
    Value,
    /// A member or value that the family accepts, but not this generation of models.
    Generation,
}

/// The family that a body is checked against.
#[derive(Clone, Copy)]
pub struct Expected<'s> {
    /// The family's id.
    pub id: &'s str,
    pub schema: &'s RequestSchema,
    /// The family's name in messages.
    pub family: &'s str,
    /// The ID of the base model, if it is known.
    pub base: Option<&'s str>,
}

/// The most violations that are reported for one body.
const MOST: usize = 50;

/// Finds everything in `body` that violates the schema of the family, with one violation for each mistake.
pub fn violations(body: &Value, expected: Expected<'_>) -> Vec<Violation> {
    let schema = expected.schema;
    let mut found = Vec::new();
    if !schema.validator.is_valid(body) {
        let errors = schema.validator.iter_errors(body).take(MOST);
        found.extend(errors.flat_map(|error| told(&error, expected, "")));
    }
    let generations = expected.base.into_iter().flat_map(|base| schema.generations_of(base));
    for generation in generations {
        let validator = schema.validator_of(generation);
        if validator.is_valid(body) {
            continue;
        }
        let errors = validator.iter_errors(body).take(MOST);
        let of_generation = errors.flat_map(|error| told(&error, expected, &generation.pointer));
        let kind = |kind: Kind| if kind == Kind::Missing { kind } else { Kind::Generation };
        found.extend(of_generation.map(|violation| Violation { kind: kind(violation.kind), ..violation }));
    }
    found.extend(across::violations(expected.id, body));
    without_echoes(found)
}

/// Keeps one violation for each pointer, the surest first. Missing members are all kept: several can be
/// missing in one object.
fn without_echoes(mut found: Vec<Violation>) -> Vec<Violation> {
    found.sort_by(|a, b| (&a.pointer, !a.sure, a.kind).cmp(&(&b.pointer, !b.sure, b.kind)));
    found.dedup_by(|next, first| {
        next.pointer == first.pointer && next.kind != Kind::Missing && first.kind != Kind::Missing
    });
    found.dedup();
    found
}

fn told(error: &ValidationError<'_>, expected: Expected<'_>, within: &str) -> Vec<Violation> {
    let rule = Rule::of(error, &expected.schema.root, within);
    let pointer = error.instance_path().as_str();
    let violation = |kind: Kind, pointer: String, (message, help): (String, Option<String>)| Violation {
        kind,
        pointer,
        sure: rule.is_sure(),
        by_value: kind == Kind::Value && !rule.forbids(),
        message: rule.says().map_or(message, str::to_owned),
        help: rule.help().map(str::to_owned).or(help),
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = members::known(rule.schema);
            let told = unexpected.iter().take(MOST).map(|name| {
                violation(Kind::Member, join(pointer, name), members::unknown(name, &known, expected))
            });
            told.collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![violation(Kind::Missing, pointer.to_owned(), members::missing(name))]
        }
        _ if rule.forbids_a_member() => {
            let (_, name) = split_last(pointer).unwrap_or_default();
            vec![violation(Kind::Member, pointer.to_owned(), members::unknown(&name, &[], expected))]
        }
        _ => vec![violation(Kind::Value, pointer.to_owned(), refused_value(error))],
    }
}

/// The message and the help for a value that the schema does not allow.
fn refused_value(error: &ValidationError<'_>) -> (String, Option<String>) {
    let pointer = error.instance_path().as_str();
    let expected = match error.kind() {
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            "expected exactly one kind of content".to_owned()
        }
        _ => value::expectation(error),
    };
    let found = value::found(error);
    let message = match value::name(pointer) {
        name if name.is_empty() => format!("{expected}, found {found}"),
        name => format!("`{name}`: {expected}, found {found}"),
    };
    (message, meant(error))
}

fn meant(error: &ValidationError<'_>) -> Option<String> {
    let ValidationErrorKind::Enum { options } = error.kind() else { return None };
    let options = options.as_array()?.iter().filter_map(Value::as_str);
    let near = nearest(error.instance().as_ref().as_str()?, options)?;
    Some(format!("did you mean `{near}`?"))
}

/// The part of the schema that a body violates.
struct Rule<'s> {
    schema: &'s Value,
    keyword: String,
    /// The pointer of the keyword in the root.
    path: String,
}

impl<'s> Rule<'s> {
    fn of(error: &ValidationError<'_>, root: &'s Value, within: &str) -> Rule<'s> {
        let path = format!("{within}{}", error.schema_path().as_str());
        let (holder, keyword) = path.rsplit_once('/').unwrap_or(("", ""));
        let schema = root.pointer(holder).unwrap_or(root);
        Rule { schema, keyword: keyword.to_owned(), path: path.clone() }
    }

    /// The text of the schema at `name`. It applies to `not` if the schema has one, and otherwise to the
    /// keywords for which a generated message would explain too little.
    fn text(&self, name: &str) -> Option<&'s str> {
        const SPOKEN_FOR: [&str; 4] = ["minProperties", "maxProperties", "required", "contains"];
        let has_not = self.schema.get("not").is_some();
        let spoken_for =
            if has_not { self.keyword == "not" } else { SPOKEN_FOR.contains(&self.keyword.as_str()) };
        self.schema.get(name)?.as_str().filter(|_| spoken_for)
    }

    fn says(&self) -> Option<&'s str> {
        self.text("x-says")
    }

    fn help(&self) -> Option<&'s str> {
        self.text("x-help")
    }

    fn is_sure(&self) -> bool {
        let may = self.schema.get("x-may").and_then(Value::as_array).into_iter().flatten();
        !may.filter_map(Value::as_str).any(|keyword| keyword == self.keyword)
    }

    /// Whether the schema allows no value at all.
    fn forbids(&self) -> bool {
        self.keyword == "not" && self.schema["not"].as_object().is_some_and(serde_json::Map::is_empty)
    }

    /// Whether the member itself is forbidden, with any value and next to any other members.
    fn forbids_a_member(&self) -> bool {
        let holder = self.path.rsplit('/').nth(2);
        self.forbids() && holder == Some("properties")
    }
}

#[cfg(test)]
mod tests;
