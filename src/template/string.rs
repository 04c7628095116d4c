use super::hint::BodySyntaxHint;
use super::node::Piece;
use super::parse::{Parsed, Parser, not_json_error, quoted};

impl Parser<'_> {
    /// Parses the string whose opening quote is next into its pieces, with escapes decoded.
    pub(super) fn parse_string(&mut self) -> Parsed<Vec<Piece>> {
        self.at += 1;
        let (mut pieces, mut literal) = (Vec::new(), String::new());
        loop {
            self.consume_plain(&mut literal);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => literal.push(self.parse_escape()?),
                Some(b'{') if self.rest().starts_with("{{") => {
                    if let Some(index) = self.parse_placeholder(true)? {
                        push_literal(&mut pieces, &mut literal);
                        pieces.push(Piece::Placeholder(index));
                    }
                }
                Some(b'{') => {
                    literal.push('{');
                    self.at += 1;
                }
                _ => return Err(self.unterminated_string_error()),
            }
        }
        self.at += 1;
        push_literal(&mut pieces, &mut literal);
        Ok(pieces)
    }

    /// Reads up to the next `"`, `\`, `{` or control character.
    fn consume_plain(&mut self, literal: &mut String) {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\' | b'{'));
        let plain = &rest[..end.unwrap_or(rest.len())];
        literal.push_str(plain);
        self.at += plain.len();
    }

    fn parse_escape(&mut self) -> Parsed<char> {
        let start = self.at;
        let char = match self.text.as_bytes().get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.parse_unicode_escape(),
            _ => return Err(self.invalid_escape_error("a JSON escape")),
        };
        self.at += 2;
        Ok(char)
    }

    fn parse_unicode_escape(&mut self) -> Parsed<char> {
        let Some(first) = parse_code_unit(self.rest()) else {
            return Err(self.invalid_escape_error("four hexadecimal digits after `\\u`"));
        };
        let low = parse_code_unit(&self.rest()[6..]).filter(|low| (0xDC00..0xE000).contains(low));
        let (code, length) = match (first, low) {
            (0xD800..0xDC00, Some(low)) => (0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00), 12),
            _ => (first, 6),
        };
        let char = char::from_u32(code).ok_or_else(|| {
            let (at, found) = (self.at..self.at + 6, quoted(&self.rest()[..6]));
            not_json_error(at, "both halves of a surrogate pair", found, Some(BodySyntaxHint::LoneSurrogate))
        })?;
        self.at += length;
        Ok(char)
    }

    fn invalid_escape_error(&self, expected: &'static str) -> super::TemplateError {
        let rest = self.rest();
        let longest = if rest.starts_with("\\u") { 6 } else { 2 };
        let end =
            rest.char_indices().skip(1).take(longest - 1).take_while(|(_, char)| !matches!(char, '"' | '\n'));
        let length = end.last().map_or(1, |(at, char)| at + char.len_utf8());
        let found = format!("`{}`", &rest[..length]);
        not_json_error(self.at..self.at + length, expected, found, Some(BodySyntaxHint::InvalidEscape))
    }

    /// The error for a string without a closing quote or with a raw control character.
    fn unterminated_string_error(&self) -> super::TemplateError {
        match self.peek() {
            Some(b'\n' | b'\r') => self.unexpected_error("`\"`", Some(BodySyntaxHint::RawLineBreak)),
            Some(control) => {
                let found = format!("the raw control character U+{control:04X}");
                let hint = Some(BodySyntaxHint::RawControlCharacter(char::from(control)));
                not_json_error(self.at..self.at + 1, "an escape", found, hint)
            }
            None => self.unexpected_error("`\"`", None),
        }
    }
}

fn push_literal(pieces: &mut Vec<Piece>, literal: &mut String) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal)));
    }
}

/// The code unit of the `\uXXXX` at the start of `text`.
fn parse_code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { u32::from_str_radix(digits, 16).ok() } else { None }
}
