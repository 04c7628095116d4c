use std::collections::HashMap;
use std::ops::Range;

use super::hint::BodySyntaxHint;
use super::node::{Node, Piece};
use super::placeholder::{Placeholder, ScannedPlaceholder, scan};
use super::{DEPTH_LIMIT, PlaceholderPosition, TemplateError, TemplateErrorKind};
use crate::diagnose::{FINDINGS_LIMIT, excerpt};

/// `serde_json` reads an object with a member of this name as a number.
const RESERVED: &str = "$serde_json::private::Number";

pub(super) fn parse(text: &str) -> Result<(Node, Vec<Placeholder>), Vec<TemplateError>> {
    let mut parser = Parser { text, at: 0, depth: 0, placeholders: Vec::new(), errors: Vec::new() };
    match parser.parse_document() {
        Ok(root) if parser.errors.is_empty() => return Ok((root, parser.placeholders)),
        Ok(_) => {}
        Err(error) => parser.errors.push(error),
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
    fn parse_document(&mut self) -> Parsed<Node> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Err(self.unexpected_error("JSON", Some(BodySyntaxHint::EmptyBody)));
        }
        let root = self.parse_value()?;
        self.skip_blanks();
        let hint = self.hint_beside_placeholder(&root);
        if self.rest().is_empty() {
            Ok(root)
        } else {
            Err(self.unexpected_error("the end of the body", hint))
        }
    }

    fn parse_value(&mut self) -> Parsed<Node> {
        match self.peek() {
            Some(b'{') if self.rest().starts_with("{{") => self.parse_value_placeholder(),
            Some(b'{') => self.parse_nested(Parser::parse_object),
            Some(b'[') => self.parse_nested(Parser::parse_array),
            Some(b'"') => self.parse_string().map(Node::from_pieces),
            Some(b'-' | b'0'..=b'9') => self.parse_number(),
            _ => self.parse_literal(),
        }
    }

    fn parse_nested(&mut self, parse: fn(&mut Self) -> Parsed<Node>) -> Parsed<Node> {
        if self.depth == DEPTH_LIMIT {
            return Err(TemplateError { at: self.at..self.at + 1, kind: TemplateErrorKind::TooDeep });
        }
        self.depth += 1;
        self.at += 1;
        let node = parse(self);
        self.depth -= 1;
        node
    }

    fn parse_array(&mut self) -> Parsed<Node> {
        let mut items = Vec::new();
        self.skip_blanks();
        if self.consume(b']') {
            return Ok(Node::from_items(items));
        }
        loop {
            self.skip_blanks();
            self.reject_trailing_comma(b']', "a value", items.is_empty())?;
            items.push(self.parse_value()?);
            self.skip_blanks();
            if self.consume(b']') {
                return Ok(Node::from_items(items));
            }
            self.expect_comma("`,` or `]`", items.last())?;
        }
    }

    fn parse_object(&mut self) -> Parsed<Node> {
        let (mut members, mut names) = (Vec::new(), HashMap::new());
        self.skip_blanks();
        if self.consume(b'}') {
            return Ok(Node::from_members(members));
        }
        loop {
            self.skip_blanks();
            self.reject_trailing_comma(b'}', "a member's name", members.is_empty())?;
            let name = self.parse_member_name(&mut names)?;
            self.skip_blanks();
            if !self.consume(b':') {
                return Err(self.unexpected_error("`:`", None));
            }
            self.skip_blanks();
            let value = self.parse_value()?;
            members.push((name, value));
            self.skip_blanks();
            if self.consume(b'}') {
                return Ok(Node::from_members(members));
            }
            self.expect_comma("`,` or `}`", members.last().map(|(_, value)| value))?;
        }
    }

    /// Parses a member's name. The parse continues after an invalid placeholder in it.
    fn parse_member_name(&mut self, names: &mut HashMap<String, Range<usize>>) -> Parsed<String> {
        if self.peek() != Some(b'"') {
            let hint = self.find_name_hint();
            return Err(self.unexpected_error("a member's name in double quotes", hint));
        }
        let (start, errors_before, placeholders_before) =
            (self.at, self.errors.len(), self.placeholders.len());
        let pieces = self.parse_string()?;
        let at = start..self.at;
        for Placeholder { name, at, .. } in self.placeholders.split_off(placeholders_before) {
            self.errors.push(TemplateError { at, kind: TemplateErrorKind::PlaceholderInName { name } });
        }
        let name = match pieces.into_iter().next() {
            Some(Piece::Literal(name)) => name,
            _ => String::new(),
        };
        if self.errors.len() > errors_before {
            return Ok(name);
        }
        if name == RESERVED {
            let found = format!("`{RESERVED}`");
            return Err(not_json_error(
                at,
                "a different name for the member",
                found,
                Some(BodySyntaxHint::ReservedName),
            ));
        }
        self.report_duplicate(&name, at, names);
        Ok(name)
    }

    fn report_duplicate(&mut self, name: &str, at: Range<usize>, names: &mut HashMap<String, Range<usize>>) {
        if let Some(first) = names.get(name).cloned() {
            let kind = TemplateErrorKind::DuplicateMember { name: excerpt(name), first };
            self.errors.push(TemplateError { at, kind });
        } else {
            names.insert(name.to_owned(), at);
        }
    }

    fn expect_comma(&mut self, expected: &'static str, before: Option<&Node>) -> Parsed<()> {
        if self.consume(b',') {
            return Ok(());
        }
        let starts_value = matches!(self.peek(), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9'));
        let missing = starts_value.then_some(BodySyntaxHint::MissingComma);
        let hint = before.and_then(|before| self.hint_beside_placeholder(before)).or(missing);
        Err(self.unexpected_error(expected, hint))
    }

    fn reject_trailing_comma(&self, close: u8, expected: &'static str, is_first: bool) -> Parsed<()> {
        if !is_first && self.peek() == Some(close) {
            return Err(self.unexpected_error(expected, Some(BodySyntaxHint::TrailingComma)));
        }
        Ok(())
    }

    /// The hint if text directly precedes or follows a placeholder in value position.
    fn hint_beside_placeholder(&self, before: &Node) -> Option<BodySyntaxHint> {
        let touches = matches!(before, Node::Placeholder(_)) && self.text[..self.at].ends_with("}}");
        let follows = touches && !matches!(self.peek(), None | Some(b'"' | b'}' | b']' | b':'));
        (follows || self.rest().starts_with("{{")).then_some(BodySyntaxHint::BesidePlaceholder)
    }

    /// Parses a placeholder in value position.
    fn parse_value_placeholder(&mut self) -> Parsed<Node> {
        let index = self.parse_placeholder(false)?;
        Ok(index.map_or(Node::Plain(serde_json::Value::Null), Node::Placeholder))
    }

    /// Parses the placeholder whose `{{` is next and returns its index. Returns `None` after a mistake
    /// that does not end the parse.
    pub(super) fn parse_placeholder(&mut self, in_string: bool) -> Parsed<Option<usize>> {
        let start = self.at;
        let position = if in_string { PlaceholderPosition::String } else { PlaceholderPosition::Value };
        let kind = match scan(self.rest()) {
            ScannedPlaceholder::Valid { name, length } => {
                self.at += length;
                let (name, at) = (name.to_owned(), start..self.at);
                self.placeholders.push(Placeholder { name, at, in_string });
                return Ok(Some(self.placeholders.len() - 1));
            }
            ScannedPlaceholder::InvalidName { inner, length } => {
                self.at += length;
                let inner = inner.trim();
                let found = if inner.is_empty() { "nothing".to_owned() } else { quoted(inner) };
                TemplateErrorKind::InvalidPlaceholderName { found, position }
            }
            ScannedPlaceholder::Unclosed { name, length } => {
                self.at += length;
                let starts_object = name.is_empty() && !in_string;
                let position = if starts_object { PlaceholderPosition::Object } else { position };
                let string_ends = in_string && self.peek() == Some(b'"');
                let found =
                    if string_ends { "the end of the string".to_owned() } else { self.describe_next() };
                TemplateErrorKind::UnclosedPlaceholder { found, position }
            }
        };
        let starts_object = matches!(
            kind,
            TemplateErrorKind::UnclosedPlaceholder { position: PlaceholderPosition::Object, .. }
        );
        let error = TemplateError { at: start..self.at, kind };
        if starts_object {
            return Err(error);
        }
        self.errors.push(error);
        Ok(None)
    }

    pub(super) fn unexpected_error(
        &self,
        expected: &'static str,
        hint: Option<BodySyntaxHint>,
    ) -> TemplateError {
        let hint = hint.or_else(|| self.find_hint());
        not_json_error(self.at..self.at + self.next_length(), expected, self.describe_next(), hint)
    }
}

pub(super) fn not_json_error(
    at: Range<usize>,
    expected: &'static str,
    found: String,
    hint: Option<BodySyntaxHint>,
) -> TemplateError {
    TemplateError { at, kind: TemplateErrorKind::NotJson { expected, found, hint } }
}

pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", excerpt(text))
}
