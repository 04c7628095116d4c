//! Parses the small part of YAML that [`render_contents`](super::render_contents) and insta write.
//!
//! It consists of block maps and block sequences, scalars with double quotes or without, literal blocks, and
//! numbers in brackets. Anchors, tags, comments, folded blocks and single-quoted strings are errors: neither writer
//! produces them, and some of them make insta's own reader panic or overflow the stack.

mod scalar;

use std::ops::Range;

use serde_json::{Map, Value};

/// Fields in their order.
pub type Fields = Vec<(String, Value)>;

/// Deeper nesting is an error, because this reader and insta's are recursive.
const DEPTH_LIMIT: usize = 160;

/// The contents don't have the expected form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseError {
    pub expected: &'static str,
    /// The range in the parsed text, in bytes.
    pub at: Range<usize>,
}

/// Parses the fields in `contents`. The inverse of [`render_contents`](super::render_contents()).
pub fn parse_contents(contents: &str) -> Result<Fields, ParseError> {
    let mut reader = Reader { text: contents, at: 0, line: 0, depth: 0 };
    if reader.rest() == "{}" {
        reader.at += 2;
        return reader.end(Map::new());
    }
    let fields = reader.object(0)?;
    reader.end(fields)
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
    /// The start of the line that contains `at`.
    line: usize,
    depth: usize,
}

type Parsed<T> = Result<T, ParseError>;

impl<'text> Reader<'text> {
    fn end(mut self, fields: Map<String, Value>) -> Parsed<Fields> {
        let more = self.next_line();
        if more || !matches!(self.text[self.at..].trim_end(), "" | "...") {
            return Err(self.expected("`name: value` in the first column"));
        }
        Ok(fields.into_iter().collect())
    }

    /// Reads entries whose keys start at `column`. The reader must be at the first key.
    fn object(&mut self, column: usize) -> Parsed<Map<String, Value>> {
        let mut fields = Map::new();
        loop {
            let start = self.at;
            let key = self.key()?;
            let at = start..self.at;
            let value = self.value(column)?;
            if fields.insert(key, value).is_some() {
                return Err(ParseError { expected: "a name that is not used yet", at });
            }
            if !self.next_entry(column)? {
                return Ok(fields);
            }
        }
    }

    fn array(&mut self, column: usize) -> Parsed<Vec<Value>> {
        let mut items = Vec::new();
        loop {
            if !is_item(self.rest()) {
                return Err(self.expected("`- value`"));
            }
            self.at += 1;
            items.push(self.value(column)?);
            if !self.next_entry(column)? {
                return Ok(items);
            }
        }
    }

    /// Moves to the next line if it has another entry at `column`. Returns whether it has.
    fn next_entry(&mut self, column: usize) -> Parsed<bool> {
        let before = (self.at, self.line);
        if self.next_line() && self.column() >= column {
            return if self.column() == column { Ok(true) } else { Err(self.expected("less indentation")) };
        }
        (self.at, self.line) = before;
        Ok(false)
    }

    /// Reads the value after the `:` or `-` of an entry at `column`.
    fn value(&mut self, column: usize) -> Parsed<Value> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.expected("less nesting"));
        }
        let after_dash = self.text[..self.at].ends_with('-');
        let value = if self.rest().is_empty() {
            self.value_on_next_line(column)?
        } else {
            self.at += 1;
            if after_dash && (is_item(self.rest()) || key_end(self.rest()).is_some()) {
                self.nested()?
            } else {
                self.inline(column)?
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn value_on_next_line(&mut self, column: usize) -> Parsed<Value> {
        if !self.next_line() || self.column() <= column {
            return Err(self.expected("a value"));
        }
        self.nested()
    }

    fn nested(&mut self) -> Parsed<Value> {
        if is_item(self.rest()) {
            return self.array(self.column()).map(Value::Array);
        }
        self.object(self.column()).map(Value::Object)
    }

    fn inline(&mut self, column: usize) -> Parsed<Value> {
        let rest = self.rest();
        let value = match rest.as_bytes().first() {
            Some(b'"') => Value::String(self.quoted()?),
            Some(b'|') => return self.block(column).map(Value::String),
            Some(b'[') => Value::Array(self.numbers()?),
            Some(b'{') if rest == "{}" => {
                self.at += 2;
                Value::Object(Map::new())
            }
            _ => self.unquoted()?,
        };
        if self.rest().is_empty() { Ok(value) } else { Err(self.expected("the end of the line")) }
    }

    /// Moves to the first character of the next line that isn't blank. Returns `false` at the end of the text.
    fn next_line(&mut self) -> bool {
        while let Some(newline) = self.text[self.at..].find('\n') {
            self.line = self.at + newline + 1;
            let line = &self.text[self.line..];
            self.at = self.text.len() - line.trim_start_matches(' ').len();
            match self.rest() {
                "" => {}
                "..." if self.column() == 0 => return false,
                _ => return true,
            }
        }
        self.at = self.text.len();
        false
    }

    /// The text from here to the end of the line.
    fn rest(&self) -> &'text str {
        let tail = &self.text[self.at..];
        let line = tail.find('\n').map_or(tail, |newline| &tail[..newline]);
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    fn expected(&self, expected: &'static str) -> ParseError {
        ParseError { expected, at: self.at..self.at + self.rest().len() }
    }
}

fn is_item(rest: &str) -> bool {
    rest == "-" || rest.starts_with("- ")
}

/// The offset of the `:` after the key that `rest` starts with.
fn key_end(rest: &str) -> Option<usize> {
    let mut from = 0;
    if rest.starts_with('"') {
        let mut escaped = true;
        let closing = rest.bytes().position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        from = closing? + 1;
        return rest[from..].starts_with(':').then_some(from).filter(|_| colon_ends(&rest[from..]));
    }
    loop {
        from += rest[from..].find(':')?;
        if colon_ends(&rest[from..]) {
            return Some(from);
        }
        from += 1;
    }
}

fn colon_ends(rest: &str) -> bool {
    rest == ":" || rest.starts_with(": ")
}
