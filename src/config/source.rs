//! Parses TOML to values and keeps the position of each.

use std::ops::Range;
use std::sync::OnceLock;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeArray, DeFloat, DeInteger, DeTable, DeValue};

use super::syntax;
use super::syntax_error::{DEPTH_LIMIT, SyntaxError, find_too_deep};
use crate::diagnose::{LineColumn, LineIndex};
use crate::pointer::steps;

/// A parsed file: its value as JSON, which the schema checks, and the position of each part.
pub struct Document<'text> {
    text: &'text str,
    /// The index of the text, from the first time that a position in it is asked for.
    lines: OnceLock<LineIndex>,
    root: Spanned<DeTable<'text>>,
    pub value: Value,
}

/// The byte ranges of a value and, if a table contains it, of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
}

impl Place {
    /// Converts the byte `range` of the decoded string at this place to a range of `text`, like
    /// [`Document::range_in_string`].
    pub fn range_in_string(&self, text: &str, range: &Range<usize>) -> Range<usize> {
        let literal = text.get(self.value.clone()).and_then(StringLiteral::parse);
        let start = self.value.start;
        let inside = literal.map(|literal| {
            start + literal.to_raw_offset(range.start)..start + literal.to_raw_offset(range.end)
        });
        inside.unwrap_or_else(|| self.value.clone())
    }
}

/// A key of a table or an item of an array, at any depth.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Range<usize>,
    pub value: Range<usize>,
    /// Whether the value is a string.
    pub is_string: bool,
}

impl<'text> Document<'text> {
    /// Parses `text` and returns all syntax errors, each with its range. The document contains whatever
    /// could be parsed despite them.
    pub fn parse(text: &'text str) -> (Document<'text>, Vec<SyntaxError>) {
        if let Some(at) = find_too_deep(text) {
            let (root, _) = DeTable::parse_recoverable("");
            let document = Document { text, lines: OnceLock::new(), root, value: Value::Object(Map::new()) };
            return (document, vec![SyntaxError::TooDeep { at }]);
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut raw_errors: Vec<RawError> = errors.iter().map(|error| raw_error(text, error)).collect();
        let value = table_value(root.get_ref(), DEPTH_LIMIT, &mut raw_errors);
        let lines = OnceLock::new();
        (Document { text, lines, root, value }, syntax::explain_errors(text, raw_errors))
    }

    /// Finds the position of the value at the JSON `pointer` (RFC 6901).
    pub fn place(&self, pointer: &str) -> Option<Place> {
        let mut place = Place { key: None, value: self.root.span() };
        let mut node = Node::Table(self.root.get_ref());
        for step in steps(pointer) {
            let (key, value) = node.child(&step)?;
            place = Place { key, value: value.span() };
            node = Node::Value(value.get_ref());
        }
        Some(place)
    }

    /// Converts the byte `range` of the decoded string at `pointer` to a range of the file, with escapes and
    /// quotes taken into account. Returns the range of the whole value if it is not a string.
    pub fn range_in_string(&self, pointer: &str, range: &Range<usize>) -> Option<Range<usize>> {
        Some(self.place(pointer)?.range_in_string(self.text, range))
    }

    pub fn text(&self) -> &'text str {
        self.text
    }

    /// The line and column of byte `offset` of the text.
    pub fn position(&self, offset: usize) -> LineColumn {
        self.lines.get_or_init(|| LineIndex::new(self.text)).position(self.text, offset)
    }

    /// Every key of a table and every array item, with its value. The `key` of an array item is the item itself.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        table_entries(self.root.get_ref(), &mut entries);
        entries
    }
}

fn table_entries(table: &DeTable<'_>, entries: &mut Vec<Entry>) {
    for (key, value) in table {
        value_entries(key.span(), value, entries);
    }
}

fn value_entries(key: Range<usize>, value: &Spanned<DeValue<'_>>, entries: &mut Vec<Entry>) {
    let is_string = matches!(value.get_ref(), DeValue::String(_));
    entries.push(Entry { key, value: value.span(), is_string });
    match value.get_ref() {
        DeValue::Table(table) => table_entries(table, entries),
        DeValue::Array(items) => {
            for item in items {
                value_entries(item.span(), item, entries);
            }
        }
        _ => {}
    }
}

enum Node<'a, 'text> {
    Table(&'a DeTable<'text>),
    Value(&'a DeValue<'text>),
}

