//! Converts the TOML parser's errors to findings with helpful messages, one for each mistake.
//!
//! The parser continues after a mistake and then reports errors that only follow from it. Its messages are
//! recognised by their beginning; an unknown message is reported unchanged.

use std::ops::Range;

use super::syntax_error::{SyntaxError, SyntaxHint};
use crate::diagnose::FINDINGS_LIMIT;

/// Converts the messages and ranges in `raw` to errors and drops those that follow from an earlier mistake.
pub(super) fn explain_errors(text: &str, mut raw: Vec<(String, Range<usize>)>) -> Vec<SyntaxError> {
    if raw.is_empty() {
        return Vec::new();
    }
    if let Some(at) = find_conflict_marker(text) {
        let hint = SyntaxHint::new("expected TOML, found a merge-conflict marker", at);
        return vec![SyntaxError::Toml(hint.help("resolve the conflict, and remove its three markers"))];
    }
    raw.sort_by_key(|(_, at)| at.start);
    let mut errors = Vec::new();
    let mut covered = (0, Reach::Line);
    for (message, at) in raw {
        let site = ErrorSite { text, at: at.start.min(text.len())..at.end.min(text.len()) };
        if site.at.start < covered.0 {
            if covered.1 == Reach::NextLine {
                covered.0 = covered.0.max(site.end_of_reach(Reach::NextLine));
            }
            continue;
        }
        if errors.len() > FINDINGS_LIMIT {
            break;
        }
        let (error, reach) = site.explain(&message);
        covered = (site.end_of_reach(reach), reach);
        errors.push(error);
    }
    errors
}

/// The message of an error that [`Document::parse`](super::source::Document::parse) adds to the parser's.
pub(super) const TOO_DEEP: &str = "nested too deeply";

/// The first line that starts with git's conflict marker.
fn find_conflict_marker(text: &str) -> Option<Range<usize>> {
    let start = if text.starts_with("<<<<<<< ") { 0 } else { text.find("\n<<<<<<< ")? + 1 };
    Some(start..start + text[start..].lines().next().map_or(0, str::len))
}

/// How far the errors that follow from a mistake extend.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Line,
    /// Also the next line. The parser reads the lines of an unclosed string as TOML, and may report each of them.
    NextLine,
    /// A duplicate table: its keys are reported as duplicates too.
    Table,
    File,
}

type Explain<'t> = fn(&ErrorSite<'t>) -> (SyntaxHint, Reach);

/// Where the parser reported an error.
struct ErrorSite<'t> {
    text: &'t str,
    at: Range<usize>,
}

impl<'t> ErrorSite<'t> {
    fn explain(&self, message: &str) -> (SyntaxError, Reach) {
        let begins = |start: &str| message.starts_with(start);
        if begins("cannot recurse") || begins(TOO_DEEP) {
            return (SyntaxError::TooDeep { at: self.at.clone() }, Reach::File);
        }
        let known: [(&str, Explain<'t>); 18] = [
            ("string values must be quoted", Self::explain_value),
            ("duplicate key", Self::explain_duplicate),
            ("invalid multi-line", Self::explain_multi_line_string),
            ("invalid literal string", Self::explain_string),
            ("invalid basic string", Self::explain_string),
            ("unclosed table", |site| site.explain_unclosed("the table's header", "]")),
            ("unclosed array table", |site| site.explain_unclosed("the table's header", "]]")),
            ("unclosed inline table", |site| site.explain_unclosed("the inline table", "}")),
            ("unclosed array", |site| site.explain_unclosed("the array", "]")),
            ("missing comma between array", |site| site.explain_separator(']')),
            ("missing comma between key", |site| site.explain_separator('}')),
            ("missing key for inline table", |site| site.explain_separator('}')),
            ("missing assignment", Self::explain_assignment),
            ("key with no value", Self::explain_assignment),
            ("invalid unquoted key", Self::explain_key),
            ("invalid key-value pair", Self::explain_key),
            ("missing escaped value", Self::explain_escape),
            ("unexpected leading zero", Self::explain_leading_zero),
        ];
        let (hint, reach) = match known.iter().find(|(start, _)| begins(start)) {
            Some((_, explain)) => explain(self),
            None => (
                SyntaxHint::new(message.trim_end_matches(", expected nothing"), self.at.clone()),
                Reach::Line,
            ),
        };
        (SyntaxError::Toml(hint), reach)
    }

    fn explain_value(&self) -> (SyntaxHint, Reach) {
        let found = self.text[self.at.clone()].trim_end();
        let at = self.at.start..self.at.start + found.len();
        let hint = if found.is_empty() {
            SyntaxHint::new("expected a value, found the end of the line", at)
                .help("write a value after the `=`")
        } else if found.starts_with(['“', '”', '„', '‘', '’']) {
            let plain = found.trim_matches(['“', '”', '„', '‘', '’']);
            SyntaxHint::new("expected straight quotes, found curly ones", at)
                .help(format!("write `\"{plain}\"`"))
        } else {
            let help = format!("write text in double quotes: `\"{found}\"`");
            SyntaxHint::new(format!("expected a value, found `{found}`"), at).help(help)
        };
        (hint, Reach::Line)
    }

    fn explain_duplicate(&self) -> (SyntaxHint, Reach) {
        let line = &self.text[self.line_range()];
        let before = &self.text[..self.line_range().start];
        let first = |at: usize, length: usize| Some((at..at + length, "first written here"));
        if line.trim_start().starts_with('[') {
            let header = line.trim();
            let hint = SyntaxHint::new(format!("the table `{header}` is written twice"), self.at.clone())
                .help("put all its keys below one header");
            let at =
                line_starts(before).find(|at| before[*at..].lines().next().map(str::trim) == Some(header));
            return (SyntaxHint { first: at.and_then(|at| first(at, header.len())), ..hint }, Reach::Table);
        }
        let key = &self.text[self.at.clone()];
        let hint = SyntaxHint::new(format!("the key `{key}` is written twice"), self.at.clone())
            .help("remove one of the two");
        let section = before.rfind("\n[").unwrap_or(0);
        let is_same = |at: &usize| {
            let rest = before[*at..].strip_prefix(key);
            *at >= section && rest.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('='))
        };
        let at = line_starts(before).find(is_same);
        (SyntaxHint { first: at.and_then(|at| first(at, key.len())), ..hint }, Reach::Line)
    }

