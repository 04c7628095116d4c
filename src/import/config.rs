//! Renders the config that an import writes.

use std::fmt::Write as _;

use serde_json::Value;

use super::body::render_template;
use super::group::{Variable, placeholders};
use super::recording::Recording;
use super::toml_text::{key, string, string_on_one_line};
use crate::aws::family::family_of;
use crate::exchange::{Refusal, Request};
use crate::mapping::infer::{MappedField, MappedFrom};

pub(super) struct PlannedModel<'a> {
    pub(super) name: String,
    /// The request of the first case. The template is made of its body.
    pub(super) request: &'a Request,
    pub(super) variables: Vec<Variable>,
    pub(super) mapping: Vec<MappedField>,
    pub(super) cases: Vec<PlannedCase<'a>>,
}

pub(super) struct PlannedCase<'a> {
    pub(super) name: String,
    /// The values of the variables, by name.
    pub(super) values: Vec<(String, VariableValue<'a>)>,
    pub(super) refusal: Option<&'a Refusal>,
    pub(super) recording: &'a Recording,
}

/// The value of a variable, and the file to write it to if it is too long for the config.
pub(super) struct VariableValue<'a> {
    pub(super) value: &'a Value,
    pub(super) file: Option<String>,
}

pub(super) fn render_config(models: &[PlannedModel<'_>]) -> String {
    let mut text = HEAD.to_owned();
    for model in models {
        write_model(&mut text, model);
    }
    text
}

const HEAD: &str = "\
# Made by `bedrock-check import` from recorded exchanges. Rename, edit and delete as you like.
# `bedrock-check test` replays each case from its fixture; `--accept` accepts the mapped output as snapshots.
# A live call needs credentials: declare `[credentials.NAME]` and add `credentials = \"NAME\"` to the models.
version = 1
";

fn write_model(text: &mut String, model: &PlannedModel<'_>) {
    let name = key(&model.name);
    let mut lines = vec![String::new(), comment(model), format!("[models.{name}]")];
    lines.extend(settings(model.request));
    if !model.variables.is_empty() {
        lines.extend([String::new(), format!("[models.{name}.variables]")]);
        lines.extend(
            model.variables.iter().map(|variable| {
                format!("{} = {{ type = \"{}\" }}", key(&variable.name), variable.kind.name())
            }),
        );
    }
    let body = render_template(&model.request.body, &placeholders(&model.variables));
    lines.extend([String::new(), format!("[models.{name}.request]"), format!("body = '''\n{body}\n'''")]);
    if !model.mapping.is_empty() {
        lines.extend([String::new(), format!("[models.{name}.mapping]")]);
        lines.extend(model.mapping.iter().map(toml_entry).map(|(key, value)| format!("{key} = {value}")));
    }
    for case in &model.cases {
        lines.extend([String::new(), format!("[[models.{name}.cases]]")]);
        lines.extend(case_lines(case));
    }
    for line in lines {
        writeln!(text, "{line}").expect("writing to a string can't fail");
    }
}

fn comment(model: &PlannedModel<'_>) -> String {
    let family = family_of(&model.request.model_id).map_or("", |family| family.name);
    let api = if model.request.operation.is_converse() { "Converse" } else { "" };
    let through = if family.is_empty() || api.is_empty() { "" } else { " through " };
    let title = format!("{family}{through}{api}");
    let comma = if title.is_empty() { "" } else { ", " };
    match model.cases.len() {
        1 => format!("# {title}{comma}1 recorded exchange"),
        count => format!("# {title}{comma}{count} recorded exchanges"),
    }
}

fn settings(request: &Request) -> Vec<String> {
    let mut lines = vec![
        format!("region = {}", string_on_one_line(&request.region)),
        format!("model_id = {}", string_on_one_line(&request.model_id)),
        format!("operation = \"{}\"", if request.operation.is_converse() { "converse" } else { "invoke" }),
    ];
    if request.operation.is_stream() {
        lines.push("stream = true".to_owned());
    }
    if !request.headers.is_empty() {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| format!("{} = {}", key(name), string_on_one_line(value)));
        lines.push(format!("headers = {{ {} }}", headers.collect::<Vec<_>>().join(", ")));
    }
    lines
}

/// The key and the value of a field in a config's `mapping`, as TOML.
pub fn toml_entry(field: &MappedField) -> (String, String) {
    (key(&field.field), mapping_value(&field.from))
}

fn mapping_value(from: &MappedFrom) -> String {
    match from {
        MappedFrom::Path(path) => string_on_one_line(path),
        MappedFrom::Joined(path) => format!("{{ path = {}, join = \"\" }}", string_on_one_line(path)),
        MappedFrom::Header(name) => format!("{{ header = {} }}", string_on_one_line(name)),
    }
}

fn case_lines(case: &PlannedCase<'_>) -> Vec<String> {
    let mut lines = vec![format!("name = {}", string_on_one_line(&case.name))];
    lines.extend(
        case.values.iter().map(|(name, value)| format!("variables.{} = {}", key(name), toml_value(value))),
    );
    if let Some(refusal) = case.refusal {
        lines.push(format!("expect.error = {{ {} }}", expected_error(refusal).join(", ")));
        lines.push("snapshot = false".to_owned());
    }
    lines
}

fn toml_value(value: &VariableValue<'_>) -> String {
    match (&value.file, value.value) {
        (Some(path), _) => format!("{{ file = {} }}", string_on_one_line(path)),
        (None, Value::String(text)) => string(text),
        (None, plain) => plain.to_string(),
    }
}

/// The members of `expect.error`. The status is included only if there is neither a code nor a message.
fn expected_error(refusal: &Refusal) -> Vec<String> {
    let mut parts = Vec::new();
    if !refusal.code.is_empty() {
        parts.push(format!("code = {}", string_on_one_line(&refusal.code)));
    }
    let start = message_start(&refusal.message);
    if !start.is_empty() {
        parts.push(format!("contains = {}", string_on_one_line(start)));
    }
    if parts.is_empty() {
        parts.push(format!("status = {}", refusal.status));
    }
    parts
}

/// The first line of a message, or as many of its words as fit on a line of the config.
fn message_start(message: &str) -> &str {
    let line = message.trim_start().lines().next().unwrap_or_default().trim_end();
    if line.len() <= MESSAGE_LENGTH {
        return line;
    }
    let ends = line.match_indices(' ').map(|(end, _)| end).take_while(|end| *end <= MESSAGE_LENGTH);
    ends.last().map_or(line, |end| line[..end].trim_end())
}

const MESSAGE_LENGTH: usize = 120;
