//! Renders the text of a `.snap` file in the bytes that insta's own `Snapshot::save` writes.

use std::fmt::Write as _;

/// The metadata of a snapshot. It has no line numbers and no times, so that equal output makes equal files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The config file, relative to the root, with `/` on every platform.
    pub source: String,
    pub description: Option<String>,
    /// The id of the case. insta shows it as the expression that was evaluated.
    pub expression: Option<String>,
    /// More information for a review. Only strings: insta reads other values back in another form.
    pub info: Vec<(String, String)>,
}

/// Renders a whole `.snap` or `.snap.new` file. White space at the end of `contents` is removed, as insta does.
pub fn render(header: &Header, contents: &str) -> String {
    let mut out = String::with_capacity(contents.len() + HEADER_CAPACITY);
    out.push_str("---\n");
    entry(&mut out, "source", &header.source);
    for (key, value) in [("description", &header.description), ("expression", &header.expression)] {
        if let Some(value) = value {
            entry(&mut out, key, value);
        }
    }
    if !header.info.is_empty() {
        out.push_str("info:\n");
    }
    for (key, value) in &header.info {
        out.push_str("  ");
        entry(&mut out, key, value);
    }
    out.push_str("---\n");
    let contents = contents.trim_end();
    if contents.contains('\r') {
        out.push_str(&contents.replace("\r\n", "\n"));
    } else {
        out.push_str(contents);
    }
    out.push('\n');
    out
}

/// Large enough for most headers.
const HEADER_CAPACITY: usize = 512;

fn entry(out: &mut String, key: &str, value: &str) {
    scalar(out, key);
    out.push_str(": ");
    scalar(out, value);
    out.push('\n');
}

fn scalar(out: &mut String, text: &str) {
    if needs_quotes(text) { write_quoted(out, text) } else { out.push_str(text) }
}

/// insta's rule for headers, which differs from the rule for contents. It also includes `0o7` and `+.inf`, which
/// insta writes without quotes and reads back as numbers.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.starts_with([' ', '&', '*', '?', '|', '-', '<', '>', '=', '!', '%', '@', '.'])
        || text.ends_with(' ')
        || text.contains(is_quoted_char)
        || WORDS.contains(&text)
        || ["0x", "0o", "+."].iter().any(|prefix| text.starts_with(prefix))
        || text.parse::<f64>().is_ok()
}

fn is_quoted_char(char: char) -> bool {
    matches!(char,
        ':' | '{' | '}' | '[' | ']' | ',' | '#' | '`' | '"' | '\'' | '\\'
        | '\0'..='\x06' | '\t' | '\n' | '\r' | '\x0e'..='\x1a' | '\x1c'..='\x1f')
}

const WORDS: [&str; 22] = [
    "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE", "on", "On",
    "ON", "off", "Off", "OFF", "null", "Null", "NULL", "~",
];

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\x1f' | '\x7f' => {
                write!(out, "\\u{:04x}", u32::from(char)).expect("writing to a string can't fail");
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_rendered_as_insta_does() {
        let header = Header {
            source: "models/claude.bedrock.toml".to_owned(),
            description: Some("Answers in one sentence: no more.".to_owned()),
            expression: Some("claude-haiku::capital of France".to_owned()),
            info: vec![("model_id".to_owned(), "anthropic.claude-3-haiku-20240307-v1:0".to_owned())],
        };
        insta::assert_snapshot!(render(&header, "output_text: Paris\n\n"), @r#"
        ---
        source: models/claude.bedrock.toml
        description: "Answers in one sentence: no more."
        expression: "claude-haiku::capital of France"
        info:
          model_id: "anthropic.claude-3-haiku-20240307-v1:0"
        ---
        output_text: Paris
        "#);
    }
}