    /// Explains a multi-line string that is not closed. The parser reports the end of the file, but the finding
    /// is reported at the start of the string.
    fn explain_multi_line_string(&self) -> (SyntaxHint, Reach) {
        let found =
            ["'''", "\"\"\""].map(|quotes| self.text[..self.at.start].rfind(quotes).map(|at| (at, quotes)));
        match (self.control_character(), found.into_iter().flatten().max()) {
            (None, Some((at, quotes))) => {
                let hint = SyntaxHint::new("the string is not closed", at..at + quotes.len());
                (hint.help(format!("close it with `{quotes}`")), Reach::File)
            }
            _ => self.explain_string(),
        }
    }

    fn explain_string(&self) -> (SyntaxHint, Reach) {
        if let Some(control) = self.control_character() {
            let help = format!("remove it, or write it in double quotes as `\\u{:04x}`", u32::from(control));
            return (
                SyntaxHint::new("the string contains a control character", self.at.clone()).help(help),
                Reach::Line,
            );
        }
        let line = self.line_range();
        let first = self.text[line.start..self.at.start]
            .find(['"', '\''])
            .map_or(self.at.start, |at| line.start + at);
        let quote = self.text[first..].chars().next().unwrap_or('"');
        let open = self.text[..self.at.start].rfind(quote).unwrap_or(first);
        let help =
            format!("close it with `{quote}`; put a string of several lines between `{quote}{quote}{quote}`");
        (
            SyntaxHint::new("the string is not closed on its line", open..self.at.start).help(help),
            Reach::NextLine,
        )
    }

    fn control_character(&self) -> Option<char> {
        let found = self.text[self.at.start..].chars().next()?;
        (found.is_control() && !matches!(found, '\n' | '\r')).then_some(found)
    }

    fn explain_unclosed(&self, subject: &str, close: &str) -> (SyntaxHint, Reach) {
        let reach = if close == "}" || subject == "the array" { Reach::File } else { Reach::Line };
        (
            SyntaxHint::new(format!("{subject} is not closed"), self.at.clone())
                .help(format!("close it with `{close}`")),
            reach,
        )
    }

    /// Explains a missing comma. If the error is at the start of a line, the array or inline table above it is
    /// probably not closed.
    fn explain_separator(&self, close: char) -> (SyntaxHint, Reach) {
        let hint = SyntaxHint::new(
            format!("expected `,` or `{close}`, found {}", self.describe_token()),
            self.at.clone(),
        );
        if self.text[self.line_range().start..self.at.start].trim().is_empty() {
            let opened = if close == ']' { "array" } else { "inline table" };
            (hint.help(format!("close the {opened} above with `{close}`")), Reach::File)
        } else {
            (hint.help("put a comma between the two"), Reach::Line)
        }
    }

