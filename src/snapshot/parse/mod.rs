//! Reads what [`contents`](super::contents) and insta's emitter write: a small part of YAML.
//!
//! Block maps and lists, double-quoted and bare scalars, literal blocks, lists of numbers in
//! brackets. Anchors, tags, comments, folded and single-quoted text are errors with their place:
//! neither writer makes them, and insta's own reader panics or runs out of stack on some.

mod scalar;

use std::ops::Range;

use serde_json::{Map, Value};

/// Fields in their order.
pub type Fields = Vec<(String, Value)>;

/// Deeper nesting is refused: this reader and insta's recurse.
const DEPTH_LIMIT: usize = 160;

/// What could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseError {
    pub expected: &'static str,
    /// Bytes of the text that was parsed.
    pub at: Range<usize>,
}

/// The fields that `contents` shows. The inverse of [`contents`](super::contents()).
pub fn parse(contents: &str) -> Result<Fields, ParseError> {
    let mut reader = Reader { text: contents, at: 0, line: 0, depth: 0 };
    if reader.rest() == "{}" {
        reader.at += 2;
        return reader.end(Map::new());
    }
    let fields = reader.map(0)?;
    reader.end(fields)
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
    /// Where the line of `at` starts.
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

    /// Entries whose keys stand at `column`. The reader stands at the first.
    fn map(&mut self, column: usize) -> Parsed<Map<String, Value>> {
        let mut fields = Map::new();
        loop {
            let start = self.at;
            let key = self.key()?;
            let at = start..self.at;
            let value = self.value(column)?;
            if fields.insert(key, value).is_some() {
                return Err(ParseError { expected: "a name that is not used yet", at });
            }
            if !self.follows(column)? {
                return Ok(fields);
            }
        }
    }

    fn list(&mut self, column: usize) -> Parsed<Vec<Value>> {
        let mut list = Vec::new();
        loop {
            if !is_item(self.rest()) {
                return Err(self.expected("`- value`"));
            }
            self.at += 1;
            list.push(self.value(column)?);
            if !self.follows(column)? {
                return Ok(list);
            }
        }
    }

    /// Whether the next line has another entry at `column`.
    fn follows(&mut self, column: usize) -> Parsed<bool> {
        let before = (self.at, self.line);
        if self.next_line() && self.column() >= column {
            return if self.column() == column { Ok(true) } else { Err(self.expected("less indentation")) };
        }
        (self.at, self.line) = before;
        Ok(false)
    }

    /// The value behind a `:` or `-` whose entry stands at `column`.
    fn value(&mut self, column: usize) -> Parsed<Value> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.expected("less nesting"));
        }
        let compact = self.text[..self.at].ends_with('-');
        let value = if self.rest().is_empty() {
            self.below(column)?
        } else {
            self.at += 1;
            if compact && (is_item(self.rest()) || key_end(self.rest()).is_some()) {
                self.nested()?
            } else {
                self.inline(column)?
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn below(&mut self, column: usize) -> Parsed<Value> {
        if !self.next_line() || self.column() <= column {
            return Err(self.expected("a value"));
        }
        self.nested()
    }

    fn nested(&mut self) -> Parsed<Value> {
        if is_item(self.rest()) {
            return self.list(self.column()).map(Value::Array);
        }
        self.map(self.column()).map(Value::Object)
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
            _ => self.bare()?,
        };
        if self.rest().is_empty() { Ok(value) } else { Err(self.expected("the end of the line")) }
    }

    /// Goes to the first character of the next line that has one. `false` at the end of the text.
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

    /// From here to the end of the line.
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

/// Where the `:` of an entry stands in `rest`.
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
