//! Explains the syntax errors of a path better than the parser does.

use std::ops::Range;

use regex::Regex;

use crate::diagnose::excerpt;

use super::PathError;
use super::location::quoted;
use super::step::{BLANKS, bracket_end, split, unquoted};
use crate::pointer::unescape;

/// `text` with each byte of its strings' contents replaced by a blank.
fn blank_strings(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for ((_, shown), char) in unquoted(text).zip(text.chars()) {
        let width = if shown == char { 1 } else { char.len_utf8() };
        masked.extend(std::iter::repeat_n(shown, width));
    }
    masked
}

/// Explains why `path` is not valid. `error` is the parser's error.
pub(super) fn explain(path: &str, error: &serde_json_path::ParseError) -> PathError {
    let root = root_mistake(path).or_else(|| blanks_at_the_ends(path));
    if let Some(mistake) = root {
        return mistake.into_path_error(path, 0);
    }
    let steps = split(path);
    // Every prefix with an invalid step is invalid, so a binary search finds the first such step.
    let good = steps.partition_point(|step| serde_json_path::JsonPath::parse(&path[..step.end]).is_ok());
    let Some(step) = steps.get(good).cloned() else {
        return generic(path, 0..path.len(), error);
    };
    let mistake = match path[step.clone()].chars().next() {
        Some('[') => bracket_mistake(&path[step.clone()]),
        Some('.') => Some(dot_mistake(&path[step.clone()])),
        _ => Some(bare_mistake(&path[step.clone()])),
    };
    mistake.map_or_else(
        || generic(path, step.clone(), error),
        |mistake| mistake.into_path_error(path, step.start),
    )
}

fn generic(path: &str, step: Range<usize>, error: &serde_json_path::ParseError) -> PathError {
    let position = error.position().clamp(step.start, step.end);
    let start = if path.is_char_boundary(position) && position < step.end { position } else { step.start };
    let help = function_help(error.message().rsplit(", ").next().unwrap_or(""));
    let mistake = Mistake { at: start - step.start..step.len(), expected: "JSONPath by RFC 9535", help };
    mistake.into_path_error(path, step.start)
}

fn function_help(error: &str) -> Option<String> {
    if error.contains("return type") {
        return Some("compare the result of `length`, `count` or `value`: `length(@.name) > 0`".to_owned());
    }
    let functions = "the functions are `length`, `count`, `value`, and, as conditions, `match` and `search`";
    (error.starts_with("function") || error.contains("argument")).then(|| format!("{error}; {functions}"))
}

/// A [`PathError`] with its place relative to the step.
struct Mistake {
    at: Range<usize>,
    expected: &'static str,
    help: Option<String>,
}

impl Mistake {
    fn new(at: Range<usize>, expected: &'static str, help: impl Into<String>) -> Mistake {
        Mistake { at, expected, help: Some(help.into()) }
    }

    fn into_path_error(self, path: &str, offset: usize) -> PathError {
        let at = offset + self.at.start..offset + self.at.end;
        let found = match &path[at.clone()] {
            "" => "the end of the path".to_owned(),
            "`" => "a backtick".to_owned(),
            blank if blank.trim().is_empty() => "a blank".to_owned(),
            text => format!("`{}`", excerpt(text)),
        };
        PathError { at, expected: self.expected, found, help: self.help }
    }
}

fn root_mistake(path: &str) -> Option<Mistake> {
    let first = path.chars().next().map_or(0, char::len_utf8);
    if path.is_empty() {
        return Some(Mistake::new(0..0, "a JSONPath", "write a path such as `$.content[0].text`"));
    }
    if path.starts_with('$') || path.starts_with(BLANKS) {
        return None;
    }
    let pointer = path.strip_prefix('/').filter(|rest| !rest.is_empty());
    let help = pointer.map_or("start the path with `$`, the whole response".to_owned(), |pointer| {
        format!("write the JSON Pointer as a JSONPath: `{}`", jsonpath_from_pointer(pointer))
    });
    Some(Mistake::new(0..first, "`$`", help))
}

fn jsonpath_from_pointer(pointer: &str) -> String {
    pointer.split('/').fold("$".to_owned(), |path, step| match step.parse::<usize>() {
        Ok(index) => format!("{path}[{index}]"),
        Err(_) if super::location::is_shorthand(step) => format!("{path}.{step}"),
        Err(_) => format!("{path}[{}]", quoted(&unescape(step))),
    })
}

fn blanks_at_the_ends(path: &str) -> Option<Mistake> {
    let help = "remove the blanks around the path";
    let (start, end) =
        (path.len() - path.trim_start_matches(BLANKS).len(), path.trim_end_matches(BLANKS).len());
    if start > 0 {
        return Some(Mistake::new(0..start, "`$`", help));
    }
    let only_blanks = end < path.len() && serde_json_path::JsonPath::parse(&path[..end]).is_ok();
    only_blanks.then(|| Mistake::new(end..path.len(), "the end of the path", help))
}

/// Signs of other JSONPath dialects that RFC 9535 doesn't have, with the help for each.
const OTHER_DIALECTS: [(&str, &str); 2] = [
    ("^", "`^` (the parent) is JSONPath-Plus; write the path to the parent, or filter it: `[?@.child]`"),
    ("~", "`~` (the names) is JSONPath-Plus; a JSONPath selects values only"),
];

fn dialect_mistake(step: &str) -> Option<Mistake> {
    let found = OTHER_DIALECTS.iter().find_map(|(sign, help)| step.find(sign).map(|at| (at, *help)));
    found.map(|(at, help)| Mistake::new(at..at + 1, "a name, an index or a filter", help))
}

