//! Converts the TOML parser's errors to findings with helpful messages, one for each mistake.
//!
//! The parser continues after a mistake and then reports errors that only follow from it. Its messages are
//! recognized by their beginning; an unknown message is passed on unchanged.

use std::ops::Range;

use super::syntax_error::{Slip, SyntaxError};
use crate::diagnose::FINDINGS_LIMIT;

/// Converts the messages and ranges in `raw` to errors and drops those that follow from an earlier mistake.
pub(super) fn tell(text: &str, mut raw: Vec<(String, Range<usize>)>) -> Vec<SyntaxError> {
    if raw.is_empty() {
        return Vec::new();
    }
    if let Some(at) = conflict(text) {
        let slip = Slip::new("expected TOML, found a merge-conflict marker", at);
        return vec![SyntaxError::Toml(slip.help("resolve the conflict, and remove its three markers"))];
    }
    raw.sort_by_key(|(_, at)| at.start);
    let mut told = Vec::new();
    let mut silent = (0, Follow::Line);
    for (message, at) in raw {
        let site = Site { text, at: at.start.min(text.len())..at.end.min(text.len()) };
        if site.at.start < silent.0 {
            if silent.1 == Follow::Neighbours {
                silent.0 = silent.0.max(site.end_of(Follow::Neighbours));
            }
            continue;
        }
        if told.len() > FINDINGS_LIMIT {
            break;
        }
        let (error, follow) = site.mistake(&message);
        silent = (site.end_of(follow), follow);
        told.push(error);
    }
    told
}

/// The message of an error that [`Document::parse`](super::source::Document::parse) adds to the parser's.
pub(super) const TOO_DEEP: &str = "nested too deeply";

/// The first line that starts with git's conflict marker.
fn conflict(text: &str) -> Option<Range<usize>> {
    let start = if text.starts_with("<<<<<<< ") { 0 } else { text.find("\n<<<<<<< ")? + 1 };
    Some(start..start + text[start..].lines().next().map_or(0, str::len))
}

/// How far the errors that follow from a mistake reach.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    Line,
    /// The parser reads the lines of an unclosed string as TOML, and may report each of the next lines.
    Neighbours,
    /// A duplicate table: its keys are reported as duplicates too.
    Section,
    Rest,
}

type Tell<'t> = fn(&Site<'t>) -> (Slip, Follow);

/// Where the parser reported an error.
struct Site<'t> {
    text: &'t str,
    at: Range<usize>,
}

