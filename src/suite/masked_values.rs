//! Values from the environment: requests contain them, findings mask them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnose::visible;
use crate::exchange::map_strings;
use crate::mask::replace_secrets;

/// Values that are masked in output.
#[derive(Clone, Debug, Default)]
pub struct MaskedValues {
    texts: BTreeSet<String>,
}

/// Values of fewer characters are not masked: they would match all over a text, and the mask would reveal
/// where they are.
const SHORTEST: usize = 4;

impl MaskedValues {
    /// Adds every string and number in `value`: strings line by line, and escaped as in JSON.
    pub(super) fn add(&mut self, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) => (),
            Value::Number(number) => self.add_text(number.as_str()),
            Value::String(text) => {
                let json = value.to_string();
                self.add_text(&json[1..json.len() - 1]);
                text.lines().for_each(|line| self.add_text(line.trim()));
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(members) => members.values().for_each(|value| self.add(value)),
        }
    }

    fn add_text(&mut self, text: &str) {
        if text.chars().count() >= SHORTEST {
            self.texts.extend([text.to_owned(), visible(text).into_owned()]);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Replaces each masked value in the strings of `value` by `***`.
    pub fn mask_strings(&self, value: &Value) -> Value {
        map_strings(value, &|_, text| self.mask(text).into_owned())
    }

    /// Replaces each masked value in `text` by `***`.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        replace_secrets(text, &self.texts)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_masked_as_json_writes_them() {
        let mut masked = MaskedValues::default();
        masked.add(&json!({ "a": ["hush", "hush hush", "a \"b\"\nsecond"], "n": 12345, "short": "abc" }));
        for (text, expected) in [
            ("+ \"hush hush, hush\"", "+ \"***, ***\""),
            (r#"+ "a \"b\"\nsecond""#, r#"+ "***""#),
            ("+ 12345, second, abc", "+ ***, ***, abc"),
        ] {
            assert_eq!(masked.mask(text), expected);
        }
    }
}
