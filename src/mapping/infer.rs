//! Generates mappings: the default mapping of a family, or one that fits a given response.

use serde_json::{Map, Value, json};
use serde_json_path::{JsonPath, PathElement};

use crate::aws::family::{CONVERSE, Family, Output, Role, Row, Source, UNKNOWN, family_of, family_of_body};
use crate::exchange::{Headers, Operation, Request};

/// One field of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedField {
    pub field: String,
    pub role: Role,
    pub from: MappedFrom,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappedFrom {
    /// Matches exactly one value.
    Path(String),
    /// Matches one or more strings, which are joined without a separator.
    Joined(String),
    Header(String),
}

/// The mapping that fits the response to `request`.
///
/// `headers` and `body` are those of a complete response; a stream must be assembled first.
pub fn fit_mapping(request: &Request, headers: &Headers, body: &Value) -> Vec<MappedField> {
    let families = likely_families(request, body);
    let fitted: Vec<_> = families.iter().map(|family| fit_family(family, headers, body)).collect();
    let first_with = |role| fitted.iter().position(|fields| has_role(fields, role));
    let best = first_with(Role::Output).or_else(|| first_with(Role::Fallback)).unwrap_or(0);
    let mut fields = fitted.into_iter().nth(best).unwrap_or_default();
    if has_role(&fields, Role::Output) {
        fields.retain(|field| field.role != Role::Fallback);
    } else if !has_role(&fields, Role::Fallback) {
        let whole = MappedFrom::Path("$".to_owned());
        fields.insert(0, MappedField { field: "response".to_owned(), role: Role::Fallback, from: whole });
    }
    fields
}

/// The mapping of a model without a known response: the first row of its family for each role.
pub fn default_mapping(request: &Request) -> Vec<MappedField> {
    let family = family_of_call(request.operation, &request.model_id, &request.body)
        .or_else(|| family_of_body(&request.body))
        .unwrap_or(UNKNOWN);
    first_rows(family, request.operation)
}

/// The family of the call's response, if operation and model ID determine it. `body` is the known
/// part of the request's body.
pub fn family_of_call(operation: Operation, model_id: &str, body: &Value) -> Option<&'static Family> {
    if operation.is_converse() {
        return Some(CONVERSE);
    }
    let family = family_of(model_id)?;
    // The oldest Claude models answer in the format of the request.
    let in_messages = family.id == "anthropic-text" && body.get("messages").is_some();
    if in_messages { family_of_body(body) } else { Some(family) }
}

/// The default mapping of the call's family, as a table of a config. `None` if the shape of the answer
/// depends on the request or on the model.
pub fn default_mapping_table(
    operation: Operation,
    model_id: &str,
    body: &Value,
) -> Option<Map<String, Value>> {
    let family = family_of_call(operation, model_id, body).filter(|family| answers_in_one_shape(family))?;
    Some(
        first_rows(family, operation)
            .iter()
            .map(|field| (field.field.clone(), field.from.to_config_value()))
            .collect(),
    )
}

/// Families without text output that answer in more than one shape.
const SEVERAL_SHAPES: [&str; 3] = ["cohere-embed", "stability-image", "twelvelabs-marengo"];

fn answers_in_one_shape(family: &Family) -> bool {
    family.output == Output::Text || !SEVERAL_SHAPES.contains(&family.id)
}

/// The path or header of the field `name` in the default mapping of `family`.
pub fn default_field(family: &Family, name: &str) -> Option<MappedFrom> {
    first_rows(family, Operation::InvokeModel)
        .into_iter()
        .find(|field| field.field == name)
        .map(|field| field.from)
}

/// Families whose native streams contain no token counts unless the request asks for them. Bedrock adds the
/// counts to the last chunk, from where they are read as headers.
const STREAMS_WITHOUT_COUNTS: [&str; 2] = ["openai-chat", "mistral-chat"];

