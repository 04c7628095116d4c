use serde_json::{Number, Value};

use super::node::Node;
use super::parse::{Parsed, Parser, not_json, quoted};
use super::slip::Slip;

impl<'text> Parser<'text> {
    pub(super) fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    pub(super) fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn literal(&mut self) -> Parsed<Node> {
        let word = self.word();
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => return Err(self.unexpected("a value", None)),
        };
        self.at += word.len();
        Ok(Node::Plain(value))
    }

    pub(super) fn number(&mut self) -> Parsed<Node> {
        let start = self.at;
        self.take(b'-');
        if self.take(b'0') {
            self.no_more_digits(start)?;
        } else {
            self.digits(start, None)?;
        }
        if self.take(b'.') {
            self.digits(start, Some(Slip::Fraction))?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits(start, Some(Slip::Exponent))?;
        }
        self.no_letters(start)?;
        let text = &self.text[start..self.at];
        let number =
            text.parse::<Number>().map_err(|_| not_json(start..self.at, "a number", quoted(text), None))?;
        Ok(Node::Plain(Value::Number(number)))
    }

    /// Rejects `1oo`: letters after a number make it an unquoted word.
    fn no_letters(&self, start: usize) -> Parsed<()> {
        let rest = self.rest();
        let letters =
            rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(rest.len());
        if letters == 0 {
            return Ok(());
        }
        let at = start..self.at + letters;
        let word = &self.text[at.clone()];
        Err(not_json(at, "a number", quoted(word), Some(Slip::UnquotedText(word.to_owned()))))
    }

    /// Reads at least one digit. The error marks the number from `start` to the missing digit.
    fn digits(&mut self, start: usize, slip: Option<Slip>) -> Parsed<()> {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Err(not_json(start..self.at, "a digit", self.found(), slip));
        }
        self.at += length;
        Ok(())
    }

    fn no_more_digits(&self, start: usize) -> Parsed<()> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Ok(());
        }
        let at = start..self.at + digits;
        let found = quoted(&self.text[at.clone()]);
        Err(not_json(at, "a number without leading zeros", found, Some(Slip::LeadingZero)))
    }

    /// Describes the next character or word for a message.
    pub(super) fn found(&self) -> String {
        match self.rest().chars().next() {
            None => "the end of the body".to_owned(),
            Some('"') => "a string".to_owned(),
            Some('\n' | '\r') => "a line break".to_owned(),
            Some('`') => "a backtick".to_owned(),
            Some(_) => quoted(&self.rest()[..self.found_length()]),
        }
    }

    /// How many bytes an error marks: the next word, or one character.
    pub(super) fn found_length(&self) -> usize {
        let char = self.rest().chars().next().map_or(0, char::len_utf8);
        self.word().len().max(char)
    }

    fn word(&self) -> &'text str {
        let rest = self.rest();
        let end = rest.find(|char: char| !char.is_alphanumeric() && !matches!(char, '_' | '-' | '.' | '$'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The likely mistake if the text that comes next is not valid here.
    pub(super) fn slip(&self) -> Option<Slip> {
        let rest = self.rest();
        let starts = |prefix: &str| rest.starts_with(prefix);
        let digit_second = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        match rest.chars().next()? {
            '\'' => Some(Slip::SingleQuotes),
            '#' => Some(Slip::Comment),
            '/' if starts("//") || starts("/*") => Some(Slip::Comment),
            '+' if digit_second && !self.behind_digit() => Some(Slip::LeadingPlus),
            '.' if digit_second && !self.behind_digit() => Some(Slip::Fraction),
            '\u{feff}' => Some(Slip::ByteOrderMark),
            _ => word_slip(self.word()),
        }
    }

    fn behind_digit(&self) -> bool {
        self.text[..self.at].ends_with(|char: char| char.is_ascii_digit())
    }

    /// The likely mistake if no member's name starts here.
    pub(super) fn name_slip(&self) -> Option<Slip> {
        let word = self.word();
        if self.rest().starts_with("{{") {
            return Some(Slip::BesidePlaceholder);
        }
        if !super::placeholder::is_name(word) {
            return None;
        }
        let braced = self.rest()[word.len()..].starts_with('}') && self.text[..self.at].ends_with('{');
        Some(if braced { Slip::SingleBraces(word.to_owned()) } else { Slip::UnquotedName(word.to_owned()) })
    }
}

fn word_slip(word: &str) -> Option<Slip> {
    match word {
        "" | "true" | "false" | "null" => None,
        "True" | "TRUE" => Some(Slip::OtherLiteral("true")),
        "False" | "FALSE" => Some(Slip::OtherLiteral("false")),
        "None" | "nil" | "NULL" | "Null" | "undefined" => Some(Slip::OtherLiteral("null")),
        "NaN" | "Infinity" | "inf" | "nan" => Some(Slip::NoSuchNumber),
        _ => word.starts_with(char::is_alphabetic).then(|| Slip::UnquotedText(word.to_owned())),
    }
}
