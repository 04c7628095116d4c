//! Checks mappings against the schema of a family's responses.

use serde_json::Value;

use super::Subject;
use crate::aws::family::{CONVERSE, FAMILIES, Family};
use crate::aws::model_id::clean_paste;
use crate::diagnose::{Code, Finding, Severity};
use crate::mapping::infer::{MappedFrom, default_field, family_of_call};
use crate::mapping::{Mismatch, MismatchKind};
use crate::schema::family::schemas;
use crate::suite::Model;
use crate::words::{nearest, quoted_commas};

/// Reports fields that can't match in a response of the model's family.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(model) = subject.model else { return Vec::new() };
    let model_id = clean_paste(&model.model_id).model_id;
    let Some(family) = family_of_call(model.operation, &model_id, &model.template.fill_with_nulls()) else {
        return Vec::new();
    };
    let Some(schemas) = schemas(family.id) else { return Vec::new() };
    let schema = schemas.response();
    model
        .mapping
        .find_mismatches(schema)
        .iter()
        .map(|mismatch| finding(model, family, schema, mismatch))
        .collect()
}

fn finding(model: &Model, family: &Family, schema: &Value, mismatch: &Mismatch<'_>) -> Finding {
    let field = &mismatch.field.name;
    let at = model.mapping_places.locate(&mismatch.field.pointer, Some(&mismatch.at));
    let message = format!("`{field}` can't be read from a response of {}: {}", family.name, mismatch.kind);
    let sure = !mismatch.kind.could_match() || is_of_other_family(family, &mismatch.kind);
    let severity = if sure { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(Code::MappingImpossible, at, message).severity(severity);
    let help = help_for_counts(field, family, schema)
        .or_else(|| suggest_member(mismatch))
        .or_else(|| suggest_default(field, family))
        .or_else(|| list_members(&mismatch.kind));
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// Whether the path starts with a member of another family. Then it was written for another model, and the
/// member is not just newer than the schema.
fn is_of_other_family(family: &Family, kind: &MismatchKind) -> bool {
    let MismatchKind::NoMember { name, at_top: true, .. } = kind else { return false };
    let others = FAMILIES.iter().chain([CONVERSE]).filter(|other| other.id != family.id);
    let mut schemas = others.filter_map(|other| schemas(other.id));
    schemas.any(|schemas| schemas.response()["properties"].get(name).is_some())
}

/// The help for token counts that a family reports only in headers, or not at all.
fn help_for_counts(field: &str, family: &Family, schema: &Value) -> Option<String> {
    let side = field.strip_suffix("_tokens").filter(|side| matches!(*side, "input" | "output"))?;
    match schema["x-counts"][side].as_str()? {
        "header" => Some(format!(
            "write `{field} = {{ header = \"x-amzn-bedrock-{side}-token-count\" }}`: {} counts tokens in a header",
            family.name
        )),
        "none" => Some(format!("remove `{field}`: {} doesn't count these tokens", family.name)),
        _ => None,
    }
}

/// Suggests a member with a similar name.
fn suggest_member(mismatch: &Mismatch<'_>) -> Option<String> {
    let MismatchKind::NoMember { name, known, .. } = &mismatch.kind else { return None };
    let near = nearest(name, known.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", mismatch.with_member(near)))
}

/// Suggests the default path of the field in this family.
fn suggest_default(field: &str, family: &Family) -> Option<String> {
    Some(match default_field(family, field)? {
        MappedFrom::Path(path) => format!("write `{path}`"),
        MappedFrom::Joined(path) => format!("write `{{ path = \"{path}\", join = \"\" }}`"),
        MappedFrom::Header(name) => format!("write `{{ header = \"{name}\" }}`"),
    })
}

fn list_members(kind: &MismatchKind) -> Option<String> {
    let MismatchKind::NoMember { known, .. } = kind else { return None };
    Some(format!("the members are {}", quoted_commas(known.iter().take(12))))
}
