use std::borrow::Cow;

/// Escapes every hidden character of `text` as `\u{…}`, except line breaks and tabs.
///
/// Configs, model output, recorded files and file names are not trusted: a terminal would execute some of these
/// characters, and others reorder, join or hide text.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_hidden(char) {
            escaped.extend(char.escape_unicode());
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

/// Like [`visible`], on one line: line breaks and tabs become `\n`, `\r` and `\t`. For names and paths.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r', '\t']) {
        return visible(text);
    }
    let one_line = text.replace('\r', "\\r").replace('\n', "\\n").replace('\t', "\\t");
    Cow::Owned(visible(&one_line).into_owned())
}

/// Like [`visible`], for the output of a program: keeps the escape sequences that set colours (`ESC [ … m`), and ends
/// lines with LF.
pub fn visible_in_color(text: &str) -> String {
    visible_with_styles(&text.replace("\r\n", "\n")).into_owned()
}

/// Like [`visible`], but keeps the escape sequences that set colours (`ESC [ … m`).
pub fn visible_with_styles(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let parts = split_styles(text).into_iter();
    let shown = parts.map(|part| match part {
        StyledPart::Style(style) => Cow::Borrowed(style),
        StyledPart::Text(text) => visible(text),
    });
    Cow::Owned(shown.collect())
}

/// A part of a text with escape sequences.
pub(super) enum StyledPart<'t> {
    /// An escape sequence that sets colours.
    Style(&'t str),
    /// Text, which may contain other escape sequences.
    Text(&'t str),
}

impl<'t> StyledPart<'t> {
    pub(super) fn text(self) -> Option<&'t str> {
        match self {
            StyledPart::Style(_) => None,
            StyledPart::Text(text) => Some(text),
        }
    }
}

/// Splits `text` at the escape sequences that set colours.
pub(super) fn split_styles(text: &str) -> Vec<StyledPart<'_>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (escape, _) in text.match_indices('\u{1b}') {
        let Some(style) = style(&text[escape + 1..]) else { continue };
        let end = escape + 1 + style.len();
        parts.extend([StyledPart::Text(&text[start..escape]), StyledPart::Style(&text[escape..end])]);
        start = end;
    }
    parts.push(StyledPart::Text(&text[start..]));
    parts
}

/// The rest of an escape sequence that sets colours, `[ … m`, at the start of the text after an ESC.
fn style(text: &str) -> Option<&str> {
    let numbers = text.strip_prefix('[')?;
    let after = numbers.trim_start_matches(|char: char| char.is_ascii_digit() || matches!(char, ';' | ':'));
    let rest = after.strip_prefix('m')?;
    Some(&text[..text.len() - rest.len()])
}

/// Whether `char` is invisible or changes how other characters are displayed, so that [`visible`] escapes it. Line breaks
/// (LF) and tabs are not hidden.
pub fn is_hidden(char: char) -> bool {
    if matches!(char, ' '..='~' | '\n' | '\t') {
        return false;
    }
    let after = HIDDEN.partition_point(|(first, _)| *first <= char);
    after > 0 && char <= HIDDEN[after - 1].1
}

/// The hidden characters, as ranges in ascending order. They are the characters of Unicode 16.0 that have one of these
/// properties (`UnicodeData.txt` and `DerivedCoreProperties.txt`), without LF and tab:
///
/// - `General_Category` is Control, `Line_Separator` or `Paragraph_Separator`.
/// - `General_Category` is Format, without the visible signs that have the property `Prepended_Concatenation_Mark`.
///   These are the bidirectional controls, for example.
/// - `Default_Ignorable_Code_Point`: variation selectors, tags, fillers, joiners, soft hyphens. The selectors and
///   joiners in emoji are included, because they can also hide data.
///
/// A test compares the table with the properties in the crate `regex`.
#[rustfmt::skip]
const HIDDEN: [(char, char); 21] = [
    ('\u{0}', '\u{8}'), ('\u{b}', '\u{1f}'), ('\u{7f}', '\u{9f}'), ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'), ('\u{61c}', '\u{61c}'), ('\u{115f}', '\u{1160}'), ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'), ('\u{200b}', '\u{200f}'), ('\u{2028}', '\u{202e}'), ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'), ('\u{fe00}', '\u{fe0f}'), ('\u{feff}', '\u{feff}'), ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'), ('\u{13430}', '\u{1343f}'), ('\u{1bca0}', '\u{1bca3}'), ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(visible("a\nb\tü"), "a\nb\tü");
        assert_eq!(visible("\u{1b}[31mred\u{202e}\r"), "\\u{1b}[31mred\\u{202e}\\u{d}");
        assert_eq!(visible_line("a\n\r\tb\u{9b}"), "a\\n\\r\\tb\\u{9b}");
    }

    #[test]
    fn only_sequences_that_set_colors_are_kept() {
        for (text, expected) in [
            ("\u{1b}[1;38:5:9mred\u{1b}[m", "\u{1b}[1;38:5:9mred\u{1b}[m"),
            ("\u{1b}[2Jm", "\\u{1b}[2Jm"),
            ("\u{1b}]0;m\u{7}\u{9b}1m", "\\u{1b}]0;m\\u{7}\\u{9b}1m"),
            ("\u{1b}[1\u{1b}[0m", "\\u{1b}[1\u{1b}[0m"),
            ("\u{1b}[?1m[1m", "\\u{1b}[?1m[1m"),
        ] {
            assert_eq!(visible_with_styles(text), expected);
        }
    }

    #[test]
    fn the_table_contains_the_characters_with_the_properties() {
        let hidden = r"[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Default_Ignorable_Code_Point}--\p{Prepended_Concatenation_Mark}--[\n\t]]";
        let hidden = Regex::new(&format!("^{hidden}$")).unwrap();
        for char in '\0'..=char::MAX {
            let expected = hidden.is_match(char.encode_utf8(&mut [0; 4]));
            assert_eq!(is_hidden(char), expected, "{}", char.escape_unicode());
        }
    }

    proptest! {
        #[test]
        fn visible_text_contains_no_hidden_character(text in r"([\x00-\x{ff}]|[\p{Cf}\p{Zl}\p{Zp}]|\PC){0,40}") {
            prop_assert!(!visible(&text).contains(is_hidden));
            prop_assert!(!visible_line(&text).contains(|char| matches!(char, '\n' | '\t') || is_hidden(char)));
            let without_styles = Regex::new(r"\x1b\[[0-9;:]*m").unwrap();
            let styled = visible_with_styles(&text);
            prop_assert!(!without_styles.replace_all(&styled, "").contains(is_hidden));
        }

        #[test]
        fn texts_can_be_escaped_in_parts(one in any::<String>(), two in any::<String>()) {
            let both = [one.as_str(), &two].concat();
            prop_assert_eq!(visible(&both).into_owned(), [visible(&one), visible(&two)].concat());
        }
    }
}
