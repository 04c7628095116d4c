use std::ops::Range;

/// A `{{name}}` in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    pub name: String,
    /// Its byte range in the text of the body, with the braces.
    pub at: Range<usize>,
    /// Whether it is inside a JSON string. Otherwise it is a whole value.
    pub in_string: bool,
}

/// The result of reading text that starts with `{{`. `length` is the number of bytes read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ScannedPlaceholder<'text> {
    /// A valid placeholder.
    Valid { name: &'text str, length: usize },
    /// `{{` and `}}`, but the text between them is not a name.
    InvalidName { inner: &'text str, length: usize },
    /// `}}` is missing after the name, which may be empty.
    Unclosed { name: &'text str, length: usize },
}

/// Reads the placeholder at the start of `text`, which begins with `{{`. An unclosed placeholder ends
/// before the first character that can't be part of a placeholder, so that the parser can continue there.
pub(super) fn scan(text: &str) -> ScannedPlaceholder<'_> {
    let rest = &text[2..];
    // The search stops at the first possible end: searching for `}}` in the whole rest each time would
    // take quadratic time in a body with many unclosed placeholders.
    let ends = |at: &usize| match &rest.as_bytes()[*at..] {
        [b'"' | b'\\' | b'\n' | b'\r', ..] => true,
        [first, second, ..] => first == second && matches!(first, b'{' | b'}'),
        _ => false,
    };
    let end = (0..rest.len()).find(ends).unwrap_or(rest.len());
    let inner = &rest[..end];
    if rest[end..].starts_with("}}") {
        let (name, length) = (inner.trim_matches([' ', '\t']), end + 4);
        return if is_name(name) {
            ScannedPlaceholder::Valid { name, length }
        } else {
            ScannedPlaceholder::InvalidName { inner, length }
        };
    }
    let start = inner.len() - inner.trim_start_matches([' ', '\t']).len();
    let trimmed = &inner[start..];
    let name = &trimmed[..trimmed.find(|char| !is_part(char) && char != '.').unwrap_or(trimmed.len())];
    let brace = usize::from(inner[start + name.len()..].starts_with('}'));
    ScannedPlaceholder::Unclosed { name, length: 2 + start + name.len() + brace }
}

/// Whether `text` is `[A-Za-z_][A-Za-z0-9_-]*`, optionally followed by parts of the form `.[A-Za-z0-9_-]+`.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && text.split('.').all(|part| !part.is_empty() && part.chars().all(is_part))
}

fn is_part(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::ScannedPlaceholder::{self, InvalidName, Unclosed, Valid};
    use super::scan;

    #[track_caller]
    fn check(text: &str, expected: &ScannedPlaceholder<'_>) {
        assert_eq!(scan(text), *expected, "{text}");
    }

    #[test]
    fn a_placeholder_is_a_name_in_double_braces() {
        check("{{a}}", &Valid { name: "a", length: 5 });
        check("{{ a.b-c._1 }}, x", &Valid { name: "a.b-c._1", length: 14 });
        check("{{a}}}", &Valid { name: "a", length: 5 });
        check("{{}}", &InvalidName { inner: "", length: 4 });
        check("{{1a}}", &InvalidName { inner: "1a", length: 6 });
        check("{{a..b}}", &InvalidName { inner: "a..b", length: 8 });
        check("{{{a}}}", &InvalidName { inner: "{a", length: 6 });
        check("{{a}, x", &Unclosed { name: "a", length: 4 });
        check("{{ a\n}}", &Unclosed { name: "a", length: 4 });
        check("{{a \"}}", &Unclosed { name: "a", length: 3 });
        check("{{a}", &Unclosed { name: "a", length: 4 });
        check("{{a {{b}}", &Unclosed { name: "a", length: 3 });
        check("{{\"a\"}}", &Unclosed { name: "", length: 2 });
    }
}
