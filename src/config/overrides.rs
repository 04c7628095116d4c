//! Overrides of single config keys: `BEDROCK_CHECK__…` environment variables and `--set` flags.

use serde_json::Value;

use super::source::Document;

/// The prefix of environment variables that override config keys. `__` separates the levels of a key.
pub const PREFIX: &str = "BEDROCK_CHECK__";

/// The override of one config key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub source: OverrideSource,
    path: Vec<String>,
    value: String,
}

/// The source of an override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideSource {
    /// An environment variable, by name.
    Environment(String),
    /// A flag, as typed.
    Flag(String),
}

impl OverrideSource {
    pub fn name(&self) -> &str {
        match self {
            OverrideSource::Environment(name) | OverrideSource::Flag(name) => name,
        }
    }
}

/// Why the argument of `--set` is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentError {
    #[error("expected `KEY=VALUE`, found `{0}`")]
    MissingValue(String),
    #[error("`{0}` is not a TOML key")]
    InvalidKey(String),
}

impl Override {
    /// Creates the override of an environment variable, if its name starts with [`PREFIX`].
    pub fn from_environment(name: &str, value: &str) -> Option<Override> {
        let path = name.strip_prefix(PREFIX)?.split("__").map(str::to_owned).collect();
        Some(Override { source: OverrideSource::Environment(name.to_owned()), path, value: value.to_owned() })
    }

    /// Creates the override of `--set KEY=VALUE`. The key is a TOML key: dotted, with quotes around a part that
    /// contains dots.
    pub fn from_flag(assignment: &str) -> Result<Override, AssignmentError> {
        let (key, value) =
            assignment.split_once('=').ok_or_else(|| AssignmentError::MissingValue(assignment.to_owned()))?;
        let path = split_key(key).ok_or_else(|| AssignmentError::InvalidKey(key.to_owned()))?;
        Ok(Override {
            source: OverrideSource::Flag(format!("--set {assignment}")),
            path,
            value: value.trim().to_owned(),
        })
    }

    /// Whether it sets a key of `credentials`, in the config or in a profile. The `credentials` of a model is
    /// only a name, so setting that doesn't count.
    pub fn sets_credentials(&self) -> bool {
        let above = self.path.len().saturating_sub(1);
        let is_below = self.path[..above].iter().any(|step| is_credentials(step));
        let line = format!("value = {}\n", toml_value(&self.value));
        let value = &Document::parse(&line).0.value["value"];
        let is_table_with_credentials = match self.path.last() {
            Some(last) if is_credentials(last) => !value.is_string(),
            _ => contains_credentials(value),
        };
        is_below || is_table_with_credentials
    }

    /// Formats the override as a line of TOML for the `config`. Returns `None` if the config lacks the model or
    /// credentials that the key names.
    ///
    /// An override is parsed and checked like a file, and has positions like one. The name of an environment
    /// variable can't contain `-` or `.`, so `_` matches these, and case is ignored.
    pub fn to_toml(&self, config: &Value) -> Option<String> {
        let mut at = Some(config);
        let mut keys: Vec<String> = Vec::new();
        for (level, step) in self.path.iter().enumerate() {
            let known = at.and_then(|table| find_key(table, step));
            if level == 1 && known.is_none() && NAMED_TABLES.contains(&keys[0].as_str()) {
                return None;
            }
            at = known.and_then(|key| at?.get(key));
            keys.push(known.map_or_else(|| step.to_lowercase(), str::to_owned));
        }
        let key: Vec<String> = keys.iter().map(|key| Value::from(key.as_str()).to_string()).collect();
        Some(format!("{} = {}\n", key.join("."), toml_value(&self.value)))
    }
}

/// Converts the value of an override to TOML: unchanged if it is valid TOML, otherwise as a string.
pub fn toml_value(text: &str) -> String {
    let is_toml = toml::de::DeValue::parse(text).is_ok();
    if is_toml { text.to_owned() } else { Value::from(text).to_string() }
}

fn is_credentials(step: &str) -> bool {
    normalize(step) == "credentials"
}

/// Whether a table at any depth of `value` contains credentials.
fn contains_credentials(value: &Value) -> bool {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        let Value::Object(table) = value else { continue };
        if table.iter().any(|(key, below)| is_credentials(key) && !below.is_string()) {
            return true;
        }
        left.extend(table.values());
    }
    false
}

/// Splits a dotted key into its parts.
fn split_key(key: &str) -> Option<Vec<String>> {
    let line = format!("{key} = 0\n");
    let (document, errors) = Document::parse(&line);
    let mut steps = Vec::new();
    let mut at = &document.value;
    while let Value::Object(table) = at {
        let (step, below) = table.iter().next()?;
        steps.push(step.clone());
        at = below;
    }
    errors.is_empty().then_some(steps)
}

/// Tables whose keys are names that the user chooses.
const NAMED_TABLES: [&str; 2] = ["models", "credentials"];

fn find_key<'v>(table: &'v Value, step: &str) -> Option<&'v str> {
    let keys = || table.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str));
    keys().find(|key| *key == step).or_else(|| keys().find(|key| normalize(key) == normalize(step)))
}

fn normalize(key: &str) -> String {
    key.to_lowercase().replace(['-', '.'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: Option<&str>) {
        let config = serde_json::json!({ "models": { "claude-haiku": { "region": "x" } } });
        let key_override = Override::from_environment(name, value).expect("the prefix is there");
        assert_eq!(key_override.to_toml(&config).as_deref().map(str::trim_end), expected);
    }

    #[test]
    fn variables_override_keys_and_values_keep_their_type() {
        let region = r#""models"."claude-haiku"."region" = "eu-west-1""#;
        check("BEDROCK_CHECK__MODELS__CLAUDE_HAIKU__REGION", "eu-west-1", Some(region));
        let stream = r#""models"."claude-haiku"."stream" = true"#;
        check("BEDROCK_CHECK__MODELS__CLAUDE_HAIKU__STREAM", "true", Some(stream));
        check("BEDROCK_CHECK__MODELS__OTHER__REGION", "eu-west-1", None);
        check("BEDROCK_CHECK__DEFAULTS__REGION", "eu", Some(r#""defaults"."region" = "eu""#));
    }

    #[test]
    fn flags_override_dotted_keys() {
        let key_override = Override::from_flag("models.a.tags=[\"x\"]").unwrap();
        let config = serde_json::json!({ "models": { "a": {} } });
        assert_eq!(key_override.to_toml(&config).unwrap(), "\"models\".\"a\".\"tags\" = [\"x\"]\n");
        let quoted = Override::from_flag("models.\"a.b\".region=x").unwrap();
        assert_eq!(
            quoted.to_toml(&serde_json::json!({ "models": { "a.b": {} } })).unwrap(),
            "\"models\".\"a.b\".\"region\" = \"x\"\n"
        );
        for wrong in ["models.a", "=x", "models..a=x", "a b=x", "a\nb=2"] {
            assert!(Override::from_flag(wrong).is_err(), "{wrong}");
        }
    }
}
