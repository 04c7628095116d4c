//! Parses a [`Selector`].

use super::{Segment, Selector, SelectorError};

impl Selector {
    pub fn parse(text: &str) -> Result<Selector, SelectorError> {
        let mut parser = Parser { text, at: 0 };
        parser.skip_space();
        let mut alternatives = vec![parser.alternative()?];
        while parser.eat(",") {
            parser.skip_space();
            if parser.rest().is_empty() {
                break;
            }
            alternatives.push(parser.alternative()?);
        }
        if parser.rest().is_empty() { Ok(Selector { alternatives }) } else { Err(parser.expected(SEGMENT)) }
    }
}

const SEGMENT: &str = "`.name`, `[\"name\"]`, `[0]`, `[]`, `[1:3]`, `.*` or `.**`";

struct Parser<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Parser<'text> {
    fn alternative(&mut self) -> Result<Vec<Segment>, SelectorError> {
        let start = self.at;
        let mut segments = Vec::new();
        while self.rest().starts_with(['.', '[']) {
            let at = self.at;
            let Some(segment) = self.segment()? else { break };
            if segment == Segment::DeepWildcard && segments.contains(&segment) {
                return Err(SelectorError::DeepWildcardTwice { at: at..self.at });
            }
            segments.push(segment);
            self.skip_space();
        }
        if !segments.is_empty() {
            return Ok(segments);
        }
        if self.eat(".") && (self.rest().is_empty() || self.rest().starts_with(',')) {
            return Err(SelectorError::WholeOutput { at: start..start + 1 });
        }
        Err(self.expected(SEGMENT))
    }

    /// Returns `None` for a `.` without a name.
    fn segment(&mut self) -> Result<Option<Segment>, SelectorError> {
        let start = self.at;
        if self.eat("[") {
            return self.subscript(start).map(Some);
        }
        let name = &self.rest()[1..];
        let length = identifier(name);
        if length > 0 {
            self.at += 1 + length;
            return Ok(Some(Segment::Key(name[..length].to_owned())));
        }
        self.at += 1;
        self.skip_space();
        if self.eat_exactly("**") {
            return Ok(Some(Segment::DeepWildcard));
        }
        if self.eat_exactly("*") {
            return Ok(Some(Segment::Wildcard));
        }
        let lone = self.rest().is_empty() || self.rest().starts_with(',');
        let error = self.expected("a name, `*` or `**` after `.`");
        self.at = start;
        if lone { Ok(None) } else { Err(error) }
    }

    fn subscript(&mut self, start: usize) -> Result<Segment, SelectorError> {
        self.skip_space();
        if self.eat_exactly("]") {
            return Ok(Segment::Range(None, None));
        }
        let segment = if self.rest().starts_with('"') {
            Segment::Key(self.string()?)
        } else if self.eat(":") {
            Segment::Range(None, Some(self.int()?))
        } else {
            let first = self.int()?;
            if self.eat_exactly(":]") {
                return Ok(Segment::Range(Some(first), None));
            }
            if self.eat(":") {
                Segment::Range(Some(first), Some(self.int()?))
            } else {
                self.index(start, first)?
            }
        };
        self.close()?;
        Ok(segment)
    }

    fn index(&mut self, start: usize, index: i64) -> Result<Segment, SelectorError> {
        let Ok(item) = u64::try_from(index) else {
            self.close()?;
            return Err(SelectorError::NegativeIndex { index, at: start..self.at });
        };
        Ok(Segment::Index(item))
    }

    fn close(&mut self) -> Result<(), SelectorError> {
        self.skip_space();
        if self.eat_exactly("]") { Ok(()) } else { Err(self.expected("`]`")) }
    }

    /// Reads a string up to the next quote: insta's strings can't contain a quote. A backslash is removed, and the
    /// character after it is kept, even if that is a backslash.
    fn string(&mut self) -> Result<String, SelectorError> {
        let inside = &self.rest()[1..];
        let Some(end) = inside.find('"') else { return Err(self.expected("a closing `\"`")) };
        self.at += end + 2;
        let mut escaped = false;
        let kept = inside[..end].chars().filter(|char| {
            escaped = *char == '\\' && !escaped;
            !escaped
        });
        Ok(kept.collect())
    }

    fn int(&mut self) -> Result<i64, SelectorError> {
        self.skip_space();
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let length = sign + rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if length == sign {
            return Err(self.expected("a number"));
        }
        let (text, at) = (&rest[..length], self.at..self.at + length);
        self.at += length;
        self.skip_space_before_colon();
        text.parse().map_err(|_| SelectorError::TooLarge { text: text.to_owned(), at })
    }

    fn skip_space_before_colon(&mut self) {
        if self.rest().trim_start().starts_with([':', ']']) {
            self.skip_space();
        }
    }

    /// Consumes `token` and the spaces after it. Returns whether the text continues with `token`.
    fn eat(&mut self, token: &str) -> bool {
        let eaten = self.eat_exactly(token);
        if eaten {
            self.skip_space();
        }
        eaten
    }

    fn eat_exactly(&mut self, token: &str) -> bool {
        let eaten = self.rest().starts_with(token);
        self.at += if eaten { token.len() } else { 0 };
        eaten
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn expected(&self, expected: &'static str) -> SelectorError {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        SelectorError::Expected { expected, at: self.at..self.at + length }
    }
}