fn bare_mistake(step: &str) -> Mistake {
    let word: String = step.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
    let help = if word.is_empty() {
        "write `.name`, `['name']`, `[0]` or `[*]`".to_owned()
    } else {
        format!("write `.{word}`")
    };
    dialect_mistake(step).unwrap_or_else(|| Mistake::new(0..step.len(), "`.` or `[`", help))
}

fn dot_mistake(step: &str) -> Mistake {
    let name = step.trim_start_matches('.');
    let dots = step.len() - name.len();
    let all = dots..step.len();
    let expected = "a name, `*` or `[`";
    if dots > 2 {
        return Mistake::new(
            2..dots,
            expected,
            "write `..name` to search at any depth, `.name` for a member",
        );
    }
    if name.is_empty() {
        let help =
            if dots == 2 { "write `..name` to search at any depth" } else { "write a name behind the `.`" };
        return Mistake::new(all, expected, help);
    }
    if name.starts_with('[') {
        return Mistake::new(0..1, "`[`", "remove the `.` before the `[`");
    }
    if name.starts_with('@') {
        return Mistake::new(all, expected, "filter by value; type selectors are JSONPath-Plus");
    }
    if let Some(function) = name.strip_suffix("()") {
        return Mistake::new(
            all,
            expected,
            format!("remove `.{function}()`; functions are only allowed in filters"),
        );
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Mistake::new(all, expected, format!("write an index in brackets: `[{name}]`"));
    }
    let dot = if dots == 2 { ".." } else { "" };
    let help =
        format!("quote a name with other characters than letters, digits and `_`: `{dot}[{}]`", quoted(name));
    dialect_mistake(step).unwrap_or_else(|| Mistake::new(all, "a plain name", help))
}

fn bracket_mistake(step: &str) -> Option<Mistake> {
    let masked = blank_strings(step);
    if bracket_end(step).is_none() {
        return Some(open_bracket_mistake(step, &masked));
    }
    let inner = step[1..step.len() - 1].trim();
    let (at, help) = match inner.chars().next() {
        None => (0..step.len(), "write `[*]` for all items, `[0]` for the first".to_owned()),
        Some('?') => return filter_operator(&masked).or_else(|| filter_name_mistake(step, &masked)),
        Some(first) => (1..step.len() - 1, selector_help(inner, first)?),
    };
    Some(Mistake::new(at, "an index, a quoted name, `*`, a slice or a filter", help))
}

/// The help for the invalid selector `inner`.
fn selector_help(inner: &str, first: char) -> Option<String> {
    match first {
        '(' => Some("count from the end with a negative index: `[-1]`; scripts aren't JSONPath".to_owned()),
        '0'..='9' | '-' if inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
            Some("write an index without leading zeros, between -2^53 and 2^53".to_owned())
        }
        first if first.is_alphabetic() || first == '_' => {
            Some(format!("quote the name: `[{}]`", quoted(inner)))
        }
        _ => None,
    }
}

fn open_bracket_mistake(step: &str, masked: &str) -> Mistake {
    let end = step.len()..step.len();
    let quotes = |quote| masked.matches(quote).count() % 2 == 1;
    if quotes('\'') || quotes('"') {
        return Mistake::new(end, "a closing quote", "close the string and the bracket");
    }
    Mistake::new(end, "`]`", "close the bracket with `]`")
}

/// Operators of other languages in filters. Each row has a pattern with the operator in group `at`, the
/// expected syntax, and the help.
const FILTER_MISTAKES: [(&str, &str, &str); 10] = [
    ("(?<at>[=!]==)", "a comparison", "write `==` or `!=`"),
    (
        "(?<at>=~)",
        "a comparison",
        "write `match(@.name, 'regex')` to match the whole string, `search(…)` to match a part",
    ),
    ("[^=!<>](?<at>=)(?:[^=~]|$)", "a comparison", "write `==`"),
    ("(?<at><>)", "a comparison", "write `!=`"),
    ("[^&](?<at>&)(?:[^&]|$)", "`&&`", "write `&&`"),
    ("[^|](?<at>\\|)(?:[^|]|$)", "`||`", "write `||`"),
    ("(?i)[\\s)](?<at>and)[\\s(]", "`&&`", "write `&&`"),
    ("(?i)[\\s)](?<at>or)[\\s(]", "`||`", "write `||`"),
    ("(?i)[\\s?(](?<at>not)[\\s(]", "`!`", "write `!`"),
    (
        "(?i)\\s(?<at>in|nin|subsetof|anyof|contains|empty|size)[\\s(]",
        "a comparison",
        "compare with one value after the other: `@.a == 'x' || @.a == 'y'`",
    ),
];

fn filter_operator(masked: &str) -> Option<Mistake> {
    let operator = FILTER_MISTAKES.iter().find_map(|(pattern, expected, help)| {
        let pattern = Regex::new(pattern).expect("the table's patterns are valid");
        let at = pattern.captures(masked)?.name("at")?.range();
        Some(Mistake::new(at, expected, *help))
    });
    let several_values = || {
        let several = Regex::new(r"(?<at>\.\.|\[\*\]|\.\*)[^=<>!&|]*(==|!=|<|>)").expect("a valid pattern");
        let at = several.captures(masked)?.name("at")?.range();
        Some(Mistake::new(at, "a path to one value", "compare one value: `@.name` or `@.list[0]`"))
    };
    operator.or_else(several_values)
}

/// Finds a name in a filter that needs quotes, such as in `@.a-b`.
fn filter_name_mistake(step: &str, masked: &str) -> Option<Mistake> {
    let pattern = Regex::new(r"\.(?<at>[\w$]+(?:-[\w$]+)+)").expect("a valid pattern");
    let at = pattern.captures(masked)?.name("at")?.range();
    let help = format!("quote the name: `@[{}]`", quoted(&step[at.clone()]));
    Some(Mistake::new(at, "a plain name", help))
}
