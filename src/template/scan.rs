use serde_json::{Number, Value};

use super::hint::BodySyntaxHint;
use super::node::Node;
use super::parse::{Parsed, Parser, not_json_error, quoted};

impl<'text> Parser<'text> {
    pub(super) fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn consume(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn parse_literal(&mut self) -> Parsed<Node> {
        let word = self.next_word();
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => return Err(self.unexpected_error("a value", None)),
        };
        self.at += word.len();
        Ok(Node::Plain(value))
    }

    pub(super) fn parse_number(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.consume(b'-');
        if self.consume(b'0') {
            self.reject_more_digits(start)?;
        } else {
            self.consume_digits(start, None)?;
        }
        if self.consume(b'.') {
            self.consume_digits(start, Some(BodySyntaxHint::IncompleteFraction))?;
        }
        if self.consume(b'e') || self.consume(b'E') {
            if !self.consume(b'+') {
                self.consume(b'-');
            }
            self.consume_digits(start, Some(BodySyntaxHint::IncompleteExponent))?;
        }
        self.reject_letters(start)?;
        let text = &self.text[start..self.at];
        let number = text
            .parse::<Number>()
            .map_err(|_| not_json_error(start..self.at, "a number", quoted(text), None))?;
        Ok(Node::Plain(Value::Number(number)))
    }

    /// Rejects `1oo`: letters after a number make it an unquoted word.
    fn reject_letters(&self, start: usize) -> Parsed<()> {
        let rest = self.rest();
        let letters =
            rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
        if letters == 0 {
            return Ok(());
        }
        let at = start..self.at + letters;
        let word = &self.text[at.clone()];
        Err(not_json_error(at, "a number", quoted(word), Some(BodySyntaxHint::UnquotedText(word.to_owned()))))
    }

    /// Reads at least one digit. The error marks the number from `start` to the missing digit.
    fn consume_digits(&mut self, start: usize, hint: Option<BodySyntaxHint>) -> Parsed<()> {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Err(not_json_error(start..self.at, "a digit", self.describe_next(), hint));
        }
        self.at += length;
        Ok(())
    }

    fn reject_more_digits(&self, start: usize) -> Parsed<()> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Ok(());
        }
        let at = start..self.at + digits;
        let found = quoted(&self.text[at.clone()]);
        Err(not_json_error(at, "a number without leading zeros", found, Some(BodySyntaxHint::LeadingZero)))
    }

    /// Describes the next character or word for a message.
    pub(super) fn describe_next(&self) -> String {
        match self.rest().chars().next() {
            None => "the end of the body".to_owned(),
            Some('"') => "a string".to_owned(),
            Some('\n' | '\r') => "a line break".to_owned(),
            Some('`') => "a backtick".to_owned(),
            Some(_) => quoted(&self.rest()[..self.next_length()]),
        }
    }

    /// How many bytes an error marks: the next word, or one character.
    pub(super) fn next_length(&self) -> usize {
        let char = self.rest().chars().next().map_or(0, char::len_utf8);
        self.next_word().len().max(char)
    }

    fn next_word(&self) -> &'text str {
        let rest = self.rest();
        let end = rest.find(|char: char| !char.is_alphanumeric() && !matches!(char, '_' | '-' | '.' | '$'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The likely mistake if the text that comes next is not valid here.
    pub(super) fn find_hint(&self) -> Option<BodySyntaxHint> {
        let rest = self.rest();
        let starts_with = |prefix: &str| rest.starts_with(prefix);
        let digit_second = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        match rest.chars().next()? {
            '\'' => Some(BodySyntaxHint::SingleQuotes),
            '#' => Some(BodySyntaxHint::Comment),
            '/' if starts_with("//") || starts_with("/*") => Some(BodySyntaxHint::Comment),
            '+' if digit_second && !self.is_after_digit() => Some(BodySyntaxHint::LeadingPlus),
            '.' if digit_second && !self.is_after_digit() => Some(BodySyntaxHint::IncompleteFraction),
            '\u{feff}' => Some(BodySyntaxHint::ByteOrderMark),
            _ => hint_for_word(self.next_word()),
        }
    }

    fn is_after_digit(&self) -> bool {
        self.text[..self.at].ends_with(|char: char| char.is_ascii_digit())
    }

    /// The likely mistake if no member's name starts here.
    pub(super) fn find_name_hint(&self) -> Option<BodySyntaxHint> {
        let word = self.next_word();
        if self.rest().starts_with("{{") {
            return Some(BodySyntaxHint::BesidePlaceholder);
        }
        if !super::placeholder::is_name(word) {
            return None;
        }
        let braced = self.rest()[word.len()..].starts_with('}') && self.text[..self.at].ends_with('{');
        Some(if braced {
            BodySyntaxHint::SingleBraces(word.to_owned())
        } else {
            BodySyntaxHint::UnquotedName(word.to_owned())
        })
    }
}

fn hint_for_word(word: &str) -> Option<BodySyntaxHint> {
    match word {
        "" | "true" | "false" | "null" => None,
        "True" | "TRUE" => Some(BodySyntaxHint::ForeignLiteral("true")),
        "False" | "FALSE" => Some(BodySyntaxHint::ForeignLiteral("false")),
        "None" | "nil" | "NULL" | "Null" | "undefined" => Some(BodySyntaxHint::ForeignLiteral("null")),
        "NaN" | "Infinity" | "inf" | "nan" => Some(BodySyntaxHint::NonFiniteNumber),
        _ => word.starts_with(char::is_alphabetic).then(|| BodySyntaxHint::UnquotedText(word.to_owned())),
    }
}
