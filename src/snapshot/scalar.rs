//! Strings as YAML scalars: which need no quotes, and how the others are escaped.

use std::fmt::Write as _;

/// Whether every parser of YAML 1.1 or 1.2 reads `text` without quotes as the same string.
///
/// Ordinary prose does. Text that starts like a number, a date or an indicator doesn't, nor do the words that some
/// version of YAML reads as a boolean, a null or a number.
pub(crate) fn is_plain(text: &str) -> bool {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return false };
    starts_plain(first)
        && !last.is_whitespace()
        && last != ':'
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|char| char == '\n' || char == '\t' || is_unprintable(char))
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

/// Whether a reviewer can't see `char`, or YAML can't contain it: control characters, bidirectional and other
/// invisible formatting, line separators, byte-order marks, non-characters.
///
/// The joiners U+200C and U+200D are not included, because Persian, Hindi and emoji need them.
pub(crate) fn is_unprintable(char: char) -> bool {
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

pub(crate) fn has_unprintable(text: &str) -> bool {
    let harmless = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    !text.bytes().all(harmless) && text.chars().any(is_unprintable)
}

/// `text` in double quotes, on one line.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    escape(&mut out, text);
    out.push('"');
    out
}

/// Appends `text`, escaped for double quotes.
///
/// The escapes are those of JSON, except for `\U` with eight digits above U+FFFF: YAML has no surrogate pairs.
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

/// The length of the start of `text` that is ASCII and needs no escape. Most texts are such ASCII, so that this is a
/// fast path.
fn plain_length(text: &str) -> usize {
    let special = |byte: u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
    text.bytes().position(special).unwrap_or(text.len())
}

fn needs_escape(char: char) -> bool {
    matches!(char, '"' | '\\' | '\n' | '\t') || is_unprintable(char)
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
            written.expect("writing to a string can't fail");
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
    fn text_that_yaml_may_read_as_another_value_needs_quotes() {
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
    fn invisible_characters_are_escaped() {
        let text = "\u{feff}a\r\u{1b}[0m\u{202e}\u{85}\u{2028}\u{e0041}\u{ffff}\0é😀\u{200d}";
        assert_eq!(
            quoted(text),
            "\"\\ufeffa\\r\\u001b[0m\\u202e\\u0085\\u2028\\U000e0041\\uffff\\u0000é😀\u{200d}\""
        );
    }
}
