//! Replaces the values that selectors match.

use serde_json::{Map, Value};

use super::Fields;
use super::selector::{Selector, Step};

/// Replaces every value in `fields` that `selector` matches by `replacement`.
///
/// A replaced value is not searched further. One rule differs from insta: only `$key` matches the keys of objects,
/// a wildcard doesn't. Replaced keys that would be equal get a number: `[id]`, `[id] (2)`.
pub(crate) fn redact(fields: Fields, selector: &Selector, replacement: &Value) -> Fields {
    let mut redaction = Redaction { selector, replacement, path: Vec::new() };
    let redacted = fields.into_iter().map(|(name, value)| {
        let value = redaction.redact_at(Step::Key(name.clone()), value);
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
    fn redact_at(&mut self, step: Step, value: Value) -> Value {
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
            Value::Array(items) => self.array(items),
            Value::Object(members) => self.object(members),
            other => other,
        }
    }

    fn array(&mut self, items: Vec<Value>) -> Value {
        let length = items.len();
        let indexed = items.into_iter().enumerate();
        indexed.map(|(index, value)| self.redact_at(Step::Item { index, length }, value)).collect()
    }

    fn object(&mut self, members: Map<String, Value>) -> Value {
        self.path.push(Step::Keys);
        let keys_match = self.selector.matches_keys(&self.path);
        self.path.pop();
        let mut redacted = Map::new();
        for (key, value) in members {
            let value = self.redact_at(Step::Key(key.clone()), value);
            let key = if keys_match { numbered_key(&redacted, &self.key()) } else { key };
            redacted.insert(key, value);
        }
        Value::Object(redacted)
    }

    /// The replacement as a key.
    fn key(&self) -> String {
        self.replacement.as_str().map_or_else(|| self.replacement.to_string(), str::to_owned)
    }
}

fn numbered_key(redacted: &Map<String, Value>, key: &str) -> String {
    if redacted.is_empty() { key.to_owned() } else { format!("{key} ({})", redacted.len() + 1) }
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
    fn matched_values_are_replaced() {
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
