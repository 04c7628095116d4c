use std::ops::Range;

use serde_json::Value;

use super::location::Location;
use super::step::{self, Step};
use super::{PathError, limits, syntax};

/// A compiled JSONPath that knows the places of its steps.
#[derive(Clone, Debug)]
pub struct JsonPath {
    /// With the leading `$`.
    text: String,
    /// The number of bytes at the start of `text` that the config doesn't have.
    added_length: usize,
    query: serde_json_path::JsonPath,
}

/// The maximum number of selected values for which places are returned.
const LOCATED_LIMIT: usize = 10_000;

impl JsonPath {
    /// Compiles a path by RFC 9535.
    pub fn parse(text: &str) -> Result<JsonPath, PathError> {
        if let Some(excess) = limits::check_before_parsing(text) {
            return Err(excess);
        }
        match serde_json_path::JsonPath::parse(text) {
            Ok(query) => Ok(JsonPath { text: text.to_owned(), added_length: 0, query }),
            Err(error) => Err(syntax::explain(text, &error)),
        }
    }

    /// Like [`JsonPath::parse`], but also accepts the older style without `$`: `choices[0].text`, `.a.b`,
    /// `[0]`. Rejects paths that could select far more values than a response contains.
    pub fn parse_lenient(text: &str) -> Result<JsonPath, PathError> {
        let Some(prefix) = missing_root(text) else {
            return JsonPath::parse_bounded(text);
        };
        let added_length = prefix.len();
        match JsonPath::parse_bounded(&format!("{prefix}{text}")) {
            Ok(path) => Ok(JsonPath { added_length, ..path }),
            Err(error) => Err(PathError { at: strip_added(&error.at, added_length), ..error }),
        }
    }

    fn parse_bounded(text: &str) -> Result<JsonPath, PathError> {
        let path = JsonPath::parse(text)?;
        limits::check_query(text).map_or(Ok(path), Err)
    }

    /// The path by RFC 9535, with the leading `$` even if the config leaves it out.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_rooted(&self) -> bool {
        self.added_length == 0
    }

    /// The values that the path selects in `body`.
    pub fn values<'a>(&self, body: &'a Value) -> Vec<&'a Value> {
        self.query.query(body).all()
    }

    /// The places of the values that the path selects in `body`.
    pub fn locations(&self, body: &Value) -> Vec<Location> {
        self.query.query_located(body).locations().map(Location::from_normalized).collect()
    }

    /// The first `limit` places. Empty if the path selects so many values that their places would need too
    /// much memory.
    pub(super) fn places(&self, body: &Value, limit: usize) -> Vec<Location> {
        if self.values(body).len() > LOCATED_LIMIT {
            return Vec::new();
        }
        let mut locations = self.locations(body);
        locations.truncate(limit);
        locations
    }

    /// Converts bytes of [`JsonPath::text`] to bytes of the path as the config has it.
    pub(super) fn as_written(&self, at: &Range<usize>) -> Range<usize> {
        strip_added(at, self.added_length)
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        step::steps(&self.text)
    }

    /// The path up to byte `end`, which must be the end of a step.
    pub(super) fn prefix(&self, end: usize) -> Option<JsonPath> {
        JsonPath::parse(&self.text[..end]).ok()
    }
}

fn strip_added(at: &Range<usize>, added_length: usize) -> Range<usize> {
    at.start.saturating_sub(added_length)..at.end.saturating_sub(added_length)
}

/// The prefix that makes a path of the older style valid.
fn missing_root(text: &str) -> Option<&'static str> {
    match text.chars().next()? {
        '.' | '[' => Some("$"),
        char if char.is_alphabetic() || char == '_' => Some("$."),
        _ => None,
    }
}
