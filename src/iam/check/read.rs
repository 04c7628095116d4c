//! Reads a policy file, and keeps the places of its values.

use serde_json::Value;

use crate::diagnose::{Code, FileId, Finding, Span};
use crate::iam::evaluator::{Policy, PolicyError, PolicyErrorKind, PolicyKind};
use crate::pointer::steps;
use crate::template::{Template, TemplateErrorKind};
use crate::words::nearest;

/// A policy, and the file that contains it.
#[derive(Debug)]
pub struct Document {
    pub policy: Policy,
    text: Text,
}

/// The text of a policy file, for finding places.
#[derive(Debug)]
struct Text {
    file: FileId,
    /// Finds places in JSON text, since a policy is parsed like the template of a request body. `None` if a string
    /// contains an incomplete placeholder.
    template: Option<Template>,
}

impl Document {
    /// The place of the value at a JSON pointer.
    pub(super) fn locate(&self, pointer: &str) -> Span {
        self.text.locate(pointer)
    }

    /// The place of the first of `pointers` that exists.
    pub(super) fn locate_first(&self, pointers: &[String]) -> Span {
        let exists = |pointer: &&String| {
            let names: Vec<_> = steps(pointer).collect();
            let steps: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            let parent = &steps[..steps.len().saturating_sub(1)];
            let template = self.text.template.as_ref();
            template.is_some_and(|template| template.locate_value(&steps) != template.locate_value(parent))
        };
        let found = pointers.iter().find(exists).or(pointers.last());
        self.locate(found.map_or("", String::as_str))
    }
}

impl Text {
    fn locate(&self, pointer: &str) -> Span {
        let names: Vec<_> = steps(pointer).collect();
        let steps: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        match &self.template {
            Some(template) if steps.is_empty() => Span::new(self.file, template.first_character()),
            Some(template) => Span::new(self.file, template.locate_value(&steps)),
            None => Span::file(self.file),
        }
    }
}

/// Reads `text` as a policy of `kind`, or reports all mistakes in it.
pub fn read(file: FileId, text: &str, kind: PolicyKind) -> Result<Document, Vec<Finding>> {
    let (value, text) = json(file, text)?;
    match Policy::read(&value, kind) {
        Ok(policy) => Ok(Document { policy, text }),
        Err(errors) => Err(errors.iter().map(|error| finding(error, &text)).collect()),
    }
}

fn json(file: FileId, text: &str) -> Result<(Value, Text), Vec<Finding>> {
    let invalid = |at: Span, message: String| Finding::new(Code::PolicyInvalid, at, message);
    let template = Template::parse(text).map_err(|errors| {
        let json_errors = errors.into_iter().filter(|error| is_json_error(&error.kind));
        let findings = json_errors.map(|error| {
            let mut finding = invalid(Span::new(file, error.at.clone()), error.to_string());
            finding.help = error.help();
            finding
        });
        findings.collect::<Vec<_>>()
    });
    let value = serde_json::from_str::<Value>(text);
    match (value, template) {
        (Ok(value), Ok(template)) => Ok((value, Text { file, template: Some(template) })),
        (Ok(value), Err(findings)) if findings.is_empty() => Ok((value, Text { file, template: None })),
        (_, Err(findings)) if !findings.is_empty() => Err(findings),
        (Err(error), template) => {
            let placeholder =
                template.ok().and_then(|found| found.placeholders().first().map(|first| first.at.clone()));
            let at = placeholder.map_or(Span::file(file), |range| Span::new(file, range));
            Err(vec![invalid(at, format!("expected JSON: {error}"))])
        }
        (Ok(_), Err(_)) => Err(Vec::new()),
    }
}

/// Whether the error is also one in a policy, which has no placeholders.
fn is_json_error(kind: &TemplateErrorKind) -> bool {
    matches!(
        kind,
        TemplateErrorKind::NotJson { .. }
            | TemplateErrorKind::DuplicateMember { .. }
            | TemplateErrorKind::TooDeep
    )
}

fn finding(error: &PolicyError, text: &Text) -> Finding {
    let known: &[&str] = match &error.kind {
        PolicyErrorKind::UnknownMember { known, .. } | PolicyErrorKind::PrincipalType { known, .. } => known,
        _ => &[],
    };
    let found = match &error.kind {
        PolicyErrorKind::UnknownMember { name, .. } => name,
        PolicyErrorKind::PrincipalType { found, .. } => found,
        _ => "",
    };
    let mut finding = Finding::new(Code::PolicyInvalid, text.locate(&error.pointer), error.to_string());
    finding.help = error.help();
    match nearest(found, known.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if !known.is_empty() => finding.help(format!("write one of these: {}", known.join(", "))),
        None => finding,
    }
}