type Child<'a, 'text> = (Option<Range<usize>>, &'a Spanned<DeValue<'text>>);

impl<'a, 'text> Node<'a, 'text> {
    fn child(&self, step: &str) -> Option<Child<'a, 'text>> {
        match self {
            Node::Table(table) => {
                let (key, value) = table.get_key_value(step)?;
                Some((Some(key.span()), value))
            }
            Node::Value(DeValue::Table(table)) => {
                let (key, value) = table.get_key_value(step)?;
                Some((Some(key.span()), value))
            }
            Node::Value(DeValue::Array(items)) => Some((None, items.get(step.parse::<usize>().ok()?)?)),
            Node::Value(_) => None,
        }
    }
}

/// The parser's message and its range.
type RawError = (String, Range<usize>);

fn raw_error(text: &str, error: &toml::de::Error) -> RawError {
    (error.message().to_owned(), error.span().unwrap_or(text.len()..text.len()))
}

fn table_value(table: &DeTable<'_>, depth: usize, errors: &mut Vec<RawError>) -> Value {
    let members =
        table.iter().map(|(key, value)| (key.get_ref().to_string(), json_value(value, depth, errors)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn array_value(items: &DeArray<'_>, depth: usize, errors: &mut Vec<RawError>) -> Value {
    Value::Array(items.iter().map(|item| json_value(item, depth, errors)).collect())
}

fn json_value(value: &Spanned<DeValue<'_>>, depth: usize, errors: &mut Vec<RawError>) -> Value {
    if depth == 0 {
        errors.push((syntax::TOO_DEEP.to_owned(), value.span()));
        return Value::Null;
    }
    match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            integer(number).unwrap_or_else(|| report_invalid_number(value.span(), errors))
        }
        DeValue::Float(number) => {
            float(number).unwrap_or_else(|| report_invalid_number(value.span(), errors))
        }
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => array_value(items, depth - 1, errors),
        DeValue::Table(table) => table_value(table, depth - 1, errors),
    }
}

/// Reports an invalid number. The parser does not check the digits, so it accepts `0x`.
fn report_invalid_number(at: Range<usize>, errors: &mut Vec<RawError>) -> Value {
    errors.push(("invalid number".to_owned(), at));
    Value::Null
}

fn integer(number: &DeInteger<'_>) -> Option<Value> {
    let digits = number.as_str().trim_start_matches('+');
    match i64::from_str_radix(digits, number.radix()) {
        Ok(value) => Some(Value::Number(value.into())),
        Err(_) if number.radix() == 10 => exact_number(digits),
        Err(_) => None,
    }
}

/// Converts `inf` and `nan` to strings, since JSON has no such numbers.
fn float(number: &DeFloat<'_>) -> Option<Value> {
    let digits = number.as_str().trim_start_matches('+');
    let is_not_finite = matches!(digits.trim_start_matches('-'), "inf" | "nan");
    if is_not_finite { Some(Value::String(digits.to_owned())) } else { exact_number(digits) }
}

/// Keeps the spelling of the number, such as `1.50`.
fn exact_number(digits: &str) -> Option<Value> {
    digits.parse::<Number>().ok().map(Value::Number)
}

/// A TOML string in any of its four notations. Maps offsets in the decoded string to offsets in the file.
struct StringLiteral<'raw> {
    raw: &'raw str,
    /// Bytes before the content: the quotes, and the first newline of a multi-line string, which TOML drops.
    start: usize,
    escapes: bool,
}

