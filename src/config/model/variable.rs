use serde::Deserialize;
use serde_json::{Number, Value};

/// A variable for placeholders in the body. Any other key with a table declares a variable with a dotted
/// name: `system.prompt = { … }`.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = crate::schema::published::nested_variables))]
#[serde(default)]
pub struct Variable {
    /// Type of the value: `string` (the default), `integer`, `number`, `boolean` or `json`.
    #[serde(rename = "type")]
    pub value_type: Option<VariableType>,
    /// What the variable is for.
    pub description: Option<String>,
    /// Label of the variable in a form.
    pub display_name: Option<String>,
    /// Value for cases that do not set the variable: a literal, `{ env = "NAME" }`, or `{ file = "PATH" }` with `as = "text"` or `as = "base64"`.
    pub default: Option<Value>,
    /// The number is at least this.
    pub minimum: Option<Number>,
    /// The number is at most this.
    pub maximum: Option<Number>,
    /// The string has at least this many characters.
    pub min_length: Option<u64>,
    /// The string has at most this many characters.
    pub max_length: Option<u64>,
    /// A regular expression that the string must match, at any position.
    pub pattern: Option<String>,
    /// The allowed values.
    #[serde(rename = "enum")]
    pub one_of: Option<Vec<Value>>,
}

impl VariableType {
    /// The name in the config.
    pub fn name(self) -> &'static str {
        match self {
            VariableType::String => "string",
            VariableType::Integer => "integer",
            VariableType::Number => "number",
            VariableType::Boolean => "boolean",
            VariableType::Json => "json",
        }
    }
}

impl Variable {
    /// A variable's own keys. A table under any other key declares a nested variable.
    pub const KEYS: &[&str] = &[
        "type",
        "description",
        "display_name",
        "default",
        "minimum",
        "maximum",
        "min_length",
        "max_length",
        "pattern",
        "enum",
    ];
}

/// The type of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VariableType {
    #[default]
    String,
    Integer,
    Number,
    Boolean,
    /// Any JSON: an object, an array, a string, a number, a boolean or null.
    Json,
}
