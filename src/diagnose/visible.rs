use std::borrow::Cow;

/// Escapes every character of `text` that a terminal would execute or hide.
///
/// Model output and recorded files are not trusted: control characters (other than line breaks and tabs), and
/// characters that reorder or join text, must not reach a terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|char| match char {
        char if is_hidden(char) => Cow::Owned(format!("\\u{{{:x}}}", u32::from(char))),
        char => Cow::Owned(char.to_string()),
    });
    Cow::Owned(escaped.collect::<String>())
}

/// Like [`visible`], for the output of a program: keeps the escape sequences that set colours (`ESC [ … m`), and ends
/// lines with LF.
pub fn visible_in_color(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut shown = String::with_capacity(text.len());
    for (index, part) in text.split('\u{1b}').enumerate() {
        let style = style(part).filter(|_| index > 0);
        let rest = &part[style.map_or(0, str::len)..];
        match style {
            Some(style) => shown.extend(["\u{1b}", style]),
            None if index > 0 => shown.push_str("\\u{1b}"),
            None => (),
        }
        shown.push_str(&visible(rest));
    }
    shown
}

/// The rest of an escape sequence that sets colours, `[ … m`, at the start of the text after an ESC.
fn style(text: &str) -> Option<&str> {
    let end = text.find('m')?;
    let numbers = text[..end].strip_prefix('[')?;
    let is_style = numbers.chars().all(|char| char.is_ascii_digit() || matches!(char, ';' | ':'));
    is_style.then(|| &text[..=end])
}

/// A value for a message: on one line, with at most 60 characters.
pub fn excerpt(text: &str) -> String {
    short(text, 60)
}

/// At most `limit` characters of `text` on one line. Ends with an ellipsis if it was shortened.
pub fn short(text: &str, limit: usize) -> String {
    let one_line = text.replace('\r', "\\r").replace('\n', "\\n").replace('\t', "\\t");
    let shown = visible(&one_line);
    if shown.chars().count() <= limit {
        return shown.into_owned();
    }
    let kept: String = shown.chars().take(limit.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// Whether `char` is invisible or changes how other characters are displayed, so that [`visible`] escapes it.
pub fn is_hidden(char: char) -> bool {
    (char.is_control() && !matches!(char, '\n' | '\t'))
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{short, visible};

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(visible("a\nb\tü"), "a\nb\tü");
        assert_eq!(visible("\u{1b}[31mred\u{202e}\r"), "\\u{1b}[31mred\\u{202e}\\u{d}");
        assert_eq!(short("one\ntwo", 20), "one\\ntwo");
        assert_eq!(short("abcdef", 4), "abc…");
    }
}
