//! Parses keys and scalar values.

use serde_json::{Number, Value};

use super::{ParseError, Parsed, Reader, key_end};

impl Reader<'_> {
    pub(super) fn key(&mut self) -> Parsed<String> {
        let Some(end) = key_end(self.rest()) else { return Err(self.expected("`name: value`")) };
        let start = self.at;
        let key = if self.rest().starts_with('"') {
            self.quoted()?
        } else {
            let text = &self.text[start..start + end];
            self.at += end;
            check_unquoted(text, start)?;
            text.to_owned()
        };
        self.at = start + end + 1;
        Ok(key)
    }

    pub(super) fn unquoted(&mut self) -> Parsed<Value> {
        let start = self.at;
        let text = self.rest();
        self.at += text.len();
        match text {
            "null" | "~" => return Ok(Value::Null),
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            _ => {}
        }
        if text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && let Ok(number) = text.parse()
        {
            return Ok(Value::Number(number));
        }
        check_unquoted(text, start)?;
        Ok(Value::String(text.to_owned()))
    }

    /// Reads a string in double quotes. A `\` at the end of a line joins it with the next line.
    pub(super) fn quoted(&mut self) -> Parsed<String> {
        let start = self.at;
        let unclosed = ParseError { expected: "a closing `\"`", at: start..start + 1 };
        let mut text = String::new();
        self.at += 1;
        loop {
            let tail = &self.text[self.at..];
            let plain = tail.find(['"', '\\', '\n', '\0']).ok_or_else(|| unclosed.clone())?;
            text.push_str(&tail[..plain]);
            self.at += plain + 1;
            match tail.as_bytes()[plain] {
                b'"' => return Ok(text),
                b'\\' => self.escaped(&mut text)?,
                _ => return Err(unclosed),
            }
        }
    }

    fn escaped(&mut self, text: &mut String) -> Parsed<()> {
        let start = self.at - 1;
        let tail = &self.text[self.at..];
        let char = tail.chars().next().unwrap_or('\0');
        self.at += char.len_utf8().min(tail.len());
        let digits = match char {
            '\n' | '\r' => {
                self.join(char);
                return Ok(());
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if let Some((_, simple)) = ESCAPES.iter().find(|(name, _)| *name == char) {
            text.push(*simple);
            return Ok(());
        }
        let code = self.text.get(self.at..self.at + digits).filter(|code| !code.starts_with('+'));
        let unescaped = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let at = start..(self.at + digits).min(self.text.len());
        text.push(unescaped.ok_or(ParseError { expected: "an escape such as `\\n` or `\\u00e9`", at })?);
        self.at += digits;
        Ok(())
    }

    fn join(&mut self, newline: char) {
        if newline == '\r' && self.text[self.at..].starts_with('\n') {
            self.at += 1;
        }
        self.line = self.at;
        self.at += self.text[self.at..].bytes().take_while(|byte| *byte == b' ').count();
    }

    pub(super) fn numbers(&mut self) -> Parsed<Vec<Value>> {
        let mut numbers = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            if self.text[self.at..].starts_with(']') {
                self.at += 1;
                return Ok(numbers);
            }
            numbers.push(self.number()?);
            self.skip_space();
            match self.text.as_bytes().get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {}
                _ => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    fn number(&mut self) -> Parsed<Value> {
        let tail = &self.text[self.at..];
        let end = tail.find([',', ']', ' ', '\n', '\r']).unwrap_or(tail.len());
        let number = serde_json::from_str::<Number>(&tail[..end]);
        let at = self.at..self.at + end;
        self.at += end;
        number.map(Value::Number).map_err(|_| ParseError { expected: "a number", at })
    }

    fn skip_space(&mut self) {
        for byte in self.text.as_bytes()[self.at..].iter().take_while(|byte| b" \r\n".contains(byte)) {
            self.at += 1;
            if *byte == b'\n' {
                self.line = self.at;
            }
        }
    }

    /// Reads the literal block that is the value of an entry at `column`.
    pub(super) fn block(&mut self, column: usize) -> Parsed<String> {
        let indicators = &self.rest()[1..];
        let digit = indicators.chars().find(char::is_ascii_digit);
        let chomping = indicators.chars().find(|char| "+-".contains(*char));
        if indicators.len() != usize::from(digit.is_some()) + usize::from(chomping.is_some()) {
            return Err(self.expected("`|`, `|-` or `|+`"));
        }
        self.at += 1 + indicators.len();
        let indent = match digit.and_then(|digit| digit.to_digit(10)) {
            Some(digit) => column + digit as usize,
            None => self.block_indent().max(column + 1),
        };
        let text = self.block_lines(indent);
        let body = text.trim_end_matches('\n');
        Ok(match chomping {
            Some('-') => body.to_owned(),
            Some(_) => text,
            None if body.is_empty() => String::new(),
            None => format!("{body}\n"),
        })
    }

    /// The indentation of the first line that has text.
    fn block_indent(&self) -> usize {
        let lines = self.text[self.at..].split('\n').skip(1);
        let mut indents = lines.filter(|line| !line.trim_end_matches('\r').is_empty());
        indents.next().map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
    }

    /// Reads the lines that are empty or indented by at least `indent`. Each keeps its newline.
    fn block_lines(&mut self, indent: usize) -> String {
        let mut text = String::new();
        while let Some(newline) = self.text[self.at..].find('\n') {
            let start = self.at + newline + 1;
            let raw = self.text[start..].split('\n').next().unwrap_or_default();
            let line = raw.strip_suffix('\r').unwrap_or(raw);
            let blanks = line.len() - line.trim_start_matches(' ').len();
            let ends = start == self.text.len() || (blanks < indent && blanks < line.len());
            if ends {
                break;
            }
            (self.at, self.line) = (start + line.len(), start);
            text.push_str(line.get(indent..).unwrap_or_default());
            text.push('\n');
        }
        text
    }
}

/// Rejects text that some YAML parser wouldn't read as a string. insta writes more text without quotes than
/// [`is_plain`](super::scalar::is_plain) allows here, and panics when it reads its own `+.inf`.
fn check_unquoted(text: &str, start: usize) -> Parsed<()> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let wrong = text.is_empty()
        || text.starts_with(|first| "-?:,[]{}#&*!|>'\"%@`".contains(first))
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.ends_with(':')
        || unsigned.starts_with('.')
        || text.contains(": ")
        || text.contains(" #")
        || text.contains(['\0', '\t', '\r']);
    let at = start..start + text.len();
    if wrong { Err(ParseError { expected: "a value, or text in double quotes", at }) } else { Ok(()) }
}

const ESCAPES: [(char, char); 8] = [
    ('n', '\n'),
    ('t', '\t'),
    ('r', '\r'),
    ('b', '\u{8}'),
    ('f', '\u{c}'),
    ('"', '"'),
    ('\\', '\\'),
    (' ', ' '),
];
