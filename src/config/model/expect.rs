use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[cfg(test)]
use crate::schema::published::{Length, Operand, TextOperand};

/// Expectations by field.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The error with which AWS must refuse the call.
    pub error: Option<ExpectedError>,
    /// Predicates on mapped fields, in the order of the file.
    pub fields: Vec<(String, Predicates)>,
}

/// The error with which AWS must refuse a call.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ExpectedError {
    /// The error's code, such as `ValidationException`.
    pub code: Option<String>,
    /// Text that the error's message contains.
    pub contains: Option<String>,
    /// The HTTP status.
    #[cfg_attr(test, schemars(range(min = 100, max = 599)))]
    pub status: Option<u16>,
}

/// Predicates on one mapped field. All of them must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Predicates {
    /// The value equals this.
    pub equals: Option<Value>,
    /// The string contains this string, or each of these strings. An array contains this value.
    #[cfg_attr(test, schemars(with = "Operand"))]
    pub contains: Option<Value>,
    /// The string contains neither this string nor any of these strings.
    #[cfg_attr(test, schemars(with = "TextOperand"))]
    pub not_contains: Option<Value>,
    /// The string starts with this.
    pub starts_with: Option<String>,
    /// The string ends with this.
    pub ends_with: Option<String>,
    /// The string matches this regular expression, at any position.
    pub matches: Option<String>,
    /// The value is one of these.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub one_of: Option<Vec<Value>>,
    /// The number is at least this.
    #[cfg_attr(test, schemars(with = "f64"))]
    pub min: Option<Value>,
    /// The number is at most this.
    #[cfg_attr(test, schemars(with = "f64"))]
    pub max: Option<Value>,
    /// The length of the string (in characters) or array: a number, or `{ min = …, max = … }`.
    #[cfg_attr(test, schemars(with = "Length"))]
    pub length: Option<Value>,
    /// The value, or the JSON that the string contains, is valid against this JSON Schema.
    #[cfg_attr(test, schemars(with = "Map<String, Value>"))]
    pub json_schema: Option<Value>,
    /// Whether the string is valid JSON.
    pub is_json: Option<bool>,
}

/// The keys of [`Predicates`].
pub const PREDICATES: [&str; 12] = [
    "equals",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "matches",
    "one_of",
    "min",
    "max",
    "length",
    "json_schema",
    "is_json",
];

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Expect, D::Error> {
        let mut expect = Expect::default();
        for (field, value) in Map::deserialize(from)? {
            if field == "error" {
                expect.error = Some(ExpectedError::deserialize(value).map_err(D::Error::custom)?);
            } else {
                expect.fields.push((field, Predicates::deserialize(value).map_err(D::Error::custom)?));
            }
        }
        Ok(expect)
    }
}
