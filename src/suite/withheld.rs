//! What came from the environment: requests hold it, findings don't show it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnose::visible;
use crate::redact::replace_secrets;

/// Texts that are not shown.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    texts: BTreeSet<String>,
}

/// Blotting out shorter ones would blot out half of every text, and tell where they stand.
const SHORTEST: usize = 4;

impl Withheld {
    /// Withholds every text and number in `value`, line by line, as is and as JSON writes it.
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

    /// `text` with `***` for each withheld one.
    pub fn blot_out<'t>(&self, text: &'t str) -> Cow<'t, str> {
        replace_secrets(text, &self.texts)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn withheld_texts_are_blotted_out_as_json_writes_them() {
        let mut withheld = Withheld::default();
        withheld.add(&json!({ "a": ["hush", "hush hush", "a \"b\"\nsecond"], "n": 12345, "short": "abc" }));
        for (text, expected) in [
            ("+ \"hush hush, hush\"", "+ \"***, ***\""),
            (r#"+ "a \"b\"\nsecond""#, r#"+ "***""#),
            ("+ 12345, second, abc", "+ ***, ***, abc"),
        ] {
            assert_eq!(withheld.blot_out(text), expected);
        }
    }
}
