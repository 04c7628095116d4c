//! Paths against the schema of a response: what can't be there, without any response.

use std::ops::Range;

use serde_json::Value;

use super::step::{Selects, Step};
use super::{Combine, Field, JsonPath, Kind, Mapping, Source};

/// Why a field can find nothing in a response of such a shape.
#[derive(Clone, Debug)]
pub struct Mismatch<'m> {
    pub field: &'m Field,
    /// Bytes of the path, as it was written: the step that leads nowhere.
    pub at: Range<usize>,
    pub kind: MismatchKind,
    path: &'m JsonPath,
    step: Range<usize>,
}

impl<'m> Mismatch<'m> {
    fn at(field: &'m Field, path: &'m JsonPath, step: Range<usize>, kind: MismatchKind) -> Mismatch<'m> {
        Mismatch { field, at: path.written(&step), kind, path, step }
    }

    /// The path with the member `name` in the place of the one that isn't there.
    pub fn with(&self, name: &str) -> String {
        let (text, step) = (self.path.text(), &self.step);
        format!("{}.{name}{}", &text[..step.start], &text[step.end..])
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MismatchKind {
    /// The object has no such member; these it has.
    #[error("there is no `{name}`")]
    NoMember { name: String, known: Vec<String>, at_top: bool },
    /// A step into what has no parts of that kind.
    #[error("{found} has no {wanted}")]
    NotInside { found: String, wanted: &'static str },
    /// The path ends at another type than the field wants.
    #[error("it finds {found}, and {wanted} is wanted")]
    Type { found: String, wanted: Kind },
}

impl MismatchKind {
    /// Whether a member that is newer than the schema could make it right.
    pub fn may_change(&self) -> bool {
        matches!(self, MismatchKind::NoMember { .. })
    }
}

impl Mapping {
    /// The fields whose path leads nowhere in a response of `schema`.
    pub fn mismatches(&self, schema: &Value) -> Vec<Mismatch<'_>> {
        self.fields.iter().filter_map(|field| mismatch(field, schema)).collect()
    }
}

fn mismatch<'m>(field: &'m Field, schema: &Value) -> Option<Mismatch<'m>> {
    let Source::Path { path, combine } = &field.source else { return None };
    let shape = Shape { root: schema };
    let mut nodes = vec![shape.plain(schema)];
    for (index, step) in path.steps().into_iter().enumerate() {
        match shape.follow(&nodes, &step, path, index == 0) {
            Followed::To(next) => nodes = next,
            Followed::Anywhere => return None,
            Followed::Nowhere(kind) => return Some(Mismatch::at(field, path, step.at, kind)),
        }
    }
    let kind = wrong_type(field, combine, &nodes)?;
    Some(Mismatch::at(field, path, 0..path.text().len(), kind))
}

/// What the field wants of each value that its path finds.
fn wrong_type(field: &Field, combine: &Combine, nodes: &[&Value]) -> Option<MismatchKind> {
    let wanted = match combine {
        Combine::One => field.kind,
        Combine::Join(_) => Kind::String,
        Combine::Collect => Kind::Any,
    };
    let fits = |node: &&Value| types(node).is_none_or(|types| types.iter().any(|of| accepts(wanted, of)));
    if wanted == Kind::Any || nodes.iter().any(fits) {
        return None;
    }
    let found = nodes.first().map(|node| said(node)).unwrap_or_default();
    Some(MismatchKind::Type { found, wanted })
}

fn accepts(wanted: Kind, of: &str) -> bool {
    match wanted {
        Kind::Any => true,
        Kind::Integer | Kind::Number => matches!(of, "number" | "integer"),
        kind => kind.name() == of,
    }
}

/// Where a step leads.
enum Followed<'s> {
    To(Vec<&'s Value>),
    /// What is there is not known.
    Anywhere,
    Nowhere(MismatchKind),
}

#[derive(Clone, Copy)]
struct Shape<'s> {
    root: &'s Value,
}