/// The first row for each role.
fn first_rows(family: &Family, operation: Operation) -> Vec<MappedField> {
    let by_header = operation.is_stream() && STREAMS_WITHOUT_COUNTS.contains(&family.id);
    let is_header = |row: &&Row| matches!(row.from, Source::Header(_));
    let of_role = |role: Role| {
        let rows = || family.mapping.iter().filter(move |row| row.role == role);
        let counted = role != Role::Output && by_header;
        rows().find(|row| counted && is_header(row)).or_else(|| rows().next())
    };
    let rows = [Role::Output, Role::InputTokens, Role::OutputTokens].into_iter().filter_map(of_role);
    rows.map(|row| mapped_field(row, row.field, row.from)).collect()
}

impl MappedFrom {
    /// The value of the field in a config's `mapping`.
    pub fn to_config_value(&self) -> Value {
        match self {
            MappedFrom::Path(path) => Value::from(path.as_str()),
            MappedFrom::Joined(path) => json!({ "path": path, "join": "" }),
            MappedFrom::Header(name) => json!({ "header": name }),
        }
    }
}

fn has_role(fields: &[MappedField], role: Role) -> bool {
    fields.iter().any(|field| field.role == role)
}

/// The families that the response may be of, the likeliest first. The response is better evidence than the
/// model ID: ARNs don't contain the family, and the oldest Claude models answer in two shapes.
fn likely_families(request: &Request, body: &Value) -> Vec<&'static Family> {
    if request.operation.is_converse() {
        return vec![CONVERSE];
    }
    let guesses = [family_of_body(body), family_of(&request.model_id), family_of_body(&request.body)];
    guesses.into_iter().flatten().chain([UNKNOWN]).collect()
}

fn fit_family(family: &Family, headers: &Headers, body: &Value) -> Vec<MappedField> {
    let mut fields: Vec<MappedField> = Vec::new();
    for row in family.mapping {
        if fields.iter().any(|known| known.field == row.field) {
            continue;
        }
        let alternatives = family.mapping.iter().filter(|other| other.field == row.field);
        let found = alternatives.clone().find_map(|row| single_match(row, headers, body));
        match found {
            Some(field) => fields.push(field),
            None => fields.extend(
                alternatives
                    .clone()
                    .map(|row| field_per_match(row, body))
                    .find(|each| !each.is_empty())
                    .unwrap_or_default(),
            ),
        }
    }
    fields
}

/// The field of `row` if the response has exactly the value that it needs.
fn single_match(row: &Row, headers: &Headers, body: &Value) -> Option<MappedField> {
    let fits = match row.from {
        Source::Header(name) => headers.get(name).is_some_and(|value| value.parse::<f64>().is_ok()),
        Source::Path(path) => compile(path)
            .query(body)
            .at_most_one()
            .ok()
            .flatten()
            .is_some_and(|value| is_suitable(row, value)),
        Source::Joined(path) => {
            let found = compile(path).query(body).all();
            !found.is_empty() && found.iter().all(|value| value.is_string())
        }
    };
    fits.then(|| mapped_field(row, row.field, row.from))
}

/// A field for each of several matches: `tool_call`, `tool_call_2`, ….
fn field_per_match(row: &Row, body: &Value) -> Vec<MappedField> {
    let Source::Path(path) = row.from else { return Vec::new() };
    let located = compile(path).query_located(body);
    let suitable = located.iter().filter(|node| is_suitable(row, node.node())).enumerate();
    let fields = suitable.map(|(index, node)| MappedField {
        field: if index == 0 { row.field.to_owned() } else { format!("{}_{}", row.field, index + 1) },
        role: row.role,
        from: MappedFrom::Path(write_path(node.location().iter())),
    });
    fields.collect()
}

fn is_suitable(row: &Row, value: &Value) -> bool {
    match row.role {
        Role::InputTokens | Role::OutputTokens => value.is_number(),
        Role::Fallback => value.is_string(),
        Role::Output if row.field == "output_text" => value.is_string(),
        Role::Output => !value.is_null(),
    }
}

fn mapped_field(row: &Row, field: &str, from: Source) -> MappedField {
    let from = match from {
        Source::Path(path) => MappedFrom::Path(path.to_owned()),
        Source::Joined(path) => MappedFrom::Joined(path.to_owned()),
        Source::Header(name) => MappedFrom::Header(name.to_owned()),
    };
    MappedField { field: field.to_owned(), role: row.role, from }
}

fn compile(path: &str) -> JsonPath {
    JsonPath::parse(path).expect("every path of the table is parsed by a test")
}

