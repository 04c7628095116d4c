//! Replaces what selectors select.

use serde_json::{Map, Value};

use super::Fields;
use super::selector::{Selector, Step};

/// `fields` with everything that `selector` selects replaced by `replacement`.
///
/// What is replaced is not searched further. One thing differs from insta: a wildcard doesn't mean
/// the keys of objects, `$key` does. Keys that become the same get a number: `[id]`, `[id] (2)`.
pub(crate) fn redact(fields: Fields, selector: &Selector, replacement: &Value) -> Fields {
    let mut redaction = Redaction { selector, replacement, path: Vec::new() };
    let redacted = fields.into_iter().map(|(name, value)| {
        let value = redaction.below(Step::Key(name.clone()), value);
        (name, value)
    });
    redacted.collect()
}

struct Redaction<'a> {
    selector: &'a Selector,
    replacement: &'a Value,
    path: Vec<Step>,
}

impl Redaction<'_> {
    fn below(&mut self, step: Step, value: Value) -> Value {
        self.path.push(step);
        let value = self.value(value);
        self.path.pop();
        value
    }

    fn value(&mut self, value: Value) -> Value {
        if self.selector.matches(&self.path) {
            return self.replacement.clone();
        }
        match value {
            Value::Array(list) => self.list(list),
            Value::Object(map) => self.map(map),
            other => other,
        }
    }

    fn list(&mut self, list: Vec<Value>) -> Value {
        let length = list.len();
        let items = list.into_iter().enumerate();
        items.map(|(index, value)| self.below(Step::Item { index, length }, value)).collect()
    }

    fn map(&mut self, map: Map<String, Value>) -> Value {
        self.path.push(Step::Keys);
        let keys_match = self.selector.matches_keys(&self.path);
        self.path.pop();
        let mut redacted = Map::new();
        for (key, value) in map {
            let value = self.below(Step::Key(key.clone()), value);
            let key = if keys_match { unused(&redacted, &self.key()) } else { key };
            redacted.insert(key, value);
        }
        Value::Object(redacted)
    }

    fn key(&self) -> String {
        self.replacement.as_str().map_or_else(|| self.replacement.to_string(), str::to_owned)
    }
}

fn unused(map: &Map<String, Value>, key: &str) -> String {
    if map.is_empty() { key.to_owned() } else { format!("{key} ({})", map.len() + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(selector: &str, expected: &str) {
        let output = json!({
            "id": 1,
            "odd key": { "id": 2, "x": [{ "id": 3, "y": 4 }, 5, 6] },
            "list": [[7, 8], { "id": 9 }],
        });
        let Value::Object(map) = output else { unreachable!() };
        let selector = Selector::parse(selector).unwrap();
        let redacted = redact(map.into_iter().collect(), &selector, &json!("R"));
        let redacted = Value::Object(redacted.into_iter().collect());
        assert_eq!(redacted.to_string(), expected);
    }

    #[test]
    fn selectors_replace_what_they_select() {
        check(".id", r#"{"id":"R","odd key":{"id":2,"x":[{"id":3,"y":4},5,6]},"list":[[7,8],{"id":9}]}"#);
        check(
            ".**.id",
            r#"{"id":"R","odd key":{"id":"R","x":[{"id":"R","y":4},5,6]},"list":[[7,8],{"id":"R"}]}"#,
        );
        check(".*", r#"{"id":"R","odd key":"R","list":"R"}"#);
        check(r#"["odd key"].*"#, r#"{"id":1,"odd key":{"id":"R","x":"R"},"list":[[7,8],{"id":9}]}"#);
        check(
            r#"["odd key"].x[1:]"#,
            r#"{"id":1,"odd key":{"id":2,"x":[{"id":3,"y":4},"R","R"]},"list":[[7,8],{"id":9}]}"#,
        );
        check(
            r#"["odd key"].x[0].y, .id"#,
            r#"{"id":"R","odd key":{"id":2,"x":[{"id":3,"y":"R"},5,6]},"list":[[7,8],{"id":9}]}"#,
        );
        check(
            ".list[][-1:]",
            r#"{"id":1,"odd key":{"id":2,"x":[{"id":3,"y":4},5,6]},"list":[[7,"R"],{"id":9}]}"#,
        );
        check(".list.**", r#"{"id":1,"odd key":{"id":2,"x":[{"id":3,"y":4},5,6]},"list":["R","R"]}"#);
        check(".nothing", r#"{"id":1,"odd key":{"id":2,"x":[{"id":3,"y":4},5,6]},"list":[[7,8],{"id":9}]}"#);
    }

    #[test]
    fn keys_are_replaced_by_name_only() {
        check(
            r#"["odd key"].$key"#,
            r#"{"id":1,"odd key":{"R":2,"R (2)":[{"id":3,"y":4},5,6]},"list":[[7,8],{"id":9}]}"#,
        );
        check(".$key", r#"{"id":1,"odd key":{"id":2,"x":[{"id":3,"y":4},5,6]},"list":[[7,8],{"id":9}]}"#);
    }
}