impl<'t> Site<'t> {
    fn mistake(&self, message: &str) -> (SyntaxError, Follow) {
        let begins = |start: &str| message.starts_with(start);
        if begins("cannot recurse") || begins(TOO_DEEP) {
            return (SyntaxError::TooDeep { at: self.at.clone() }, Follow::Rest);
        }
        let known: [(&str, Tell<'t>); 18] = [
            ("string values must be quoted", Self::value),
            ("duplicate key", Self::duplicate),
            ("invalid multi-line", Self::unclosed_text),
            ("invalid literal string", Self::string),
            ("invalid basic string", Self::string),
            ("unclosed table", |site| site.unclosed("the table's header", "]")),
            ("unclosed array table", |site| site.unclosed("the table's header", "]]")),
            ("unclosed inline table", |site| site.unclosed("the inline table", "}")),
            ("unclosed array", |site| site.unclosed("the array", "]")),
            ("missing comma between array", |site| site.separator(']')),
            ("missing comma between key", |site| site.separator('}')),
            ("missing key for inline table", |site| site.separator('}')),
            ("missing assignment", Self::assignment),
            ("key with no value", Self::assignment),
            ("invalid unquoted key", Self::key),
            ("invalid key-value pair", Self::key),
            ("missing escaped value", Self::escape),
            ("unexpected leading zero", Self::leading_zero),
        ];
        let (slip, follow) = match known.iter().find(|(start, _)| begins(start)) {
            Some((_, tell)) => tell(self),
            None => {
                (Slip::new(message.trim_end_matches(", expected nothing"), self.at.clone()), Follow::Line)
            }
        };
        (SyntaxError::Toml(slip), follow)
    }

    fn value(&self) -> (Slip, Follow) {
        let found = self.text[self.at.clone()].trim_end();
        let at = self.at.start..self.at.start + found.len();
        let slip = if found.is_empty() {
            Slip::new("expected a value, found the end of the line", at).help("write a value behind the `=`")
        } else if found.starts_with(['“', '”', '„', '‘', '’']) {
            let plain = found.trim_matches(['“', '”', '„', '‘', '’']);
            Slip::new("expected straight quotes, found curly ones", at).help(format!("write `\"{plain}\"`"))
        } else {
            let help = format!("write text in double quotes: `\"{found}\"`");
            Slip::new(format!("expected a value, found `{found}`"), at).help(help)
        };
        (slip, Follow::Line)
    }

    fn duplicate(&self) -> (Slip, Follow) {
        let line = &self.text[self.line()];
        let before = &self.text[..self.line().start];
        let first = |at: usize, length: usize| Some((at..at + length, "first written here"));
        if line.trim_start().starts_with('[') {
            let header = line.trim();
            let slip = Slip::new(format!("the table `{header}` is written twice"), self.at.clone())
                .help("put all its keys below one header");
            let at =
                line_starts(before).find(|at| before[*at..].lines().next().map(str::trim) == Some(header));
            return (Slip { first: at.and_then(|at| first(at, header.len())), ..slip }, Follow::Section);
        }
        let key = &self.text[self.at.clone()];
        let slip = Slip::new(format!("the key `{key}` is written twice"), self.at.clone())
            .help("remove one of the two");
        let section = before.rfind("\n[").unwrap_or(0);
        let is_same = |at: &usize| {
            let rest = before[*at..].strip_prefix(key);
            *at >= section && rest.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('='))
        };
        let at = line_starts(before).find(is_same);
        (Slip { first: at.and_then(|at| first(at, key.len())), ..slip }, Follow::Line)
    }

    /// A multi-line string without end. The parser reports the end of the file; the string starts above.
    fn unclosed_text(&self) -> (Slip, Follow) {
        let found =
            ["'''", "\"\"\""].map(|quotes| self.text[..self.at.start].rfind(quotes).map(|at| (at, quotes)));
        match (self.control(), found.into_iter().flatten().max()) {
            (None, Some((at, quotes))) => {
                let slip = Slip::new("the string has no end", at..at + quotes.len());
                (slip.help(format!("close it with `{quotes}`")), Follow::Rest)
            }
            _ => self.string(),
        }
    }

    fn string(&self) -> (Slip, Follow) {
        if let Some(control) = self.control() {
            let help = format!("remove it, or write it in double quotes as `\\u{:04x}`", u32::from(control));
            return (
                Slip::new("expected text, found a control character", self.at.clone()).help(help),
                Follow::Line,
            );
        }
        let line = self.line();
        let first = self.text[line.start..self.at.start]
            .find(['"', '\''])
            .map_or(self.at.start, |at| line.start + at);
        let quote = self.text[first..].chars().next().unwrap_or('"');
        let open = self.text[..self.at.start].rfind(quote).unwrap_or(first);
        let help =
            format!("close it with `{quote}`; text of several lines stands between `{quote}{quote}{quote}`");
        (Slip::new("the string has no end on its line", open..self.at.start).help(help), Follow::Neighbours)
    }

    fn control(&self) -> Option<char> {
        let found = self.text[self.at.start..].chars().next()?;
        (found.is_control() && !matches!(found, '\n' | '\r')).then_some(found)
    }

    fn unclosed(&self, what: &str, close: &str) -> (Slip, Follow) {
        let follow = if close == "}" || what == "the array" { Follow::Rest } else { Follow::Line };
        (
            Slip::new(format!("{what} has no end"), self.at.clone()).help(format!("close it with `{close}`")),
            follow,
        )
    }

    /// A missing comma. At the start of a line, the table or array above is not closed instead.
    fn separator(&self, close: char) -> (Slip, Follow) {
        let slip = Slip::new(format!("expected `,` or `{close}`, found {}", self.found()), self.at.clone());
        if self.text[self.line().start..self.at.start].trim().is_empty() {
            (slip.help(format!("close what was opened above with `{close}`")), Follow::Rest)
        } else {
            (slip.help("put a comma between the two"), Follow::Line)
        }
    }

