use std::ops::Range;

use serde_json::Value;

use crate::diagnose::excerpt;
use crate::exchange::Headers;
use crate::words::{a_json_kind, nearest};

use super::kind::{describe, list_names};
use super::nearest as nearest_paths;
use super::step::Step;
use super::{Combine, ExtractError, ExtractErrorKind, Field, JsonPath, Kind, Location, Mapping, Source};

/// The fields that were extracted from a response, in the order of the mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappedFields {
    /// Fields with an error are left out.
    pub fields: Vec<(String, Value)>,
}

impl MappedFields {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

/// Where the values of a field are in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// JSON Pointers into the body, limited to the first ones.
    Body(Vec<String>),
    /// The name of a header, in lower case.
    Header(String),
}

/// The error and, if it is about one step of the path, the bytes of that step.
type Failure = (Option<Range<usize>>, ExtractErrorKind);

/// How many paths a finding lists.
const PATHS_LIMIT: usize = 5;

/// How many places of one field are returned.
const ORIGINS_LIMIT: usize = 100;

impl Mapping {
    /// Extracts the fields from a response with these headers and this body.
    pub fn extract(&self, headers: &Headers, body: &Value) -> (MappedFields, Vec<ExtractError>) {
        let (mut mapped, mut errors) = (MappedFields::default(), Vec::new());
        for field in &self.fields {
            match field.extract(headers, body) {
                Ok(value) => mapped.fields.push((field.name.clone(), value)),
                Err((at, kind)) => {
                    let (field, pointer) = (field.name.clone(), field.pointer.clone());
                    errors.push(ExtractError { field, pointer, at, kind });
                }
            }
        }
        (mapped, errors)
    }

    /// Where [`Mapping::extract`] finds the values of each field.
    pub fn find_origins(&self, body: &Value) -> Vec<(String, Origin)> {
        let origin = |field: &Field| match &field.source {
            Source::Path { path, .. } => {
                Origin::Body(path.places(body, ORIGINS_LIMIT).iter().map(Location::to_pointer).collect())
            }
            Source::Header(name) => Origin::Header(name.clone()),
        };
        self.fields.iter().map(|field| (field.name.clone(), origin(field))).collect()
    }
}

impl Field {
    /// The JSONPath, unless the field comes from a header.
    pub fn path(&self) -> Option<&JsonPath> {
        match &self.source {
            Source::Path { path, .. } => Some(path),
            Source::Header(_) => None,
        }
    }

    fn extract(&self, headers: &Headers, body: &Value) -> Result<Value, Failure> {
        let found = match &self.source {
            Source::Header(name) => headers.get(name).map(|text| parse_header(text, self.kind)),
            Source::Path { path, combine } => self.combine(path, combine, body)?,
        };
        match found {
            Some(value) if self.kind.accepts(&value) || self.optional && value.is_null() => Ok(value),
            Some(value) => Err(self.type_error(&value, body)),
            None if self.optional => Ok(Value::Null),
            None => Err(self.no_match_error(headers, body)),
        }
    }

    fn combine(&self, path: &JsonPath, combine: &Combine, body: &Value) -> Result<Option<Value>, Failure> {
        let values = path.values(body);
        match (combine, values.as_slice()) {
            (Combine::Collect, _) => Ok(Some(values.into_iter().cloned().collect())),
            (_, []) => Ok(None),
            (Combine::Join(separator), _) => Ok(Some(Value::String(join_texts(&values, separator)))),
            (Combine::One, [value]) => Ok(Some((*value).clone())),
            (Combine::One, several) => {
                let paths = path.places(body, PATHS_LIMIT).iter().map(Location::to_string).collect();
                let texts = self.kind == Kind::String || several.iter().all(|value| value.is_string());
                Err((None, ExtractErrorKind::SeveralMatches { count: several.len(), paths, texts }))
            }
        }
    }

    fn type_error(&self, value: &Value, body: &Value) -> Failure {
        let found = match value {
            Value::Array(_) | Value::Object(_) => {
                format!("{}: `{}`", a_json_kind(value), excerpt(&value.to_string()))
            }
            plain => describe(plain),
        };
        let nearest =
            self.path().map_or_else(Vec::new, |path| nearest_paths::suggest_paths(self, path, body));
        (None, ExtractErrorKind::WrongType { expected: self.kind, found, nearest })
    }

    fn no_match_error(&self, headers: &Headers, body: &Value) -> Failure {
        match &self.source {
            Source::Path { path, .. } => {
                let (at, seen) = find_unmatched_step(path, body);
                let nearest = nearest_paths::suggest_paths(self, path, body);
                (at, ExtractErrorKind::NoMatch { path: path.text().to_owned(), seen, nearest })
            }
            Source::Header(name) => (None, no_header_error(name, headers)),
        }
    }
}

/// The first step that doesn't match, in bytes of the path as the config has it, and a description of the
/// value before it.
fn find_unmatched_step(path: &JsonPath, body: &Value) -> (Option<Range<usize>>, String) {
    let steps = path.steps();
    let prefix = |step: &Step| path.prefix(step.at.end);
    // No step matches after one that doesn't, so a binary search finds the first.
    let found = steps.partition_point(|step| prefix(step).is_some_and(|path| !path.values(body).is_empty()));
    let at = steps.get(found).map(|step| path.as_written(&step.at));
    let before = steps[..found].last().and_then(prefix);
    let (last, value) =
        before.and_then(|before| first_value(&before, body)).unwrap_or_else(|| ("$".to_owned(), body));
    (at, format!("`{last}` is {}", describe(value)))
}

/// The first value that `path` selects, and its place.
fn first_value<'a>(path: &JsonPath, body: &'a Value) -> Option<(String, &'a Value)> {
    let value = *path.values(body).first()?;
    let location = path.places(body, 1).pop();
    let place = location.map_or_else(|| path.text().to_owned(), |location| location.to_string());
    Some((place, value))
}

fn no_header_error(name: &str, headers: &Headers) -> ExtractErrorKind {
    let present = if headers.is_empty() {
        "the response has no headers".to_owned()
    } else {
        format!("the response has the headers {}", list_names(headers.keys()))
    };
    let nearest = nearest(name, headers.keys().map(String::as_str)).map(str::to_owned);
    ExtractErrorKind::NoHeader { name: name.to_owned(), nearest, present }
}

fn join_texts(values: &[&Value], separator: &str) -> String {
    let texts = values.iter().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    texts.collect::<Vec<_>>().join(separator)
}

/// The header's value: a number if it is one and no string is expected, a boolean if one is expected,
/// otherwise a string.
fn parse_header(text: &str, kind: Kind) -> Value {
    let text = text.trim();
    let json = serde_json::from_str::<Value>(text).ok();
    let fits = |value: &Value| {
        value.is_number() && kind != Kind::String || value.is_boolean() && kind == Kind::Boolean
    };
    json.filter(fits).unwrap_or_else(|| Value::from(text))
}
