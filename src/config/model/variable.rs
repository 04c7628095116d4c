use serde::Deserialize;
use serde_json::{Number, Value};

/// A variable that placeholders of the body may name. Any other key that holds a table declares the
/// variable of the dotted name: `system.prompt = { … }`.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = crate::schema::published::nested_variables))]
#[serde(default)]
pub struct Variable {
    /// What the variable holds: `string` (the default), `integer`, `number`, `boolean` or `json`.
    #[serde(rename = "type")]
    pub holds: Option<VariableType>,
    /// What the variable is for.
    pub description: Option<String>,
    /// What a form calls the variable.
    pub display_name: Option<String>,
    /// Value of a case that sets none: a literal, `{ env = "NAME" }`, or `{ file = "PATH" }` with `as = "text"` or `as = "base64"`.
    pub default: Option<Value>,
    /// The number is at least this.
    pub minimum: Option<Number>,
    /// The number is at most this.
    pub maximum: Option<Number>,
    /// The text has at least so many characters.
    pub min_length: Option<u64>,
    /// The text has at most so many characters.
    pub max_length: Option<u64>,
    /// A regular expression that finds something in the text.
    pub pattern: Option<String>,
    /// The values that are allowed.
    #[serde(rename = "enum")]
    pub one_of: Option<Vec<Value>>,
}

impl VariableType {
    /// As the config names it.
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
    /// The keys of a variable's own. What stands under any other key is a variable with a longer name.
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

/// What a variable holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VariableType {
    #[default]
    String,
    Integer,
    Number,
    Boolean,
    /// Any JSON: an object, an array, or a plain value.
    Json,
}
