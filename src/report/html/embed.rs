//! Embeds data in a page, as JSON that an HTML parser can't mistake for markup.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::diagnose::visible;

/// Most characters of one text that a page shows. Longer texts are mostly base64 data, such as images.
const TEXT_LIMIT: usize = 40_000;

/// JSON for a `script` element: `<`, `>` and `&` are written as escapes.
pub(super) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("the types of a page have text keys only");
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for char in text.chars() {
        match char {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            // On standard output GitHub's runner would read `##[` as a command, even within a line.
            '[' if escaped.ends_with("##") => escaped.push_str("\\u005b"),
            char => escaped.push(char),
        }
    }
    escaped
}

/// Prepares `value` for display: hidden characters become escapes, and very long texts are cut, with a note of the length.
pub(super) fn shown(value: &Value) -> Value {
    match value {
        Value::String(text) => shorten(&visible(text)).into_owned().into(),
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::Object(members) => {
            let mut members_shown = Map::new();
            for (name, value) in members {
                let mut name = visible(name).into_owned();
                // Two names may be equal after escaping. The mark keeps both.
                while members_shown.contains_key(&name) {
                    name.push('\'');
                }
                members_shown.insert(name, shown(value));
            }
            Value::Object(members_shown)
        }
        plain => plain.clone(),
    }
}

fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(TEXT_LIMIT) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            Cow::Owned(format!("{}… {left_out} characters left out", &text[..end]))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn hidden_characters_are_escaped_and_long_texts_are_cut() {
        let value = json!({ "a\u{202e}": ["\u{1b}[31m", 1.50, null] });
        assert_eq!(shown(&value), json!({ "a\\u{202e}": ["\\u{1b}[31m", 1.50, null] }));
        let long = shown(&Value::from("é".repeat(TEXT_LIMIT + 7)));
        assert!(long.as_str().unwrap_or_default().ends_with("é… 7 characters left out"), "{long}");
    }

    proptest! {
        #[test]
        fn embedded_json_contains_no_markup_and_parses_to_the_same_text(text in r#"(</script|<!--|]]>|&lt;|[<>&"'\\]|.){0,20}"#) {
            let embedded = json(&text);
            prop_assert!(!embedded.contains(['<', '>', '&']), "{embedded}");
            prop_assert_eq!(serde_json::from_str::<String>(&embedded).ok(), Some(text));
        }
    }
}
