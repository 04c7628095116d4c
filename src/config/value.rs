//! Reads the value of a variable from its source and checks it against the declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64;
use serde_json::{Number, Value};

use super::model::{Variable, VariableType};
use super::variables::contradictions;
use crate::diagnose::{Code, short};
use crate::files::containment::is_below;
use crate::files::{self, Base, ReadError};
use crate::pattern::Patterns;
use crate::words::{a_json_kind, json_kind, quoted_commas, with_article};

/// The sources of values outside the config: the environment and files.
#[derive(Clone, Debug, Default)]
pub struct ValueSources {
    pub environment: BTreeMap<String, String>,
    /// The folder that the paths of configs are relative to.
    pub base: Base,
    /// Only files below this folder may be read.
    pub root: PathBuf,
    /// Whether an unset environment variable is an error. It is one if cases will run.
    pub needs_environment: bool,
    pub read_log: ReadLog,
}

/// Records what configs read besides themselves. Clones share one log.
#[derive(Clone, Debug, Default)]
pub struct ReadLog(Arc<Mutex<LoggedReads>>);

#[derive(Clone, Debug, Default)]
pub struct LoggedReads {
    pub files: BTreeSet<PathBuf>,
    /// Names of environment variables.
    pub variables: BTreeSet<String>,
}

impl ReadLog {
    pub(crate) fn record_file(&self, path: &Path) {
        self.lock(|read| read.files.insert(path.to_owned()));
    }

    fn record_variable(&self, name: &str) {
        self.lock(|read| read.variables.insert(name.to_owned()));
    }

    /// A copy of what has been recorded so far.
    pub fn entries(&self) -> LoggedReads {
        self.lock(|read| read.clone())
    }

