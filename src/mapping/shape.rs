//! Checks paths against the schema of a response, without a response: finds paths that can't match.

use std::ops::Range;

use serde_json::Value;

use super::step::{Selects, Step};
use super::{Combine, Field, JsonPath, Kind, Mapping, Source};
use crate::words::with_article;

/// A field whose path can't match in a response of the schema, and why.
#[derive(Clone, Debug)]
pub struct Mismatch<'m> {
    pub field: &'m Field,
    /// The step that can't match, in bytes of the path as the config has it.
    pub at: Range<usize>,
    pub kind: MismatchKind,
    path: &'m JsonPath,
    step: Range<usize>,
}

impl<'m> Mismatch<'m> {
    fn new(field: &'m Field, path: &'m JsonPath, step: Range<usize>, kind: MismatchKind) -> Mismatch<'m> {
        Mismatch { field, at: path.as_written(&step), kind, path, step }
    }

    /// The path with the step that can't match replaced by the member `name`.
    pub fn with_member(&self, name: &str) -> String {
        let (text, step) = (self.path.text(), &self.step);
        format!("{}.{name}{}", &text[..step.start], &text[step.end..])
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MismatchKind {
    /// The object has no such member. `known` are the members that it has.
    #[error("there is no `{name}`")]
    NoMember { name: String, known: Vec<String>, at_top: bool },
    /// The step selects members or items, and the value can't have any.
    #[error("{found} has no {wanted}")]
    NoChildren { found: String, wanted: &'static str },
    /// The path ends at a value of another kind than the field expects.
    #[error("expected {wanted}, found {found}")]
    Type { found: String, wanted: Kind },
}

impl MismatchKind {
    /// Whether the path could match after all, because of a member that is newer than the schema.
    pub fn could_match(&self) -> bool {
        matches!(self, MismatchKind::NoMember { .. })
    }
}

impl Mapping {
    /// The fields whose path can't match in a response of `schema`.
    pub fn find_mismatches(&self, schema: &Value) -> Vec<Mismatch<'_>> {
        self.fields.iter().filter_map(|field| find_mismatch(field, schema)).collect()
    }
}

fn find_mismatch<'m>(field: &'m Field, schema: &Value) -> Option<Mismatch<'m>> {
    let Source::Path { path, combine } = &field.source else { return None };
    let shape = Shape { root: schema };
    let mut nodes = vec![shape.resolve_ref(schema)];
    for (index, step) in path.steps().into_iter().enumerate() {
        match shape.follow(&nodes, &step, path, index == 0) {
            StepResult::To(next) => nodes = next,
            StepResult::Unknown => return None,
            StepResult::Impossible(kind) => return Some(Mismatch::new(field, path, step.at, kind)),
        }
    }
    let kind = find_wrong_type(field, combine, &nodes)?;
    Some(Mismatch::new(field, path, 0..path.text().len(), kind))
}

/// The mismatch if no value at `nodes` can have the kind that the field expects.
fn find_wrong_type(field: &Field, combine: &Combine, nodes: &[&Value]) -> Option<MismatchKind> {
    let wanted = match combine {
        Combine::One => field.kind,
        Combine::Join(_) => Kind::String,
        Combine::Collect => Kind::Any,
    };
    let fits = |node: &&Value| types(node).is_none_or(|types| types.iter().any(|kind| accepts(wanted, kind)));
    if wanted == Kind::Any || nodes.iter().any(fits) {
        return None;
    }
    let found = nodes.first().map(|node| describe_kinds(node)).unwrap_or_default();
    Some(MismatchKind::Type { found, wanted })
}

fn accepts(wanted: Kind, found: &str) -> bool {
    match wanted {
        Kind::Any => true,
        Kind::Integer | Kind::Number => matches!(found, "number" | "integer"),
        kind => kind.name() == found,
    }
}

/// The result of following one step.
enum StepResult<'s> {
    /// The schemas of the values that the step selects.
    To(Vec<&'s Value>),
    /// The schema doesn't describe the values that the step selects.
    Unknown,
    Impossible(MismatchKind),
}

#[derive(Clone, Copy)]
struct Shape<'s> {
    root: &'s Value,
}

