//! Writes TOML strings and keys with the quotes that need the fewest escapes.

use std::fmt::Write as _;

/// `text` as a TOML string. Text of several lines is written on several lines.
pub(super) fn string(text: &str) -> String {
    let plain = |char: char| char == '\t' || !char.is_control();
    if text.contains('\n') && text.chars().all(|char| char == '\n' || plain(char)) && fits_literal(text) {
        return format!("'''\n{text}'''");
    }
    if !text.chars().all(plain) {
        return escaped(text);
    }
    match (text.contains(['"', '\\']), text.contains('\'')) {
        (false, _) => format!("\"{text}\""),
        (true, false) => format!("'{text}'"),
        (true, true) => escaped(text),
    }
}

/// `name` as a TOML key.
pub(super) fn key(name: &str) -> String {
    let bare = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string_on_one_line(name) }
}

/// `text` as a TOML string on one line, for keys and inline tables.
pub(super) fn string_on_one_line(text: &str) -> String {
    if text.contains('\n') { escaped(text) } else { string(text) }
}

/// Whether `text` can be a multi-line literal string. Three quotes would end it, and a quote right before the closing
/// ones is easily overlooked.
fn fits_literal(text: &str) -> bool {
    !text.contains("'''") && !text.ends_with('\'')
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                write!(out, "\\u{:04X}", u32::from(control)).expect("writing to a string can't fail");
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::source::Document;

    fn read(toml: &str) -> serde_json::Value {
        let (document, errors) = Document::parse(toml);
        assert!(errors.is_empty(), "{toml}: {errors:?}");
        document.value
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_unchanged(text in any::<String>(), odd in "[\\n\\r\\t'\"\\\\{} a\\x7f\\x01]{0,12}") {
            for text in [text, odd] {
                prop_assert_eq!(&read(&format!("a = {}\n", string(&text)))["a"], &text);
                prop_assert_eq!(&read(&format!("a = {{ b = {} }}\n", string_on_one_line(&text)))["a"]["b"], &text);
                prop_assert_eq!(&read(&format!("{} = 1\n", key(&text)))[&text], 1);
            }
        }
    }
}