    fn explain_assignment(&self) -> (SyntaxHint, Reach) {
        let key = self.text[self.line_range().start..self.at.start].trim();
        let hint = SyntaxHint::new(
            format!("expected `=` after the key, found {}", self.describe_token()),
            self.at.clone(),
        );
        (hint.help(format!("write `{key} = …`")), Reach::NextLine)
    }

    fn explain_key(&self) -> (SyntaxHint, Reach) {
        let key = self.text[self.line_range().start..self.at.start].trim();
        let found = self.describe_token();
        let hint = if found == "`:`" {
            SyntaxHint::new("expected `=` after the key, found `:`", self.at.clone())
                .help(format!("write `{key} = …`"))
        } else {
            SyntaxHint::new(format!("expected a key, found {found}"), self.at.clone())
                .help("write `KEY = VALUE`, or a table's header, `[NAME]`")
        };
        (hint, Reach::NextLine)
    }

    fn explain_escape(&self) -> (SyntaxHint, Reach) {
        let start = self.text[..self.at.start].rfind('\\').unwrap_or(self.at.start);
        let end = self.at.start + self.text[self.at.start..].chars().next().map_or(0, char::len_utf8);
        let hint = SyntaxHint::new(format!("`{}` is not a valid escape", &self.text[start..end]), start..end);
        (hint.help("write a backslash as `\\\\`, or the text in single quotes"), Reach::Line)
    }

    fn explain_leading_zero(&self) -> (SyntaxHint, Reach) {
        let digits = self.text[self.at.start..].find(|c: char| !c.is_ascii_alphanumeric());
        let at = self.at.start..digits.map_or(self.text.len(), |length| self.at.start + length);
        let message = format!("expected a number without leading zeros, found `{}`", &self.text[at.clone()]);
        (SyntaxHint::new(message, at).help("remove the zeros"), Reach::Line)
    }

    /// The word or sign at the position of the error.
    fn describe_token(&self) -> String {
        let rest = self.text[self.at.start..].lines().next().unwrap_or("");
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        match (word, rest.chars().next()) {
            (_, None) => "the end of the line".to_owned(),
            (0, Some('"' | '\'')) => "a string".to_owned(),
            (0, Some(sign)) => format!("`{sign}`"),
            _ => format!("`{}`", &rest[..word]),
        }
    }

    fn line_range(&self) -> Range<usize> {
        let start = self.text[..self.at.start].rfind('\n').map_or(0, |newline| newline + 1);
        start..self.text[self.at.start..].find('\n').map_or(self.text.len(), |length| self.at.start + length)
    }

    /// The offset up to which further errors are dropped.
    fn end_of_reach(&self, reach: Reach) -> usize {
        let end = self.line_range().end;
        let rest = self.text.get(end + 1..).unwrap_or("");
        match reach {
            Reach::Line => end + 1,
            Reach::NextLine => end + 2 + rest.lines().next().map_or(0, str::len),
            Reach::Table => rest.find("\n[").map_or(usize::MAX, |length| end + 1 + length),
            Reach::File => usize::MAX,
        }
    }
}

/// Offsets at which a line of `text` starts.
fn line_starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after_newlines)
}

#[cfg(test)]
mod tests {
    use crate::config::source::Document;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (_, errors) = Document::parse(text);
        let found = errors.iter().map(|error| (error.range(), error.to_string()));
        let found: Vec<String> =
            found.map(|(at, error)| format!("{}..{} {error}", at.start, at.end)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn each_mistake_is_reported_once() {
        check(
            "a = us-east-1\nb = eu\n",
            &["4..13 expected a value, found `us-east-1`", "18..20 expected a value, found `eu`"],
        );
        check("a = 'x\n{\n  \"b\": 1\n}\n", &["4..6 the string is not closed on its line"]);
        check("a = { b = 1\n[c]\nd = 1\n[e]\nf = 1\n", &["12..12 expected `,` or `}`, found `[`"]);
        check(
            "[a]\nb = 1\n[a]\nb = 1\n[c]\nd = \n",
            &[
                "11..12 the table `[a]` is written twice",
                "28..28 expected a value, found the end of the line",
            ],
        );
    }

    #[test]
    fn an_unclosed_string_is_reported_at_its_start() {
        check("a = '''\nb = 1\n", &["4..7 the string is not closed"]);
        check("a = \"b\nc = 1\n", &["4..6 the string is not closed on its line"]);
        check("a = \"b\u{7}\"", &["6..7 the string contains a control character"]);
    }
}
