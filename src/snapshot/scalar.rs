//! Strings as YAML scalars: which may stand without quotes, and how the others are escaped.

use std::fmt::Write as _;

/// Whether every YAML parser, of 1.1 or 1.2, reads the bare `text` as this very string.
///
/// Prose passes. What starts like a number, a date or an indicator, and the words that some
/// version of YAML takes for a boolean, a null or a number, do not.
pub(crate) fn is_plain(text: &str) -> bool {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return false };
    starts_plain(first)
        && !last.is_whitespace()
        && last != ':'
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|char| char == '\n' || char == '\t' || is_odd(char))
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn starts_plain(char: char) -> bool {
    match char {
        '(' | '$' | '/' | '_' => true,
        _ if char.is_ascii() => char.is_ascii_alphabetic(),
        _ => !char.is_whitespace(),
    }
}

const WORDS: [&str; 12] =
    ["null", "true", "false", "yes", "no", "y", "n", "on", "off", "nan", "inf", "infinity"];

/// What a reviewer can't see, or YAML can't hold: controls, bidirectional and other invisible
/// formatting, line separators, byte-order marks, non-characters.
///
/// The joiners U+200C and U+200D are left alone: Persian, Hindi and emoji are written with them.
pub(crate) fn is_odd(char: char) -> bool {
    if matches!(char, ' '..='~') {
        return false;
    }
    let control = char.is_control() && char != '\n' && char != '\t';
    let non_character = u32::from(char) & 0xFFFE == 0xFFFE;
    control
        || non_character
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

pub(crate) fn has_odd(text: &str) -> bool {
    let harmless = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    !text.bytes().all(harmless) && text.chars().any(is_odd)
}

/// `text` between double quotes, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    escape(&mut out, text);
    out.push('"');
    out
}

/// Appends `text` as it stands between double quotes.
///
/// JSON's escapes, but `\U` with eight digits beyond U+FFFF: YAML has no surrogate pairs.
pub(crate) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, from) = rest.split_at(plain_length(rest));
        out.push_str(plain);
        let mut chars = from.chars();
        match chars.next() {
            Some(char) if needs_escape(char) => push_escape(out, char),
            char => out.extend(char),
        }
        rest = chars.as_str();
    }
}

/// How much of `text` is ASCII that stands as it is: most of most texts, and quick to tell.
fn plain_length(text: &str) -> usize {
    let special = |byte: u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
    text.bytes().position(special).unwrap_or(text.len())
}

fn needs_escape(char: char) -> bool {
    matches!(char, '"' | '\\' | '\n' | '\t') || is_odd(char)
}

fn push_escape(out: &mut String, char: char) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ => {
            let code = u32::from(char);
            let written =
                if code > 0xFFFF { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            written.expect("a string grows");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_needs_no_quotes() {
        for text in [
            "The capital is Paris.",
            "it's 5, \"or\" [so] {they} say!",
            "a:b c#d",
            "(maybe)",
            "日本語",
            "null and void",
            "😀",
        ] {
            assert!(is_plain(text), "{text}");
        }
    }

    #[test]
    fn what_yaml_may_take_for_something_else_is_quoted() {
        for text in [
            "",
            " a",
            "a ",
            "a\u{a0}",
            "42",
            "1e5",
            ".5",
            "-1",
            "+1",
            "0x1F",
            "1_000",
            "12:30",
            "2024-01-01",
            "true",
            "Yes",
            "NO",
            "off",
            "null",
            "~",
            "y",
            "N",
            "NaN",
            "inf",
            ".inf",
            "=",
            "<<",
            "- a",
            "---",
            "...",
            "? a",
            "key: value",
            "key:",
            "a #b",
            "#a",
            "[a]",
            "{a}",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "'a'",
            "\"a\"",
            "%a",
            "@a",
            "`a`",
            "a\tb",
            "a\nb",
            "a\u{1b}b",
            "a\u{202e}b",
            "a\u{feff}",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn the_invisible_is_escaped() {
        let text = "\u{feff}a\r\u{1b}[0m\u{202e}\u{85}\u{2028}\u{e0041}\u{ffff}\0é😀\u{200d}";
        assert_eq!(
            quoted(text),
            "\"\\ufeffa\\r\\u001b[0m\\u202e\\u0085\\u2028\\U000e0041\\uffff\\u0000é😀\u{200d}\""
        );
    }
}
