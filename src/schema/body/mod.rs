//! Checks request bodies with the schema of their family.

mod consistency;
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
    pub kind: ViolationKind,
    /// JSON pointer of the wrong member. For a missing member, of the object that lacks it.
    pub pointer: String,
    /// Whether AWS certainly refuses the body.
    pub sure: bool,
    /// Whether another value of the member could be valid.
    pub depends_on_value: bool,
    pub message: String,
    pub help: Option<String>,
}

/// The kind of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViolationKind {
    /// A member that the family doesn't have.
    UnknownMember,
    /// A required member is missing.
    MissingMember,
    /// A value that the family doesn't accept.
    InvalidValue,
    /// A member or value that the family accepts, but not this generation of models.
    UnsupportedByGeneration,
}

/// The family that a body is checked against.
#[derive(Clone, Copy)]
pub struct ExpectedFamily<'s> {
    /// The family's id.
    pub id: &'s str,
    pub schema: &'s RequestSchema,
    /// The family's name in messages.
    pub name: &'s str,
    /// The ID of the base model, if it is known.
    pub base: Option<&'s str>,
}

/// The most violations that are reported for one body.
const VIOLATIONS_LIMIT: usize = 50;

/// Finds everything in `body` that violates the schema of the family, with one violation for each mistake.
pub fn find_violations(body: &Value, family: ExpectedFamily<'_>) -> Vec<Violation> {
    let schema = family.schema;
    let mut found = Vec::new();
    if !schema.validator.is_valid(body) {
        let errors = schema.validator.iter_errors(body).take(VIOLATIONS_LIMIT);
        found.extend(errors.flat_map(|error| violations_from_error(&error, family, "")));
    }
    let generations = family.base.into_iter().flat_map(|base| schema.generations_for(base));
    for generation in generations {
        let validator = schema.validator_for(generation);
        if validator.is_valid(body) {
            continue;
        }
        let errors = validator.iter_errors(body).take(VIOLATIONS_LIMIT);
        let for_generation =
            errors.flat_map(|error| violations_from_error(&error, family, &generation.pointer));
        let kind = |kind: ViolationKind| {
            if kind == ViolationKind::MissingMember { kind } else { ViolationKind::UnsupportedByGeneration }
        };
        found.extend(for_generation.map(|violation| Violation { kind: kind(violation.kind), ..violation }));
    }
    found.extend(consistency::find_violations(family.id, body));
    remove_duplicates(found)
}

/// Keeps one violation for each pointer, the surest first. Missing members are all kept: several can be
/// missing in one object.
fn remove_duplicates(mut found: Vec<Violation>) -> Vec<Violation> {
    found.sort_by(|a, b| (&a.pointer, !a.sure, a.kind).cmp(&(&b.pointer, !b.sure, b.kind)));
    found.dedup_by(|next, first| {
        next.pointer == first.pointer
            && next.kind != ViolationKind::MissingMember
            && first.kind != ViolationKind::MissingMember
    });
    found.dedup();
    found
}

fn violations_from_error(
    error: &ValidationError<'_>,
    family: ExpectedFamily<'_>,
    within: &str,
) -> Vec<Violation> {
    let rule = ViolatedRule::from_error(error, &family.schema.root, within);
    let pointer = error.instance_path().as_str();
    let violation =
        |kind: ViolationKind, pointer: String, (message, help): (String, Option<String>)| Violation {
            kind,
            pointer,
            sure: rule.is_sure(),
            depends_on_value: kind == ViolationKind::InvalidValue && !rule.forbids_any_value(),
            message: rule.message().map_or(message, str::to_owned),
            help: rule.help().map(str::to_owned).or(help),
        };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = members::known_members(rule.schema);
            let violations = unexpected.iter().take(VIOLATIONS_LIMIT).map(|name| {
                violation(
                    ViolationKind::UnknownMember,
                    join(pointer, name),
                    members::describe_unknown(name, &known, family),
                )
            });
            violations.collect()
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![violation(ViolationKind::MissingMember, pointer.to_owned(), members::describe_missing(name))]
        }
        _ if rule.forbids_member() => {
            let (_, name) = split_last(pointer).unwrap_or_default();
            vec![violation(
                ViolationKind::UnknownMember,
                pointer.to_owned(),
                members::describe_unknown(&name, &[], family),
            )]
        }
        _ => vec![violation(ViolationKind::InvalidValue, pointer.to_owned(), describe_invalid_value(error))],
    }
}

/// The message and the help for a value that the schema does not allow.
fn describe_invalid_value(error: &ValidationError<'_>) -> (String, Option<String>) {
    let pointer = error.instance_path().as_str();
    let expected = match error.kind() {
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            "expected exactly one kind of content".to_owned()
        }
        _ => value::describe_expected(error),
    };
    let found = value::describe_found(error);
    let message = match value::key_name(pointer) {
        name if name.is_empty() => format!("{expected}, found {found}"),
        name => format!("`{name}`: {expected}, found {found}"),
    };
    (message, suggest_option(error))
}

fn suggest_option(error: &ValidationError<'_>) -> Option<String> {
    let ValidationErrorKind::Enum { options } = error.kind() else { return None };
    let options = options.as_array()?.iter().filter_map(Value::as_str);
    let near = nearest(error.instance().as_ref().as_str()?, options)?;
    Some(format!("did you mean `{near}`?"))
}

/// The part of the schema that a body violates.
struct ViolatedRule<'s> {
    schema: &'s Value,
    keyword: String,
    /// The pointer of the keyword in the root.
    path: String,
}

impl<'s> ViolatedRule<'s> {
    fn from_error(error: &ValidationError<'_>, root: &'s Value, within: &str) -> ViolatedRule<'s> {
        let path = format!("{within}{}", error.schema_path().as_str());
        let (holder, keyword) = path.rsplit_once('/').unwrap_or(("", ""));
        let schema = root.pointer(holder).unwrap_or(root);
        ViolatedRule { schema, keyword: keyword.to_owned(), path: path.clone() }
    }

    /// The text of the schema at `name`. It applies to `not` if the schema has one, and otherwise to the
    /// keywords for which a generated message would explain too little.
    fn published_text(&self, name: &str) -> Option<&'s str> {
        const EXPLAINED: [&str; 4] = ["minProperties", "maxProperties", "required", "contains"];
        let has_not = self.schema.get("not").is_some();
        let is_explained =
            if has_not { self.keyword == "not" } else { EXPLAINED.contains(&self.keyword.as_str()) };
        self.schema.get(name)?.as_str().filter(|_| is_explained)
    }

    fn message(&self) -> Option<&'s str> {
        self.published_text("x-says")
    }

    fn help(&self) -> Option<&'s str> {
        self.published_text("x-help")
    }

    fn is_sure(&self) -> bool {
        let may = self.schema.get("x-may").and_then(Value::as_array).into_iter().flatten();
        !may.filter_map(Value::as_str).any(|keyword| keyword == self.keyword)
    }

    /// Whether the schema allows no value at all.
    fn forbids_any_value(&self) -> bool {
        self.keyword == "not" && self.schema["not"].as_object().is_some_and(serde_json::Map::is_empty)
    }

    /// Whether the member itself is forbidden, with any value and next to any other members.
    fn forbids_member(&self) -> bool {
        let holder = self.path.rsplit('/').nth(2);
        self.forbids_any_value() && holder == Some("properties")
    }
}

#[cfg(test)]
mod tests;