/// A place as a short JSONPath: `$.content[1].input`.
fn write_path<'a>(elements: impl Iterator<Item = &'a PathElement<'a>>) -> String {
    let mut path = "$".to_owned();
    for element in elements {
        match element {
            PathElement::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            PathElement::Name(name) if is_plain(name) => path.extend([".", name]),
            PathElement::Name(name) => {
                path.extend(["['", &name.replace('\\', "\\\\").replace('\'', "\\'"), "']"]);
            }
        }
    }
    path
}

fn is_plain(name: &str) -> bool {
    let letters = |char: char| char.is_ascii_alphanumeric() || char == '_';
    name.chars().all(letters) && !name.starts_with(|char: char| char.is_ascii_digit()) && !name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::family::FAMILIES;

    #[test]
    fn every_path_of_the_table_is_valid() {
        for row in FAMILIES.iter().chain([CONVERSE]).flat_map(|family| family.mapping) {
            if let Source::Path(path) | Source::Joined(path) = row.from {
                assert!(JsonPath::parse(path).is_ok(), "{path}");
            }
        }
    }

    #[track_caller]
    fn check(model_id: &str, body: &Value, expected: &[(&str, &str)]) {
        let request = Request {
            operation: Operation::InvokeModel,
            region: "us-east-1".to_owned(),
            model_id: model_id.to_owned(),
            headers: Headers::new(),
            body: Value::Null,
        };
        let header = ("x-amzn-bedrock-input-token-count".to_owned(), "7".to_owned());
        let fields = fit_mapping(&request, &[header].into(), body);
        let fields = fields.iter().map(|field| match &field.from {
            MappedFrom::Path(text) | MappedFrom::Joined(text) | MappedFrom::Header(text) => {
                (field.field.as_str(), text.as_str())
            }
        });
        assert_eq!(fields.collect::<Vec<_>>(), expected);
    }

    const COUNT: (&str, &str) = ("input_tokens", "x-amzn-bedrock-input-token-count");

    #[test]
    fn mappings_fit_the_response() {
        let call = |name: &str| json!({ "type": "tool_use", "name": name, "input": {} });
        let name = ("tool_name", "$.content[?@.type=='tool_use'].name");
        let input = ("tool_call", "$.content[?@.type=='tool_use'].input");
        check("anthropic.claude-3-haiku", &json!({ "content": [call("a")] }), &[input, name, COUNT]);
        check(
            "anthropic.claude-3-haiku",
            &json!({ "content": [call("a"), call("b")] }),
            &[
                ("tool_call", "$.content[0].input"),
                ("tool_call_2", "$.content[1].input"),
                ("tool_name", "$.content[0].name"),
                ("tool_name_2", "$.content[1].name"),
                COUNT,
            ],
        );
        check(
            "anthropic.claude-v2",
            &json!({ "completion": "x", "stop_reason": "y" }),
            &[("output_text", "$.completion"), COUNT],
        );
        check(
            "anthropic.claude-3-haiku",
            &json!({ "content": [], "stop_reason": "y" }),
            &[("stop_reason", "$.stop_reason"), COUNT],
        );
        check(
            "cohere.embed-english-v3",
            &json!({ "embeddings": [[1]] }),
            &[("embedding", "$.embeddings[*]"), COUNT],
        );
        check(
            "cohere.embed-english-v3",
            &json!({ "embeddings": [[1], [2]] }),
            &[("embedding", "$.embeddings"), COUNT],
        );
        check(
            "cohere.embed-v4:0",
            &json!({ "embeddings": { "float": [[1]] } }),
            &[("embedding", "$.embeddings.float[*]"), COUNT],
        );
        check("x", &json!({ "novel": true }), &[("response", "$"), COUNT]);
    }

    #[test]
    fn names_with_other_characters_than_letters_digits_and_underscores_are_quoted() {
        for (name, expected) in [
            ("tool_calls", "$.tool_calls"),
            ("_1", "$._1"),
            ("tool-calls", "$['tool-calls']"),
            ("1st", "$['1st']"),
            ("", "$['']"),
            (r"it's \", r"$['it\'s \\']"),
        ] {
            assert_eq!(write_path([PathElement::Name(name)].iter()), expected);
        }
    }
}
