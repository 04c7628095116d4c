//! Parses the template of a request body, and compares its placeholders with the declared variables.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::model::VariableType;
use crate::config::resolve::{Places, ResolvedModel};
use crate::config::variables::DeclaredVariable;
use crate::diagnose::{Code, FINDINGS_LIMIT, Finding, Severity};
use crate::template::{Placeholder, Template, TemplateError};
use crate::words::nearest;

const POINTER: &str = "/request/body";

/// Parses `text`. Mistakes are reported at their place in the TOML file.
pub(super) fn parse(text: &str, places: &Places<'_>, findings: &mut Vec<Finding>) -> Option<Template> {
    match Template::parse(text) {
        Ok(template) => {
            if let Some(found) = template.non_object_kind() {
                let message = format!("expected a JSON object, found {found}");
                // Only a warning, because recordings of refused calls can have such bodies.
                let finding = Finding::new(Code::InvalidValue, places.value(POINTER), message)
                    .severity(Severity::Warning)
                    .help("write the request as the model's API documents it: `{ … }`");
                findings.push(finding);
            }
            Some(template)
        }
        Err(errors) => {
            findings.extend(errors.iter().map(|error| syntax_finding(error, places)));
            None
        }
    }
}

fn syntax_finding(error: &TemplateError, places: &Places<'_>) -> Finding {
    let mut finding =
        Finding::new(error.code(), places.span_in_string(POINTER, &error.at), error.to_string());
    if let Some((first, why)) = error.related() {
        finding = finding.related(places.span_in_string(POINTER, &first), why);
    }
    finding.help = error.help();
    finding
}

/// Reports placeholders of undeclared variables, and variables that no placeholder uses. `text` is the text of `template`.
pub(super) fn check_names(
    template: &Template,
    text: &str,
    declared: &[DeclaredVariable],
    model: &ResolvedModel<'_>,
    findings: &mut Vec<Finding>,
) {
    let places = &model.places;
    let names = || declared.iter().map(|variable| variable.name.as_str());
    let known: BTreeSet<&str> = names().collect();
    let (mut used, mut unknown) = (BTreeSet::new(), 0);
    for placeholder in template.placeholders() {
        used.insert(placeholder.name.as_str());
        // Each finding compares every name and walks through the body to find its place, so limit them.
        if !known.contains(placeholder.name.as_str()) && unknown <= FINDINGS_LIMIT {
            unknown += 1;
            let message = format!("`{}` is not a declared variable", placeholder.name);
            let near = nearest(&placeholder.name, names());
            used.extend(near);
            let (model, name) = (&model.name, &placeholder.name);
            let help = format!("declare it in `[models.{model}.variables]`: `{name} = {{ type = \"…\" }}`");
            let finding =
                Finding::new(Code::UnknownVariable, places.span_in_string(POINTER, &placeholder.at), message)
                    .suggest(near, help);
            findings.push(finding);
        }
    }
    findings.extend(template.as_placeholder().and_then(|whole| check_whole_body(whole, declared, places)));
    let unused = declared.iter().filter(|variable| !used.contains(variable.name.as_str()));
    // A model doesn't have to use the variables that it inherits.
    for variable in unused.filter(|variable| places.is_own(&variable.pointer)) {
        let name = &variable.name;
        let key = places.key(&variable.pointer);
        let finding = match find_other_notation(text, name) {
            Some(at) => {
                let message = format!("`{}` is not a placeholder, and is sent as it is", &text[at.clone()]);
                Finding::new(Code::UnusedVariable, places.span_in_string(POINTER, &at), message)
                    .related(key, "no placeholder uses this variable")
                    .help(format!("write `{{{{{name}}}}}`"))
            }
            None => {
                Finding::new(Code::UnusedVariable, key, format!("no placeholder uses the variable `{name}`"))
                    .help(format!("write `{{{{{name}}}}}` where its value belongs, or remove it"))
            }
        };
        findings.push(finding);
    }
}

/// The first place in `text` where the variable `name` is written as in another template language.
fn find_other_notation(text: &str, name: &str) -> Option<Range<usize>> {
    let notations = ["${?}", "{% ? %}", "{%?%}", "<?>", "{?}"];
    notations.into_iter().find_map(|notation| {
        let written = notation.replace('?', name);
        let start = text.find(&written)?;
        Some(start..start + written.len())
    })
}

/// Reports a placeholder that is the whole body, unless its variable can be an object.
fn check_whole_body(
    placeholder: &Placeholder,
    declared: &[DeclaredVariable],
    places: &Places<'_>,
) -> Option<Finding> {
    let variable = declared.iter().find(|variable| variable.name == placeholder.name)?;
    let message =
        format!("expected a JSON object, found the variable `{}`, which can't be one", variable.name);
    let finding = Finding::new(Code::VariableType, places.span_in_string(POINTER, &placeholder.at), message)
        .related(places.key(&variable.pointer), "declared here")
        .help("write the request around the placeholder, or declare the variable with `type = \"json\"`");
    (variable.variable.value_type.unwrap_or_default() != VariableType::Json).then_some(finding)
}
