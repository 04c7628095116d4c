//! How an entry of `mapping` is written, for the published schema. `crate::mapping` reads entries itself,
//! since it places its findings within the path.

use serde::Deserialize;

use super::form;

/// Where a field stands in the response, and how it is read. A plain string is its `path`.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub(crate) struct MappingRule {
    /// JSONPath (RFC 9535) over the response body.
    pub(crate) path: Option<String>,
    /// Response header that holds the value, such as `x-amzn-bedrock-input-token-count`.
    #[schemars(transform = form::HEADER_NAME.text())]
    pub(crate) header: Option<String>,
    /// Joins several texts into one, with this between them.
    pub(crate) join: Option<String>,
    /// `true` keeps all values that the path finds, as a list.
    pub(crate) collect: Option<bool>,
    /// Type that the value must have.
    #[serde(rename = "type")]
    pub(crate) holds: Option<MappedType>,
    /// `true` if the response may lack the value.
    pub(crate) optional: Option<bool>,
}

/// What a mapped field holds.
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