    fn lock<T>(&self, access: impl FnOnce(&mut LoggedReads) -> T) -> T {
        access(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why a value can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    #[error("expected {expected}, found {found}")]
    WrongType { expected: String, found: String, help: Option<String> },
    #[error("expected `as = \"text\"` or `as = \"base64\"`, found {found}")]
    UnknownEncoding { found: String },
    #[error("{found} is not {expected}")]
    Unparsable { expected: String, found: String },
    #[error("{found} is less than the minimum {minimum}")]
    BelowMinimum { found: String, minimum: Number },
    #[error("{found} is more than the maximum {maximum}")]
    AboveMaximum { found: String, maximum: Number },
    #[error("the string has {found} characters, fewer than the minimum {minimum}")]
    TooShort { found: u64, minimum: u64 },
    #[error("the string has {found} characters, more than the maximum {maximum}")]
    TooLong { found: u64, maximum: u64 },
    #[error("the string doesn't match `{pattern}`")]
    PatternMismatch { pattern: String },
    #[error("{found} is not one of {options}")]
    NotAllowed { found: String, options: String },
    #[error("`{pattern}` is not a regular expression")]
    InvalidPattern { pattern: String },
    #[error("the environment variable `{name}` is not set")]
    VariableUnset { name: String },
    #[error(transparent)]
    File(#[from] ReadError),
    #[error("`{}` points outside the repository", .path.display())]
    OutsideRoot { path: PathBuf },
}

impl ValueError {
    pub fn code(&self) -> Code {
        match self {
            ValueError::WrongType { .. } | ValueError::Unparsable { .. } => Code::VariableType,
            ValueError::VariableUnset { .. } | ValueError::File(_) => Code::VariableSource,
            ValueError::OutsideRoot { .. } => Code::FileOutsideRoot,
            ValueError::InvalidPattern { .. } | ValueError::UnknownEncoding { .. } => Code::InvalidValue,
            _ => Code::VariableRange,
        }
    }

    pub fn help(&self) -> Option<String> {
        match self {
            ValueError::WrongType { help, .. } => help.clone(),
            ValueError::File(ReadError::NotUtf8 { .. }) => {
                Some("save the file as UTF-8, or read its bytes with `as = \"base64\"`".to_owned())
            }
            ValueError::VariableUnset { name } => {
                Some(format!("set `{name}`, or give the variable a `default`"))
            }
            ValueError::OutsideRoot { .. } => {
                Some("move the file into the repository, below the folder that contains `.git` or `bedrock-check.toml`".to_owned())
            }
            ValueError::File(ReadError::Missing { .. }) => {
                Some("write the path relative to the config file".to_owned())
            }
            _ => None,
        }
    }
}

impl ValueError {
    /// The same error without the value: it comes from the environment variable `name` and may be a secret.
    fn without_value(self, name: &str) -> ValueError {
        let found = format!("the value of `{name}`");
        match self {
            ValueError::WrongType { expected, .. } => ValueError::WrongType { expected, found, help: None },
            ValueError::Unparsable { expected, .. } => ValueError::Unparsable { expected, found },
            ValueError::BelowMinimum { minimum, .. } => ValueError::BelowMinimum { found, minimum },
            ValueError::AboveMaximum { maximum, .. } => ValueError::AboveMaximum { found, maximum },
            ValueError::NotAllowed { options, .. } => ValueError::NotAllowed { found, options },
            other => other,
        }
    }
}

/// Whether `given` refers to an environment variable.
pub fn is_from_environment(given: &Value) -> bool {
    environment_variable(given).is_some()
}

/// The name of the environment variable that `given` refers to.
pub fn environment_variable(given: &Value) -> Option<&str> {
    match Source::from_value(given) {
        Source::Environment(name) => Some(name),
        Source::Literal(_) | Source::File { .. } => None,
    }
}

/// The path of the file that `given` refers to, as written in the config.
pub fn file_path(given: &Value) -> Option<&str> {
    match Source::from_value(given) {
        Source::File { path, .. } => Some(path),
        Source::Literal(_) | Source::Environment(_) => None,
    }
}

/// The source of a value.
enum Source<'v> {
    Literal(&'v Value),
    Environment(&'v str),
    File { path: &'v str, encoding: Option<&'v Value> },
}

impl<'v> Source<'v> {
    fn from_value(value: &'v Value) -> Source<'v> {
        let text = |key| value.get(key).and_then(Value::as_str);
        match (text("env"), text("file"), value.as_object().map_or(0, serde_json::Map::len)) {
            (Some(name), None, 1) => Source::Environment(name),
            (None, Some(path), 1) => Source::File { path, encoding: None },
            (None, Some(path), 2) if value.get("as").is_some() => {
                Source::File { path, encoding: value.get("as") }
            }
            _ => Source::Literal(value),
        }
    }
}

/// Reads the value of `given` with the type that `variable` declares. `folder` is the config's folder.
///
/// Returns `Ok(None)` if the environment variable is not set and that is not an error.
pub fn read_value(
    variable: &Variable,
    given: &Value,
    folder: &Path,
    value_sources: &ValueSources,
    patterns: &Patterns,
) -> Result<Option<Value>, ValueError> {
    let source = Source::from_value(given);
    let value = match &source {
        Source::Literal(value) => Ok((*value).clone()),
        Source::Environment(name) => match value_sources.environment.get(*name) {
            Some(text) => {
                value_sources.read_log.record_variable(name);
                parse_typed(variable.value_type.unwrap_or_default(), text.clone())
            }
            None if value_sources.needs_environment => {
                return Err(ValueError::VariableUnset { name: (*name).to_owned() });
            }
            None => return Ok(None),
        },
        Source::File { path, encoding } => {
            let base64 = is_base64(*encoding)?;
            let path = confine_to_root(&folder.join(path), value_sources)?;
            value_sources.read_log.record_file(&path);
            let text = if base64 {
                BASE64.encode(&value_sources.base.read_bytes(&path, files::FIXTURE_LIMIT)?)
            } else {
                value_sources.base.read_text(&path, files::CONFIG_LIMIT)?
            };
            parse_typed(variable.value_type.unwrap_or_default(), text)
        }
    };
    let checked = value.and_then(|value| check(variable, &value, patterns).map(|()| Some(value)));
    checked.map_err(|error| match source {
        Source::Environment(name) => error.without_value(name),
        Source::Literal(_) | Source::File { .. } => error,
    })
}

fn check(variable: &Variable, value: &Value, patterns: &Patterns) -> Result<(), ValueError> {
    check_type(variable.value_type.unwrap_or_default(), value)?;
    // If the declaration contradicts itself, no value is valid. That is reported at the declaration.
    check_range(variable, value, patterns)
        .or_else(|error| if contradictions(variable, patterns).is_empty() { Err(error) } else { Ok(()) })
}

fn is_base64(encoding: Option<&Value>) -> Result<bool, ValueError> {
    match encoding.map(|encoding| encoding.as_str()) {
        None | Some(Some("text")) => Ok(false),
        Some(Some("base64")) => Ok(true),
        Some(_) => Err(ValueError::UnknownEncoding { found: encoding.map_or_else(String::new, describe) }),
    }
}

/// Returns `path` if the file exists below the root of `value_sources`, after symlinks are followed.
pub fn confine_to_root(path: &Path, value_sources: &ValueSources) -> Result<PathBuf, ValueError> {
    let located = value_sources.base.locate(path);
    // Checked first, so that the error does not reveal whether a file outside the root exists.
    if !is_below(&located, &value_sources.root) {
        return Err(ValueError::OutsideRoot { path: path.to_owned() });
    }
    located.canonicalize().map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), cause },
    })?;
    Ok(path.to_owned())
}

/// Converts text from a file or the environment to the declared type.
fn parse_typed(kind: VariableType, text: String) -> Result<Value, ValueError> {
    if kind == VariableType::String {
        return Ok(Value::String(text));
    }
    serde_json::from_str(text.trim()).map_err(|_| ValueError::Unparsable {
        expected: expected_type(kind),
        found: describe(&Value::String(text)),
    })
}

fn check_type(kind: VariableType, value: &Value) -> Result<(), ValueError> {
    let fits = match kind {
        VariableType::String => value.is_string(),
        VariableType::Integer => value.as_number().is_some_and(is_integer),
        VariableType::Number => value.is_number(),
        VariableType::Boolean => value.is_boolean(),
        VariableType::Json => true,
    };
    let error = || ValueError::WrongType {
        expected: expected_type(kind),
        found: describe(value),
        help: suggest_notation(kind, value),
    };
    if fits { Ok(()) } else { Err(error()) }
}

/// Suggests how to write the value that was probably meant.
fn suggest_notation(kind: VariableType, value: &Value) -> Option<String> {
    match value {
        Value::Object(_) => Some("write a literal, `{ env = \"NAME\" }` or `{ file = \"PATH\" }`".to_owned()),
        Value::String(text) => {
            let fits = serde_json::from_str(text).is_ok_and(|value: Value| check_type(kind, &value).is_ok());
            fits.then(|| format!("write it without quotes: `{text}`"))
        }
        Value::Number(_) | Value::Bool(_) if kind == VariableType::String => {
            Some(format!("put it in quotes: `\"{value}\"`"))
        }
        _ => None,
    }
}

fn is_integer(number: &Number) -> bool {
    number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn expected_type(kind: VariableType) -> String {
    match kind {
        VariableType::Json => "JSON".to_owned(),
        other => with_article(other.name()),
    }
}

/// The kind of `value` and, for a string, number or boolean, its beginning.
fn describe(value: &Value) -> String {
    if value.is_null() || value.is_array() || value.is_object() {
        return a_json_kind(value);
    }
    format!("the {} `{}`", json_kind(value), short(&value.to_string(), 41))
}

fn check_range(variable: &Variable, value: &Value, patterns: &Patterns) -> Result<(), ValueError> {
    if let Some(number) = value.as_f64() {
        check_number(variable, value, number)?;
    }
    if let Some(text) = value.as_str() {
        check_text(variable, text, patterns)?;
    }
    match &variable.one_of {
        Some(options) if !options.contains(value) => {
            Err(ValueError::NotAllowed { found: value.to_string(), options: quoted_commas(options) })
        }
        _ => Ok(()),
    }
}

fn check_number(variable: &Variable, value: &Value, number: f64) -> Result<(), ValueError> {
    let beyond = |limit: &Number, over: bool| {
        limit.as_f64().is_some_and(|limit| if over { number > limit } else { number < limit })
    };
    match (&variable.minimum, &variable.maximum) {
        (Some(minimum), _) if beyond(minimum, false) => {
            Err(ValueError::BelowMinimum { found: value.to_string(), minimum: minimum.clone() })
        }
        (_, Some(maximum)) if beyond(maximum, true) => {
            Err(ValueError::AboveMaximum { found: value.to_string(), maximum: maximum.clone() })
        }
        _ => Ok(()),
    }
}

fn check_text(variable: &Variable, text: &str, patterns: &Patterns) -> Result<(), ValueError> {
    let found = text.chars().count() as u64;
    if let Some(minimum) = variable.min_length.filter(|minimum| found < *minimum) {
        return Err(ValueError::TooShort { found, minimum });
    }
    if let Some(maximum) = variable.max_length.filter(|maximum| found > *maximum) {
        return Err(ValueError::TooLong { found, maximum });
    }
    let Some(pattern) = &variable.pattern else { return Ok(()) };
    let regex =
        patterns.compile(pattern).map_err(|_| ValueError::InvalidPattern { pattern: pattern.clone() })?;
    if regex.is_match(text) { Ok(()) } else { Err(ValueError::PatternMismatch { pattern: pattern.clone() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Reads `given` for the declaration `variable` and compares the value or the error's message.
    #[track_caller]
    fn check_read(variable: Value, given: &Value, expected: &str) {
        let variable: Variable = serde_json::from_value(variable).expect("a variable");
        let environment = BTreeMap::from([("N".to_owned(), "12".to_owned())]);
        let value_sources = ValueSources { environment, needs_environment: true, ..ValueSources::default() };
        let found = match read_value(&variable, given, Path::new(""), &value_sources, &Patterns::default()) {
            Ok(value) => value.expect("set").to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn values_have_the_declared_type_and_range() {
        check_read(json!({ "type": "integer", "minimum": 1 }), &json!(3), "3");
        check_read(json!({ "type": "integer" }), &json!(3.5), "expected an integer, found the number `3.5`");
        check_read(json!({ "type": "integer", "minimum": 1 }), &json!(0), "0 is less than the minimum 1");
        check_read(json!({ "type": "number", "maximum": 1 }), &json!(1.5), "1.5 is more than the maximum 1");
        check_read(json!({}), &json!(true), "expected a string, found the boolean `true`");
        check_read(
            json!({ "max_length": 2 }),
            &json!("äöü"),
            "the string has 3 characters, more than the maximum 2",
        );
        check_read(json!({ "pattern": "^a" }), &json!("b"), "the string doesn't match `^a`");
        check_read(json!({ "enum": ["a", "b"] }), &json!("c"), "\"c\" is not one of `\"a\"`, `\"b\"`");
        check_read(json!({ "type": "json" }), &json!({ "a": [1] }), "{\"a\":[1]}");
    }

    #[test]
    fn values_from_the_environment_are_typed() {
        check_read(json!({ "type": "integer" }), &json!({ "env": "N" }), "12");
        check_read(json!({ "type": "string" }), &json!({ "env": "N" }), "\"12\"");
        check_read(
            json!({ "type": "boolean" }),
            &json!({ "env": "N" }),
            "expected a boolean, found the value of `N`",
        );
        check_read(json!({}), &json!({ "env": "M" }), "the environment variable `M` is not set");
    }

    #[test]
    fn errors_do_not_contain_values_from_the_environment() {
        let given = json!({ "env": "N" });
        for (variable, expected) in [
            (json!({ "enum": ["a"] }), "the value of `N` is not one of `\"a\"`"),
            (json!({ "type": "integer", "minimum": 13 }), "the value of `N` is less than the minimum 13"),
            (json!({ "type": "integer", "maximum": 11 }), "the value of `N` is more than the maximum 11"),
        ] {
            check_read(variable, &given, expected);
        }
    }
}
