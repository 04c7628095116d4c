use super::node::Piece;
use super::parse::{Parsed, Parser, not_json, quoted};
use super::slip::Slip;

impl Parser<'_> {
    /// Parses the string whose opening quote is next into its pieces, with escapes decoded.
    pub(super) fn string(&mut self) -> Parsed<Vec<Piece>> {
        self.at += 1;
        let (mut pieces, mut literal) = (Vec::new(), String::new());
        loop {
            self.plain(&mut literal);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => literal.push(self.escape()?),
                Some(b'{') if self.rest().starts_with("{{") => {
                    if let Some(hole) = self.placeholder(true)? {
                        push_literal(&mut pieces, &mut literal);
                        pieces.push(Piece::Hole(hole));
                    }
                }
                Some(b'{') => {
                    literal.push('{');
                    self.at += 1;
                }
                _ => return Err(self.open_string()),
            }
        }
        self.at += 1;
        push_literal(&mut pieces, &mut literal);
        Ok(pieces)
    }

    /// Reads up to the next `"`, `\`, `{` or control character.
    fn plain(&mut self, literal: &mut String) {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\' | b'{'));
        let plain = &rest[..end.unwrap_or(rest.len())];
        literal.push_str(plain);
        self.at += plain.len();
    }

    fn escape(&mut self) -> Parsed<char> {
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
            Some(b'u') => return self.unicode(),
            _ => return Err(self.bad_escape("an escape that JSON has")),
        };
        self.at += 2;
        Ok(char)
    }

    fn unicode(&mut self) -> Parsed<char> {
        let Some(first) = hex(self.rest()) else {
            return Err(self.bad_escape("four hexadecimal digits behind `\\u`"));
        };
        let low = hex(&self.rest()[6..]).filter(|low| (0xDC00..0xE000).contains(low));
        let (code, length) = match (first, low) {
            (0xD800..0xDC00, Some(low)) => (0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00), 12),
            _ => (first, 6),
        };
        let char = char::from_u32(code).ok_or_else(|| {
            let (at, found) = (self.at..self.at + 6, quoted(&self.rest()[..6]));
            not_json(at, "both halves of a surrogate pair", found, Some(Slip::LoneSurrogate))
        })?;
        self.at += length;
        Ok(char)
    }

    fn bad_escape(&self, expected: &'static str) -> super::TemplateError {
        let rest = self.rest();
        let longest = if rest.starts_with("\\u") { 6 } else { 2 };
        let end =
            rest.char_indices().skip(1).take(longest - 1).take_while(|(_, char)| !matches!(char, '"' | '\n'));
        let length = end.last().map_or(1, |(at, char)| at + char.len_utf8());
        let found = format!("`{}`", &rest[..length]);
        not_json(self.at..self.at + length, expected, found, Some(Slip::Escape))
    }

    /// The error for a string without a closing quote or with a raw control character.
    fn open_string(&self) -> super::TemplateError {
        match self.peek() {
            Some(b'\n' | b'\r') => self.unexpected("`\"`", Some(Slip::RawLineBreak)),
            Some(control) => {
                let found = format!("the raw control character U+{control:04X}");
                let slip = Some(Slip::RawControl(char::from(control)));
                not_json(self.at..self.at + 1, "an escape", found, slip)
            }
            None => self.unexpected("`\"`", None),
        }
    }
}

fn push_literal(pieces: &mut Vec<Piece>, literal: &mut String) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal)));
    }
}

/// The code unit of the `\uXXXX` at the start of `text`.
fn hex(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { u32::from_str_radix(digits, 16).ok() } else { None }
}
