use std::collections::HashMap;
use std::ops::Range;

use super::node::{Node, Piece};
use super::placeholder::{Placeholder, Scanned, scan};
use super::slip::Slip;
use super::{DEPTH_LIMIT, HolePlace, TemplateError, TemplateErrorKind};
use crate::diagnose::{FINDINGS_LIMIT, excerpt};

/// `serde_json` reads an object with a member of this name as a number.
const RESERVED: &str = "$serde_json::private::Number";

pub(super) fn parse(text: &str) -> Result<(Node, Vec<Placeholder>), Vec<TemplateError>> {
    let mut parser = Parser { text, at: 0, depth: 0, placeholders: Vec::new(), errors: Vec::new() };
    match parser.document() {
        Ok(root) if parser.errors.is_empty() => return Ok((root, parser.placeholders)),
        Ok(_) => {}
        Err(end) => parser.errors.push(end),
    }
    parser.errors.sort_by_key(|error| error.at.start);
    parser.errors.truncate(FINDINGS_LIMIT + 1);
    Err(parser.errors)
}

/// Reads `text` from the byte `at`. An `Err` ends the parse; mistakes after which the parse continues
/// are collected in `errors`.
pub(super) struct Parser<'text> {
    pub(super) text: &'text str,
    pub(super) at: usize,
    depth: usize,
    placeholders: Vec<Placeholder>,
    errors: Vec<TemplateError>,
}

pub(super) type Parsed<T> = Result<T, TemplateError>;