/// The length in bytes of the identifier that `text` starts with. In place of Unicode's `XID_Continue`, letters,
/// digits and `_` are allowed. Only rare marks differ, which can be written in `["…"]`.
fn identifier(text: &str) -> usize {
    let starts = text.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '$');
    let ends = text.char_indices().skip(1).find(|(_, char)| !char.is_alphanumeric() && *char != '_');
    if starts { ends.map_or(text.len(), |(at, _)| at) } else { 0 }
}

#[cfg(test)]
mod tests {
    use crate::snapshot::selector::Segment::{DeepWildcard, Index, Range, Wildcard};
    use crate::snapshot::selector::*;

    fn key(name: &str) -> Segment {
        Segment::Key(name.to_owned())
    }

    #[track_caller]
    fn check(text: &str, expected: &[Segment]) {
        assert_eq!(Selector::parse(text).unwrap().alternatives, [expected], "{text}");
    }

    #[test]
    fn selectors_parse_as_in_insta_s_own_tests() {
        check(".foo.bar", &[key("foo"), key("bar")]);
        check(".foo[\"bar\"]", &[key("foo"), key("bar")]);
        check(".foo.bar[]", &[key("foo"), key("bar"), Range(None, None)]);
        check(".foo.bar[:10]", &[key("foo"), key("bar"), Range(None, Some(10))]);
        check(".foo.bar[10:]", &[key("foo"), key("bar"), Range(Some(10), None)]);
        check(".foo.bar[10:20]", &[key("foo"), key("bar"), Range(Some(10), Some(20))]);
        check(".foo.bar.**", &[key("foo"), key("bar"), DeepWildcard]);
        check("[].products[]._id", &[Range(None, None), key("products"), Range(None, None), key("_id")]);
        check(".hm.$key.bucket", &[key("hm"), key("$key"), key("bucket")]);
        check("[0].*", &[Index(0), Wildcard]);
    }

    #[test]
    fn blanks_quotes_and_backslashes_follow_the_grammar() {
        check(" .foo [ \"a b\" ] [ 1 : -1 ] ", &[key("foo"), key("a b"), Range(Some(1), Some(-1))]);
        check(". ** .id", &[DeepWildcard, key("id")]);
        check(r#"["a\\b\c\"]"#, &[key(r"a\bc")]);
        check(".größe", &[key("größe")]);
        let either = Selector::parse(".a, .b[0] ,").unwrap();
        assert_eq!(either.alternatives, [vec![key("a")], vec![key("b"), Index(0)]]);
    }

    #[test]
    fn an_invalid_selector_is_reported_with_its_range() {
        for (text, at, message) in [
            ("", 0..0, "expected `.name`"),
            ("foo", 0..1, "expected `.name`"),
            (".foo bar", 5..6, "expected `.name`"),
            (".foo..bar", 5..6, "expected a name"),
            (".1", 1..2, "expected a name"),
            (".a-b", 2..3, "expected `.name`"),
            ("[", 1..1, "expected a number"),
            ("[1", 2..2, "expected `]`"),
            ("[1 2]", 3..4, "expected `]`"),
            ("[\"a]", 1..2, "expected a closing `\"`"),
            ("[\"a\"b\"]", 4..5, "expected `]`"),
            (".a[½]", 3..5, "expected a number"),
            (".a[-1]", 2..6, "the index `[-1]` is negative"),
            (".a[99999999999999999999]", 3..23, "the number `99999999999999999999` is too large"),
            (".**.a.**", 5..8, "`.**` occurs twice"),
            (".", 0..1, "`.` selects the whole output"),
            (".a, .", 4..5, "`.` selects the whole output"),
            (".a,,", 3..4, "expected `.name`"),
        ] {
            let error = Selector::parse(text).unwrap_err();
            assert_eq!(error.range(), at, "{text}: {error}");
            assert!(error.to_string().starts_with(message), "{text}: {error}");
        }
        assert_eq!(Selector::parse("[-3]").unwrap_err().help(), "write `[-3:-2]` to count from the end");
    }
}
