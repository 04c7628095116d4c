//! Request bodies against the schema of their family.

mod across;
mod members;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::family::RequestSchema;
use super::value;
use crate::pointer::{join, split_last};
use crate::words::nearest;

/// One thing in a body that its model refuses, or may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub kind: Kind,
    /// JSON pointer of the member that is wrong; for a missing one, of the object that lacks it.
    pub pointer: String,
    /// Whether AWS refuses it for sure.
    pub sure: bool,
    /// Whether another value in its place could be right.
    pub by_value: bool,
    pub message: String,
    pub help: Option<String>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A member that the family doesn't have.
    Member,
    /// A member that it needs.
    Missing,
    /// A value that it doesn't take.
    Value,
    /// What this generation of the family doesn't take.
    Generation,
}

/// What a body is checked against.
#[derive(Clone, Copy)]
pub struct Expected<'s> {
    /// Its id.
    pub id: &'s str,
    pub schema: &'s RequestSchema,
    /// As people call the family.
    pub family: &'s str,
    /// The base model's ID, where it is known.
    pub base: Option<&'s str>,
}

/// Bodies have few mistakes; this many are told of one.
const MOST: usize = 50;

/// Everything in `body` that is not as `expected`, one violation a mistake.
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

/// What is told of a place once is enough, and of what is missing nothing is to be said inside.
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

/// The message and the help for a value that the schema refuses.
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

/// The part of the schema that a violation is of.
struct Rule<'s> {
    schema: &'s Value,
    keyword: String,
    /// Its place in the root, with the keyword.
    path: String,
}

impl<'s> Rule<'s> {
    fn of(error: &ValidationError<'_>, root: &'s Value, within: &str) -> Rule<'s> {
        let path = format!("{within}{}", error.schema_path().as_str());
        let (holder, keyword) = path.rsplit_once('/').unwrap_or(("", ""));
        let schema = root.pointer(holder).unwrap_or(root);
        Rule { schema, keyword: keyword.to_owned(), path: path.clone() }
    }

    /// What the schema says for people. It is about `not` where there is one, else about what no generic words tell.
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

    /// Whether there is no right value at all.
    fn forbids(&self) -> bool {
        self.keyword == "not" && self.schema["not"].as_object().is_some_and(serde_json::Map::is_empty)
    }

    /// Whether the member itself is what is wrong, whatever its value and whatever stands beside it.
    fn forbids_a_member(&self) -> bool {
        let holder = self.path.rsplit('/').nth(2);
        self.forbids() && holder == Some("properties")
    }
}

#[cfg(test)]
mod tests;