impl<'raw> StringLiteral<'raw> {
    fn parse(raw: &'raw str) -> Option<StringLiteral<'raw>> {
        let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let triple = raw.len() >= 6 && raw.bytes().take(3).all(|byte| char::from(byte) == quote);
        let quotes = if triple { 3 } else { 1 };
        let newline = if !triple {
            0
        } else if raw[3..].starts_with("\r\n") {
            2
        } else {
            usize::from(raw[3..].starts_with('\n'))
        };
        Some(StringLiteral { raw, start: quotes + newline, escapes: quote == '"' && raw.contains('\\') })
    }

    /// Converts the offset `decoded` in the content to an offset in the raw text.
    fn to_raw_offset(&self, decoded: usize) -> usize {
        if !self.escapes {
            return (self.start + decoded).min(self.raw.len());
        }
        let (mut at, mut seen) = (self.start, 0);
        while seen < decoded && at < self.raw.len() {
            let (raw_bytes, decoded_bytes) = next_char_lengths(&self.raw[at..]);
            at += raw_bytes;
            seen += decoded_bytes;
        }
        at.min(self.raw.len()) + self.continuation_length(at)
    }

    /// The length of a line continuation at `at`. It decodes to nothing, so a range starts after it.
    fn continuation_length(&self, at: usize) -> usize {
        let rest = self.raw.get(at..).unwrap_or("");
        let (raw_bytes, decoded_bytes) = if rest.is_empty() { (0, 0) } else { next_char_lengths(rest) };
        if decoded_bytes == 0 { raw_bytes } else { 0 }
    }
}

/// The length in bytes of the next character of a string with escapes: in the raw text, and decoded.
fn next_char_lengths(rest: &str) -> (usize, usize) {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if !rest.starts_with('\\') {
        return (first, first);
    }
    let hex = |digits: usize| {
        let code = rest.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match rest.as_bytes().get(1) {
        Some(b'u') => hex(4),
        Some(b'U') => hex(8),
        Some(b'x') => hex(2),
        Some(b' ' | b'\t' | b'\r' | b'\n') => {
            (rest.len() - rest[1..].trim_start_matches([' ', '\t', '\r', '\n']).len(), 0)
        }
        _ => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses `text` and checks the text of the key and of the value at `pointer`.
    #[track_caller]
    fn check(text: &str, pointer: &str, key: &str, value: &str) {
        let (document, errors) = Document::parse(text);
        assert!(errors.is_empty(), "{errors:?}");
        let place = document.place(pointer).expect("the pointer is known");
        let key_text = place.key.clone().map_or("", |range| &text[range]);
        assert_eq!((key_text, &text[place.value.clone()]), (key, value));
    }

    #[test]
    fn every_value_has_its_place() {
        check("region = 'us-east-1'", "/region", "region", "'us-east-1'");
        check("[models.a]\nid = 1", "/models/a/id", "id", "1");
        check("a.'b/c' = true", "/a/b~1c", "'b/c'", "true");
        check("xs = [1, [2, 3]]", "/xs/1/0", "", "2");
        check("[[c]]\nn = 1\n[[c]]\nn = 2", "/c/1/n", "n", "2");
    }

    #[test]
    fn parsing_continues_after_a_mistake() {
        let (document, errors) = Document::parse("a = \nb = 2\nc = [1,,2]\n");
        assert_eq!(errors.len(), 2);
        assert!(document.place("/b").is_some());
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let (document, _) = Document::parse("a = 28.0\nb = 0xff\nc = 9_000\nd = +1.50\ne = inf");
        assert_eq!(document.value.to_string(), r#"{"a":28.0,"b":255,"c":9000,"d":1.50,"e":"inf"}"#);
    }

    #[test]
    fn an_incomplete_number_is_an_error() {
        for text in ["a = 0x", "a = 1_0\u{660}", "a = 0x99999999999999999"] {
            let (_, errors) = Document::parse(text);
            assert!(matches!(errors[..], [SyntaxError::Toml(_)]), "{text}: {errors:?}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let text = format!("a = {}1{}", "[".repeat(70), "]".repeat(70));
        let (_, errors) = Document::parse(&text);
        assert!(matches!(errors[..], [SyntaxError::TooDeep { .. }]), "{errors:?}");
    }

    /// Finds `needle` in the decoded string and checks that its range in the file contains `raw`.
    #[track_caller]
    fn check_inside(text: &str, needle: &str, raw: &str) {
        let (document, errors) = Document::parse(text);
        assert!(errors.is_empty(), "{errors:?}");
        let decoded = document.value["s"].as_str().expect("a string");
        let start = decoded.find(needle).expect("the needle is there");
        let range = document.range_in_string("/s", &(start..start + needle.len())).expect("a place");
        assert_eq!(&text[range], raw);
    }

    #[test]
    fn ranges_in_strings_are_converted() {
        check_inside("s = 'a b c'", "b", "b");
        check_inside("s = '''\n\na b'''", "b", "b");
        check_inside("s = \"a\\tb\\u00fcc\"", "c", "c");
        check_inside("s = \"a\\tb\\u00fcc\"", "ü", "\\u00fc");
        check_inside("s = \"\"\"\r\na \\\n   b\"\"\"", "b", "b");
        check_inside("s = \"\\U0001F600!\"", "!", "!");
        check_inside("s = \"\\\"q\\\"\"", "q", "q");
    }
}
