//! Renders a request body as the text of a template.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::pointer::{join, join_index};

/// Renders `body` as pretty JSON for a TOML literal string, with placeholders for the values at the pointers in
/// `variables`.
///
/// Text that would end the literal or look like a placeholder is escaped.
pub(super) fn render_template(body: &Value, variables: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    Writer { variables }.value(&mut text, body, "", 0);
    text
}

struct Writer<'a> {
    /// The names of variables by the pointers of the values that they replace.
    variables: &'a BTreeMap<String, String>,
}

impl Writer<'_> {
    fn value(&self, text: &mut String, value: &Value, pointer: &str, depth: usize) {
        let line = self.line(value, pointer);
        if line.len() + 2 * depth <= LINE_WIDTH || !has_members(value) {
            text.push_str(&line);
            return;
        }
        let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
        text.push(open);
        for (index, (name, value, pointer)) in members(value, pointer).enumerate() {
            text.push_str(if index == 0 { "\n" } else { ",\n" });
            text.extend(std::iter::repeat_n("  ", depth + 1));
            text.extend(name.map(|name| format!("{}: ", string(name))));
            self.value(text, value, &pointer, depth + 1);
        }
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
        text.push(close);
    }

    /// The value on one line. Braces have spaces inside, so that two never form the `{{` of a placeholder.
    fn line(&self, value: &Value, pointer: &str) -> String {
        if let Some(variable) = self.variables.get(pointer) {
            let quote = if value.is_string() { "\"" } else { "" };
            return format!("{quote}{{{{{variable}}}}}{quote}");
        }
        let parts = members(value, pointer).map(|(name, value, pointer)| {
            let name = name.map(|name| format!("{}: ", string(name))).unwrap_or_default();
            name + &self.line(value, &pointer)
        });
        match value {
            Value::Object(members) if members.is_empty() => "{}".to_owned(),
            Value::Object(_) => format!("{{ {} }}", parts.collect::<Vec<_>>().join(", ")),
            Value::Array(_) => format!("[{}]", parts.collect::<Vec<_>>().join(", ")),
            Value::String(text) => string(text),
            plain => plain.to_string(),
        }
    }
}

/// The longest text that is written on one line, without the indentation.
const LINE_WIDTH: usize = 100;

fn has_members(value: &Value) -> bool {
    members(value, "").next().is_some()
}

type Member<'a> = (Option<&'a str>, &'a Value, String);

/// The members of an object or the items of an array, each with its pointer.
pub(super) fn members<'a>(value: &'a Value, pointer: &str) -> Box<dyn Iterator<Item = Member<'a>> + 'a> {
    let pointer = pointer.to_owned();
    match value {
        Value::Object(members) => Box::new(
            members.iter().map(move |(name, value)| (Some(name.as_str()), value, join(&pointer, name))),
        ),
        Value::Array(items) => Box::new(
            items.iter().enumerate().map(move |(index, item)| (None, item, join_index(&pointer, index))),
        ),
        _ => Box::new(std::iter::empty()),
    }
}

/// `text` as a JSON string that contains neither `{{` nor `''`.
fn string(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a string can be written as JSON");
    let mut out = String::with_capacity(json.len());
    let mut chars = json.chars().peekable();
    while let Some(char) = chars.next() {
        let doubled = chars.peek() == Some(&char);
        match char {
            '{' if doubled => out.push_str("\\u007b"),
            '\'' if doubled => out.push_str("\\u0027"),
            control if control.is_control() => {
                write!(out, "\\u{:04x}", u32::from(control)).expect("writing to a string can't fail");
            }
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_is_pretty_json_with_placeholders() {
        let body = json!({
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 200,
            "system": "Say {{this}} or '''that'''",
            "messages": [
                { "role": "user", "content": "What is the capital of France? Answer in one sentence, please." },
                { "role": "assistant", "content": "Paris" },
            ],
            "tools": [], "x": {},
        });
        let variables = [("/max_tokens", "max_tokens"), ("/messages/0/content", "prompt")];
        let variables = variables.map(|(pointer, name)| (pointer.to_owned(), name.to_owned())).into();
        assert_snapshot!(render_template(&body, &variables), @r#"
        {
          "anthropic_version": "bedrock-2023-05-31",
          "max_tokens": {{max_tokens}},
          "system": "Say \u007b{this}} or \u0027\u0027'that\u0027\u0027'",
          "messages": [{ "role": "user", "content": "{{prompt}}" }, { "role": "assistant", "content": "Paris" }],
          "tools": [],
          "x": {}
        }
        "#);
    }

    proptest! {
        #[test]
        fn strings_contain_no_placeholder_and_no_end_of_a_literal(text in "['{}\\\\\"\\x7f\\u{85}\\n ü]{0,12}") {
            let json = string(&text);
            prop_assert!(!json.contains("{{") && !json.contains("''") && !json.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
