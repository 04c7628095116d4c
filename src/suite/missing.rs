//! Reports required keys that a model doesn't have.

use serde_json::{Value, json};

use crate::config::model;
use crate::config::resolve::ResolvedModel;
use crate::diagnose::{Code, Finding};
use crate::words::nearest;

/// Reports missing keys. They may come from the model, `extends`, `[defaults]` or a profile.
pub(super) fn missing_keys<'a>(
    resolved: &'a ResolvedModel<'_>,
    typed: &model::Model,
) -> impl Iterator<Item = Finding> + 'a {
    let needs_mapping = typed.mapping.is_empty() && !all_expect_errors(&typed.cases);
    let rows = [
        (typed.region.is_none(), "region", "write `region = \"us-east-1\"`, or put it into `[defaults]`"),
        (
            typed.model_id.is_none(),
            "model_id",
            "write `model_id = \"…\"`: the value of `modelId` in Bedrock's API",
        ),
        (typed.request.body.is_none(), "request.body", "add `[models.NAME.request]` with a `body`"),
        (
            needs_mapping,
            "mapping",
            "add `[models.NAME.mapping]` with `output_text = \"$.…\"`, or let `bedrock-check map NAME --infer` propose one",
        ),
    ];
    let name = &resolved.name;
    let missing = rows.into_iter().filter(|(missing, key, _)| {
        *missing && !is_present(&resolved.value, key) && !is_misspelt(&resolved.value, key)
    });
    missing.map(move |(_, key, help)| {
        let message = format!("the model `{name}` has no `{key}`");
        Finding::new(Code::MissingKey, resolved.places.header(), message).help(help.replace("NAME", name))
    })
}

/// Whether the key exists with a value that could not be read, which the schema check reports.
fn is_present(table: &Value, key: &str) -> bool {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    match (table.get(first), rest) {
        (None, _) => false,
        (Some(inner @ Value::Object(_)), Some(rest)) => is_present(inner, rest),
        (Some(value), _) => value != &json!({}),
    }
}

/// Whether the table has a misspelt `key`, which the schema check reports.
pub(super) fn is_misspelt(table: &Value, key: &str) -> bool {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    match (table.get(first), rest) {
        // A value that is not a table is reported as such.
        (Some(inner), Some(rest)) => !inner.is_object() || is_misspelt(inner, rest),
        (Some(_), None) => false,
        (None, _) => {
            let mut names = table.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            names.any(|name| nearest(name, [first]).is_some())
        }
    }
}

/// Whether every case expects an error, so that no output is mapped.
pub fn all_expect_errors(cases: &[model::Case]) -> bool {
    !cases.is_empty() && cases.iter().all(|case| case.expect.error.is_some() && case.expect.fields.is_empty())
}
