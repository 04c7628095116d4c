//! The format of a `mapping` entry for the published schema. `crate::mapping` parses the entries itself,
//! because its findings point inside the path.

use serde::Deserialize;

use super::form;

/// Where in the response a field is located, and how its value is converted. A plain string is the `path`.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub(crate) struct MappingRule {
    /// JSONPath (RFC 9535) of the field in the response body.
    pub(crate) path: Option<String>,
    /// Response header that contains the value, such as `x-amzn-bedrock-input-token-count`.
    #[schemars(transform = form::HEADER_NAME.text())]
    pub(crate) header: Option<String>,
    /// Separator with which several strings are joined to one.
    pub(crate) join: Option<String>,
    /// `true` collects all values that the path matches in an array.
    pub(crate) collect: Option<bool>,
    /// Type that the value must have.
    #[serde(rename = "type")]
    pub(crate) value_type: Option<MappedType>,
    /// `true` if the value may be missing in the response.
    pub(crate) optional: Option<bool>,
}

/// The type of a mapped field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MappedType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Any,
}