impl<'s> Shape<'s> {
    fn follow(self, nodes: &[&'s Value], step: &Step, path: &JsonPath, at_top: bool) -> Followed<'s> {
        if nodes.iter().any(|node| is_open(node)) {
            return Followed::Anywhere;
        }
        match &step.selects {
            Selects::Name(name) => self.member(nodes, name, at_top),
            Selects::Index(_) => self.items(nodes),
            Selects::Other if is_children(&path.text()[step.at.clone()]) => {
                let children: Vec<_> = nodes.iter().flat_map(|node| self.children(node)).collect();
                if children.is_empty() { nowhere(nodes, "items") } else { Followed::To(children) }
            }
            Selects::Other => Followed::Anywhere,
        }
    }

    fn member(self, nodes: &[&'s Value], name: &str, at_top: bool) -> Followed<'s> {
        let objects: Vec<_> = nodes.iter().filter(|node| may_be(node, "object")).collect();
        if objects.is_empty() {
            return nowhere(nodes, "members");
        }
        let members = || objects.iter().filter_map(|node| node.get("properties")?.as_object()).flatten();
        let found: Vec<_> =
            members().filter(|(own, _)| *own == name).map(|(_, inner)| self.plain(inner)).collect();
        if !found.is_empty() {
            return Followed::To(found);
        }
        let known: Vec<String> = members().map(|(name, _)| name.clone()).collect();
        Followed::Nowhere(MismatchKind::NoMember { name: name.to_owned(), known, at_top })
    }

    fn items(self, nodes: &[&'s Value]) -> Followed<'s> {
        let lists: Vec<_> = nodes.iter().filter(|node| may_be(node, "array")).collect();
        if lists.is_empty() {
            return nowhere(nodes, "items");
        }
        let items: Vec<_> = lists.iter().filter_map(|node| node.get("items")).collect();
        if items.len() < lists.len() {
            return Followed::Anywhere;
        }
        Followed::To(items.into_iter().map(|item| self.plain(item)).collect())
    }

    /// Every item and every member's value.
    fn children(self, node: &'s Value) -> Vec<&'s Value> {
        let items = node.get("items").filter(|_| may_be(node, "array"));
        let properties = node.get("properties").filter(|_| may_be(node, "object")).and_then(Value::as_object);
        let members = properties.into_iter().flatten().map(|(_, inner)| inner);
        items.into_iter().chain(members).map(|inner| self.plain(inner)).collect()
    }

    /// `schema` with its `$ref` followed.
    fn plain(self, schema: &'s Value) -> &'s Value {
        let target = schema.get("$ref").and_then(Value::as_str).map(|target| target.trim_start_matches('#'));
        target.and_then(|target| self.root.pointer(target)).unwrap_or(schema)
    }
}

fn nowhere<'s>(nodes: &[&Value], wanted: &'static str) -> Followed<'s> {
    let found = nodes.first().map(|node| said(node)).unwrap_or_default();
    Followed::Nowhere(MismatchKind::NotInside { found, wanted })
}

/// A wildcard, a filter or a slice: steps to children, and no list of selectors.
fn is_children(step: &str) -> bool {
    let inner = step.trim_start_matches(['.', '[']).trim_end_matches(']').trim();
    let is_slice =
        !inner.is_empty() && inner.chars().all(|char| char.is_ascii_digit() || "-: ".contains(char));
    !step.starts_with("..") && (inner == "*" || inner.starts_with('?') || is_slice)
}

/// Whether anything may be inside.
fn is_open(node: &Value) -> bool {
    let open = node.get("x-open").and_then(Value::as_bool).unwrap_or(false);
    open || types(node).is_none()
}

fn may_be(node: &Value, of: &str) -> bool {
    types(node).is_none_or(|types| types.contains(&of))
}

/// The types that a value may have; `None` for any.
fn types(node: &Value) -> Option<Vec<&str>> {
    match node.get("type")? {
        Value::String(only) => Some(vec![only]),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// What a value of this schema is, in words.
fn said(node: &Value) -> String {
    let nouns = types(node).unwrap_or_default().into_iter().filter(|of| *of != "null").map(|of| match of {
        "array" => "a list",
        "object" => "an object",
        "string" => "a text",
        "boolean" => "a boolean",
        _ => "a number",
    });
    nouns.collect::<Vec<_>>().join(" or ")
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
        let told = mapping.mismatches(&schema);
        let path = spec.as_str().or_else(|| spec["path"].as_str()).unwrap();
        let told = told.first().map(|mismatch| format!("{} {}", &path[mismatch.at.clone()], mismatch.kind));
        assert_eq!(told.as_deref(), expected, "{spec}");
    }

    #[test]
    fn paths_that_can_match_are_left_alone() {
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
    fn paths_that_lead_nowhere_are_told_at_the_step() {
        check("output_text", &json!("$.output.text"), Some(".output there is no `output`"));
        check("output_text", &json!("$.content[0].txt"), Some(".txt there is no `txt`"));
        check("output_text", &json!("$.content.text"), Some(".text a list has no members"));
        check("output_text", &json!("$.usage[0]"), Some("[0] an object has no items"));
        check("x", &json!("$.stop.reason"), Some(".reason a text has no members"));
        check("output_text", &json!("$.content"), Some("$.content it finds a list, and a string is wanted"));
        check("input_tokens", &json!("$.stop"), Some("$.stop it finds a text, and a number is wanted"));
        check("output_text", &json!("usage.tokens"), Some(".tokens there is no `tokens`"));
    }
}
