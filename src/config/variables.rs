//! The variables that a model declares, and the values that a case gives them.

use serde::Deserialize as _;
use serde_json::{Map, Number, Value};

use super::model::{Variable, VariableType};
use crate::pattern::{PatternError, Patterns};
use crate::pointer::join;

/// A declared variable.
#[derive(Clone, Debug)]
pub struct DeclaredVariable {
    /// Dotted if the declaration is nested.
    pub name: String,
    /// The JSON pointer of its table, relative to the model.
    pub pointer: String,
    pub variable: Variable,
}

/// A value that a case gives to a variable.
#[derive(Clone, Debug)]
pub struct GivenValue<'v> {
    pub name: String,
    /// The JSON pointer of the value, relative to the case's `variables`.
    pub pointer: String,
    pub value: &'v Value,
}

/// Collects the variables that a model declares. A dotted name may be quoted or nested; both mean the same.
pub fn declared_variables(table: &Map<String, Value>) -> Vec<DeclaredVariable> {
    let mut found = Vec::new();
    collect_declared(table, "", "/variables", &mut found);
    found
}

fn collect_declared(
    table: &Map<String, Value>,
    prefix: &str,
    pointer: &str,
    found: &mut Vec<DeclaredVariable>,
) {
    for (key, value) in table.iter().filter(|(key, value)| prefix.is_empty() || is_nested(key, value)) {
        let Value::Object(own) = value else { continue };
        let (name, pointer) = ([prefix, key].concat(), join(pointer, key));
        let nested = own.iter().any(|(key, value)| is_nested(key, value));
        if !nested || own.iter().any(|(key, value)| !is_nested(key, value)) {
            let parsed = if nested { without_nested(own) } else { Variable::deserialize(value) };
            let variable = parsed.unwrap_or_else(|_| accepting_any_value(own));
            found.push(DeclaredVariable { name: name.clone(), pointer: pointer.clone(), variable });
        }
        if nested {
            collect_declared(own, &format!("{name}."), &pointer, found);
        }
    }
}

/// The variable of a declaration that the schema rejects. It accepts any value, so that uses of the variable
/// are not reported as well.
fn accepting_any_value(own: &Map<String, Value>) -> Variable {
    let (value_type, default) = (Some(VariableType::Json), own.get("default").cloned());
    Variable { value_type, default, ..Variable::default() }
}

fn without_nested(table: &Map<String, Value>) -> serde_json::Result<Variable> {
    let own = table.iter().filter(|(key, value)| !is_nested(key, value));
    let own_table = own.map(|(key, value)| (key.clone(), value.clone())).collect();
    serde_json::from_value(Value::Object(own_table))
}

/// Whether the entry of a variable's table declares another, nested variable: any table does, except under
/// one of a variable's own keys.
fn is_nested(key: &str, value: &Value) -> bool {
    value.is_object() && !Variable::KEYS.contains(&key)
}

/// Mistakes in a declaration that make every value invalid: for each the key, a message and a help.
pub fn contradictions(variable: &Variable, patterns: &Patterns) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    if let Some(pattern) = &variable.pattern
        && let Err(error) = patterns.compile(pattern)
    {
        let (message, help) = describe_pattern_error(pattern, &error);
        found.push(("pattern", message, help.to_owned()));
    }
    let mut bounds = |low: &'static str, high: &str, pair: Option<(f64, f64)>| {
        if let Some((least, most)) = pair.filter(|(least, most)| least > most) {
            let message = format!("`{low}` ({least}) is greater than `{high}` ({most})");
            found.push((low, message, "swap the two bounds".to_owned()));
        }
    };
    let number = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
    bounds("minimum", "maximum", number(&variable.minimum).zip(number(&variable.maximum)));
    #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
    let length = |length: Option<u64>| length.map(|length| length as f64);
    bounds("min_length", "max_length", length(variable.min_length).zip(length(variable.max_length)));
    found
}

fn describe_pattern_error(pattern: &str, error: &PatternError) -> (String, &'static str) {
    if error.is_limit() {
        return (format!("`pattern`: {error}"), "write a shorter pattern, or one with smaller repetitions");
    }
    let help = "write a regular expression; look-around and back-references are not supported";
    (format!("`pattern`: `{pattern}` is not a regular expression"), help)
}

/// The values that `table` gives to the `declared` variables, and the names and pointers of undeclared ones.
pub fn given_values<'v>(
    table: &'v Map<String, Value>,
    declared: &[DeclaredVariable],
) -> (Vec<GivenValue<'v>>, Vec<(String, String)>) {
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    collect_given(table, "", "", declared, &mut found, &mut unknown);
    (found, unknown)
}

fn collect_given<'v>(
    table: &'v Map<String, Value>,
    prefix: &str,
    pointer: &str,
    declared: &[DeclaredVariable],
    found: &mut Vec<GivenValue<'v>>,
    unknown: &mut Vec<(String, String)>,
) {
    for (key, value) in table {
        let (name, pointer) = ([prefix, key].concat(), join(pointer, key));
        let group = [&name, "."].concat();
        match value {
            _ if declared.iter().any(|variable| variable.name == name) => {
                found.push(GivenValue { name, pointer, value });
            }
            Value::Object(nested) if declared.iter().any(|variable| variable.name.starts_with(&group)) => {
                collect_given(nested, &group, &pointer, declared, found, unknown);
            }
            _ => unknown.push((name, pointer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::Document;

    fn names(toml: &str) -> Vec<String> {
        let document = Document::parse(toml).0;
        declared_variables(document.value.as_object().expect("a table"))
            .into_iter()
            .map(|found| found.name)
            .collect()
    }

    #[test]
    fn quoted_and_nested_names_are_equal() {
        assert_eq!(names("\"system.prompt\" = { type = 'string' }"), ["system.prompt"]);
        assert_eq!(names("system.prompt = { type = 'string' }\na = {}"), ["system.prompt", "a"]);
        assert_eq!(names("[a]\ntype = 'json'\ndefault = { x = 1 }\n[a.b]\ntype = 'string'"), ["a", "a.b"]);
        assert_eq!(names("type = { type = 'string' }"), ["type"], "own keys are names at the first level");
    }

    #[test]
    fn cases_can_nest_names_too() {
        let table = Document::parse("system.prompt = { }\ndata = { type = 'json' }").0;
        let declared = declared_variables(table.value.as_object().unwrap());
        let case =
            Document::parse("system = { prompt = 'x', pormpt = 'y' }\ndata = { env = 'A' }\nodd = 1").0;
        let (given, unknown) = given_values(case.value.as_object().unwrap(), &declared);
        let given: Vec<_> = given.iter().map(|given| (given.name.as_str(), given.pointer.as_str())).collect();
        assert_eq!(given, [("system.prompt", "/system/prompt"), ("data", "/data")]);
        let unknown: Vec<_> = unknown.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(unknown, ["system.pormpt", "odd"]);
    }
}
