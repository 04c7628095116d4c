//! Messages about unknown and missing members.

use std::sync::LazyLock;

use serde_json::Value;

use super::ExpectedFamily;
use crate::words::{nearest, quoted_commas};

/// A help lists the known members only if there are at most this many.
const MEMBERS_LIMIT: usize = 12;

/// Groups of member names that have the same meaning in the bodies of different families.
static SYNONYMS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../schemas/families/synonyms.json"))
        .expect("the JSON is an array of arrays of names")
});

/// The members that the object of `schema` may have.
pub(super) fn known_members(schema: &Value) -> Vec<&str> {
    let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let allowed = members.filter(|(_, inner)| !is_forbidden(inner));
    allowed.map(|(name, _)| name.as_str()).collect()
}

fn is_forbidden(schema: &Value) -> bool {
    schema.get("not").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
}

pub(super) fn describe_unknown(
    name: &str,
    known: &[&str],
    family: ExpectedFamily<'_>,
) -> (String, Option<String>) {
    let message = format!("{} does not accept the member `{name}` here", family.name);
    let similar = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let synonym = || find_synonym(name, &family.schema.root).map(|path| format!("write `{path}`"));
    let listed = || match known.len() {
        1..=MEMBERS_LIMIT => Some(format!("the members here are {}", quoted_commas(known))),
        _ => None,
    };
    (message, similar.or_else(synonym).or_else(listed))
}

pub(super) fn describe_missing(name: &str) -> (String, Option<String>) {
    (format!("`{name}` is missing"), Some(format!("add `\"{name}\": …`")))
}

/// The family's member with the same meaning as `name`, as a path with dots. It is at the top of the body
/// or one level below.
fn find_synonym(name: &str, root: &Value) -> Option<String> {
    let groups = SYNONYMS.iter().filter(|group| group.iter().any(|other| other == name));
    let names: Vec<&str> = groups.flatten().map(String::as_str).collect();
    let top = known_members(root);
    let direct = top.iter().find(|own| names.contains(own)).map(|own| (*own).to_owned());
    direct.or_else(|| top.iter().find_map(|table| find_in_member(root, table, &names)))
}

fn find_in_member(root: &Value, table: &str, names: &[&str]) -> Option<String> {
    let property = &root["properties"][table];
    let target = property.get("$ref").and_then(Value::as_str).map(|target| target.trim_start_matches('#'));
    let schema = target.and_then(|target| root.pointer(target)).unwrap_or(property);
    let inner = known_members(schema).into_iter().find(|inner| names.contains(inner))?;
    Some(format!("{table}.{inner}"))
}