impl Parser<'_> {
    fn document(&mut self) -> Parsed<Node> {
        self.blank();
        if self.rest().is_empty() {
            return Err(self.unexpected("JSON", Some(Slip::Empty)));
        }
        let root = self.value()?;
        self.blank();
        let slip = self.beside_placeholder(&root);
        if self.rest().is_empty() { Ok(root) } else { Err(self.unexpected("the end of the body", slip)) }
    }

    fn value(&mut self) -> Parsed<Node> {
        match self.peek() {
            Some(b'{') if self.rest().starts_with("{{") => self.whole(),
            Some(b'{') => self.nested(Parser::object),
            Some(b'[') => self.nested(Parser::array),
            Some(b'"') => self.string().map(Node::text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.literal(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Parsed<Node>) -> Parsed<Node> {
        if self.depth == DEPTH_LIMIT {
            return Err(TemplateError { at: self.at..self.at + 1, kind: TemplateErrorKind::TooDeep });
        }
        self.depth += 1;
        self.at += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn array(&mut self) -> Parsed<Node> {
        let mut items = Vec::new();
        self.blank();
        if self.take(b']') {
            return Ok(Node::array(items));
        }
        loop {
            self.blank();
            self.no_trailing_comma(b']', "a value", items.is_empty())?;
            items.push(self.value()?);
            self.blank();
            if self.take(b']') {
                return Ok(Node::array(items));
            }
            self.comma("`,` or `]`", items.last())?;
        }
    }

    fn object(&mut self) -> Parsed<Node> {
        let (mut members, mut names) = (Vec::new(), HashMap::new());
        self.blank();
        if self.take(b'}') {
            return Ok(Node::object(members));
        }
        loop {
            self.blank();
            self.no_trailing_comma(b'}', "a member's name", members.is_empty())?;
            let name = self.name(&mut names)?;
            self.blank();
            if !self.take(b':') {
                return Err(self.unexpected("`:`", None));
            }
            self.blank();
            let value = self.value()?;
            members.push((name, value));
            self.blank();
            if self.take(b'}') {
                return Ok(Node::object(members));
            }
            self.comma("`,` or `}`", members.last().map(|(_, value)| value))?;
        }
    }

    /// Parses a member's name. The parse continues after an invalid placeholder in it.
    fn name(&mut self, names: &mut HashMap<String, Range<usize>>) -> Parsed<String> {
        if self.peek() != Some(b'"') {
            let slip = self.name_slip();
            return Err(self.unexpected("a member's name in double quotes", slip));
        }
        let (start, mistakes, placeholders) = (self.at, self.errors.len(), self.placeholders.len());
        let pieces = self.string()?;
        let at = start..self.at;
        for Placeholder { name, at, .. } in self.placeholders.split_off(placeholders) {
            self.errors.push(TemplateError { at, kind: TemplateErrorKind::PlaceholderInName { name } });
        }
        let name = match pieces.into_iter().next() {
            Some(Piece::Literal(name)) => name,
            _ => String::new(),
        };
        if self.errors.len() > mistakes {
            return Ok(name);
        }
        if name == RESERVED {
            let found = format!("`{RESERVED}`");
            return Err(not_json(at, "another name for the member", found, Some(Slip::Reserved)));
        }
        self.note_duplicate(&name, at, names);
        Ok(name)
    }

    fn note_duplicate(&mut self, name: &str, at: Range<usize>, names: &mut HashMap<String, Range<usize>>) {
        if let Some(first) = names.get(name).cloned() {
            let kind = TemplateErrorKind::DuplicateMember { name: excerpt(name), first };
            self.errors.push(TemplateError { at, kind });
        } else {
            names.insert(name.to_owned(), at);
        }
    }

    fn comma(&mut self, expected: &'static str, before: Option<&Node>) -> Parsed<()> {
        if self.take(b',') {
            return Ok(());
        }
        let starts_value = matches!(self.peek(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9'));
        let missing = starts_value.then_some(Slip::MissingComma);
        let slip = before.and_then(|before| self.beside_placeholder(before)).or(missing);
        Err(self.unexpected(expected, slip))
    }

    fn no_trailing_comma(&self, close: u8, expected: &'static str, first: bool) -> Parsed<()> {
        if !first && self.peek() == Some(close) {
            return Err(self.unexpected(expected, Some(Slip::TrailingComma)));
        }
        Ok(())
    }

    /// The hint if text directly precedes or follows a placeholder in value position.
    fn beside_placeholder(&self, before: &Node) -> Option<Slip> {
        let touches = matches!(before, Node::Hole(_)) && self.text[..self.at].ends_with("}}");
        let on_line = touches && !matches!(self.peek(), None | Some(b'"' | b'}' | b']' | b':'));
        (on_line || self.rest().starts_with("{{")).then_some(Slip::BesidePlaceholder)
    }

    /// Parses a placeholder in value position.
    fn whole(&mut self) -> Parsed<Node> {
        let hole = self.placeholder(false)?;
        Ok(hole.map_or(Node::Plain(serde_json::Value::Null), Node::Hole))
    }

    /// Parses the placeholder whose `{{` is next and returns its index. Returns `None` after a mistake
    /// that does not end the parse.
    pub(super) fn placeholder(&mut self, in_string: bool) -> Parsed<Option<usize>> {
        let start = self.at;
        let place = if in_string { HolePlace::String } else { HolePlace::Value };
        let kind = match scan(self.rest()) {
            Scanned::Name { name, length } => {
                self.at += length;
                let (name, at) = (name.to_owned(), start..self.at);
                self.placeholders.push(Placeholder { name, at, in_string });
                return Ok(Some(self.placeholders.len() - 1));
            }
            Scanned::NotName { inner, length } => {
                self.at += length;
                let inner = inner.trim();
                let found = if inner.is_empty() { "nothing".to_owned() } else { quoted(inner) };
                TemplateErrorKind::PlaceholderName { found, place }
            }
            Scanned::Open { name, length } => {
                self.at += length;
                let lost = name.is_empty() && !in_string;
                let place = if lost { HolePlace::Object } else { place };
                let ends = in_string && self.peek() == Some(b'"');
                let found = if ends { "the end of the string".to_owned() } else { self.found() };
                TemplateErrorKind::PlaceholderOpen { found, place }
            }
        };
        let lost = matches!(kind, TemplateErrorKind::PlaceholderOpen { place: HolePlace::Object, .. });
        let error = TemplateError { at: start..self.at, kind };
        if lost {
            return Err(error);
        }
        self.errors.push(error);
        Ok(None)
    }

    pub(super) fn unexpected(&self, expected: &'static str, slip: Option<Slip>) -> TemplateError {
        let slip = slip.or_else(|| self.slip());
        not_json(self.at..self.at + self.found_length(), expected, self.found(), slip)
    }
}

pub(super) fn not_json(
    at: Range<usize>,
    expected: &'static str,
    found: String,
    slip: Option<Slip>,
) -> TemplateError {
    TemplateError { at, kind: TemplateErrorKind::NotJson { expected, found, slip } }
}

pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", excerpt(text))
}