    fn assignment(&self) -> (Slip, Follow) {
        let key = self.text[self.line().start..self.at.start].trim();
        let slip = Slip::new(format!("expected `=` behind the key, found {}", self.found()), self.at.clone());
        (slip.help(format!("write `{key} = …`")), Follow::Neighbours)
    }

    fn key(&self) -> (Slip, Follow) {
        let key = self.text[self.line().start..self.at.start].trim();
        let found = self.found();
        let slip = if found == "`:`" {
            Slip::new("expected `=` behind the key, found `:`", self.at.clone())
                .help(format!("write `{key} = …`"))
        } else {
            Slip::new(format!("expected a key, found {found}"), self.at.clone())
                .help("write `KEY = VALUE`, or a table's header, `[NAME]`")
        };
        (slip, Follow::Neighbours)
    }

    fn escape(&self) -> (Slip, Follow) {
        let start = self.text[..self.at.start].rfind('\\').unwrap_or(self.at.start);
        let end = self.at.start + self.text[self.at.start..].chars().next().map_or(0, char::len_utf8);
        let slip = Slip::new(format!("`{}` is no escape", &self.text[start..end]), start..end);
        (slip.help("write a backslash as `\\\\`, or the text in single quotes"), Follow::Line)
    }

    fn leading_zero(&self) -> (Slip, Follow) {
        let digits = self.text[self.at.start..].find(|c: char| !c.is_ascii_alphanumeric());
        let at = self.at.start..digits.map_or(self.text.len(), |length| self.at.start + length);
        let message = format!("expected a number without leading zeros, found `{}`", &self.text[at.clone()]);
        (Slip::new(message, at).help("remove the zeros"), Follow::Line)
    }

    /// The word or sign at the position of the error.
    fn found(&self) -> String {
        let rest = self.text[self.at.start..].lines().next().unwrap_or("");
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        match (word, rest.chars().next()) {
            (_, None) => "the end of the line".to_owned(),
            (0, Some('"' | '\'')) => "a string".to_owned(),
            (0, Some(sign)) => format!("`{sign}`"),
            _ => format!("`{}`", &rest[..word]),
        }
    }

    fn line(&self) -> Range<usize> {
        let start = self.text[..self.at.start].rfind('\n').map_or(0, |newline| newline + 1);
        start..self.text[self.at.start..].find('\n').map_or(self.text.len(), |length| self.at.start + length)
    }

    /// The offset up to which further errors are dropped.
    fn end_of(&self, follow: Follow) -> usize {
        let end = self.line().end;
        let rest = self.text.get(end + 1..).unwrap_or("");
        match follow {
            Follow::Line => end + 1,
            Follow::Neighbours => end + 2 + rest.lines().next().map_or(0, str::len),
            Follow::Section => rest.find("\n[").map_or(usize::MAX, |length| end + 1 + length),
            Follow::Rest => usize::MAX,
        }
    }
}

/// Offsets at which a line of `text` starts.
fn line_starts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let behind = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(behind)
}

#[cfg(test)]
mod tests {
    use crate::config::source::Document;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (_, errors) = Document::parse(text);
        let told = errors.iter().map(|error| (error.at(), error.to_string()));
        let told: Vec<String> = told.map(|(at, error)| format!("{}..{} {error}", at.start, at.end)).collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn a_mistake_is_told_once_and_so_is_the_next() {
        check(
            "a = us-east-1\nb = eu\n",
            &["4..13 expected a value, found `us-east-1`", "18..20 expected a value, found `eu`"],
        );
        check("a = 'x\n{\n  \"b\": 1\n}\n", &["4..6 the string has no end on its line"]);
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
    fn what_has_no_end_is_told_where_it_begins() {
        check("a = '''\nb = 1\n", &["4..7 the string has no end"]);
        check("a = \"b\nc = 1\n", &["4..6 the string has no end on its line"]);
        check("a = \"b\u{7}\"", &["6..7 expected text, found a control character"]);
    }
}