impl<'s> Shape<'s> {
    fn follow(self, nodes: &[&'s Value], step: &Step, path: &JsonPath, at_top: bool) -> StepResult<'s> {
        if nodes.iter().any(|node| is_open(node)) {
            return StepResult::Unknown;
        }
        match &step.selects {
            Selects::Name(name) => self.member(nodes, name, at_top),
            Selects::Index(_) => self.items(nodes),
            Selects::Other if is_children(&path.text()[step.at.clone()]) => {
                let children: Vec<_> = nodes.iter().flat_map(|node| self.children(node)).collect();
                if children.is_empty() { impossible(nodes, "items") } else { StepResult::To(children) }
            }
            Selects::Other => StepResult::Unknown,
        }
    }

    fn member(self, nodes: &[&'s Value], name: &str, at_top: bool) -> StepResult<'s> {
        let objects: Vec<_> = nodes.iter().filter(|node| may_be(node, "object")).collect();
        if objects.is_empty() {
            return impossible(nodes, "members");
        }
        let members = || objects.iter().filter_map(|node| node.get("properties")?.as_object()).flatten();
        let found: Vec<_> =
            members().filter(|(own, _)| *own == name).map(|(_, inner)| self.resolve_ref(inner)).collect();
        if !found.is_empty() {
            return StepResult::To(found);
        }
        let known: Vec<String> = members().map(|(name, _)| name.clone()).collect();
        StepResult::Impossible(MismatchKind::NoMember { name: name.to_owned(), known, at_top })
    }

    fn items(self, nodes: &[&'s Value]) -> StepResult<'s> {
        let arrays: Vec<_> = nodes.iter().filter(|node| may_be(node, "array")).collect();
        if arrays.is_empty() {
            return impossible(nodes, "items");
        }
        let items: Vec<_> = arrays.iter().filter_map(|node| node.get("items")).collect();
        if items.len() < arrays.len() {
            return StepResult::Unknown;
        }
        StepResult::To(items.into_iter().map(|item| self.resolve_ref(item)).collect())
    }

    /// Every item and every member's value.
    fn children(self, node: &'s Value) -> Vec<&'s Value> {
        let items = node.get("items").filter(|_| may_be(node, "array"));
        let properties = node.get("properties").filter(|_| may_be(node, "object")).and_then(Value::as_object);
        let members = properties.into_iter().flatten().map(|(_, inner)| inner);
        items.into_iter().chain(members).map(|inner| self.resolve_ref(inner)).collect()
    }

    /// `schema` with its `$ref` followed.
    fn resolve_ref(self, schema: &'s Value) -> &'s Value {
        let target = schema.get("$ref").and_then(Value::as_str).map(|target| target.trim_start_matches('#'));
        target.and_then(|target| self.root.pointer(target)).unwrap_or(schema)
    }
}

fn impossible<'s>(nodes: &[&Value], wanted: &'static str) -> StepResult<'s> {
    let found = nodes.first().map(|node| describe_kinds(node)).unwrap_or_default();
    StepResult::Impossible(MismatchKind::NoChildren { found, wanted })
}

/// Whether `step` is a single wildcard, filter or slice, and not a list of selectors or `..`.
fn is_children(step: &str) -> bool {
    let inner = step.trim_start_matches(['.', '[']).trim_end_matches(']').trim();
    let is_slice =
        !inner.is_empty() && inner.chars().all(|char| char.is_ascii_digit() || "-: ".contains(char));
    !step.starts_with("..") && (inner == "*" || inner.starts_with('?') || is_slice)
}

/// Whether the value may contain members or items that the schema doesn't describe.
fn is_open(node: &Value) -> bool {
    let open = node.get("x-open").and_then(Value::as_bool).unwrap_or(false);
    open || types(node).is_none()
}

fn may_be(node: &Value, kind: &str) -> bool {
    types(node).is_none_or(|types| types.contains(&kind))
}

/// The types that a value may have; `None` for any.
fn types(node: &Value) -> Option<Vec<&str>> {
    match node.get("type")? {
        Value::String(only) => Some(vec![only]),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// The kinds that a value of this schema may have, with articles.
fn describe_kinds(node: &Value) -> String {
    let kinds = types(node).unwrap_or_default().into_iter().filter(|kind| *kind != "null");
    kinds.map(with_article).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "content": { "type": "array", "items": { "$ref": "#/definitions/block" } },
                "usage": { "type": "object", "properties": { "input_tokens": { "type": "number" } } },
                "trace": { "type": "object", "x-open": true },
                "stop": { "type": ["string", "null"] }
            },
            "definitions": { "block": { "type": "object", "properties": {
                "text": { "type": "string" }, "input": { "x-open": true } } } }
        })
    }

    #[track_caller]
    fn check(field: &str, spec: &Value, expected: Option<&str>) {
        let (mapping, _) = Mapping::compile(json!({ field: spec }).as_object().unwrap());
        let schema = schema();
        let mismatches = mapping.find_mismatches(&schema);
        let path = spec.as_str().or_else(|| spec["path"].as_str()).unwrap();
        let first =
            mismatches.first().map(|mismatch| format!("{} {}", &path[mismatch.at.clone()], mismatch.kind));
        assert_eq!(first.as_deref(), expected, "{spec}");
    }

    #[test]
    fn paths_that_can_match_are_not_reported() {
        for path in
            ["$.content[0].text", "$.content[?@.type=='text'].text", "$.stop", "$..text", "$.trace.a.b"]
        {
            check("output_text", &json!(path), None);
        }
        check("input_tokens", &json!("$.usage.input_tokens"), None);
        check("any", &json!("$.content"), None);
        check("any", &json!("$.content[0].input.city"), None);
        check("output_text", &json!({ "path": "$.content[*].text", "join": "" }), None);
    }

    #[test]
    fn paths_that_cannot_match_are_reported_at_the_step() {
        check("output_text", &json!("$.output.text"), Some(".output there is no `output`"));
        check("output_text", &json!("$.content[0].txt"), Some(".txt there is no `txt`"));
        check("output_text", &json!("$.content.text"), Some(".text an array has no members"));
        check("output_text", &json!("$.usage[0]"), Some("[0] an object has no items"));
        check("x", &json!("$.stop.reason"), Some(".reason a string has no members"));
        check("output_text", &json!("$.content"), Some("$.content expected a string, found an array"));
        check("input_tokens", &json!("$.stop"), Some("$.stop expected a number, found a string"));
        check("output_text", &json!("usage.tokens"), Some(".tokens there is no `tokens`"));
    }

    #[test]
    fn wildcards_filters_and_slices_select_children() {
        for step in ["[*]", ".*", "[?@.type=='text']", "[1:2]", "[::-1]", "[ * ]"] {
            assert!(is_children(step), "{step}");
        }
        for step in ["..*", "..[*]", "..[?@.a]", "[0,1]", "['a','b']", "[*,*]"] {
            assert!(!is_children(step), "{step}");
        }
        check("x", &json!("$.content[*].txt"), Some(".txt there is no `txt`"));
        check("x", &json!("$.content[1:].txt"), Some(".txt there is no `txt`"));
        check("x", &json!("$..*.txt"), None);
    }
}
