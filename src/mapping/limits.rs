//! Limits the cost of a path: even a short one can need more time and memory than there is.

use std::ops::Range;

use super::PathError;
use super::location::is_shorthand;
use super::step::{Selects, selects, split, unquoted};

/// The maximum length of a path in bytes.
const LENGTH_LIMIT: usize = 4096;

/// The maximum nesting of brackets and parentheses. Each level doubles the time that parsing takes.
const NESTING_LIMIT: usize = 12;

/// The maximum number of steps with `..`. Each can select a value again for every level above it.
const DESCENDANT_LIMIT: usize = 2;

/// The maximum number of times that a path's lists of selectors can select the same value.
const LISTED_LIMIT: usize = 64;

/// Returns an error if `path` would take too long to parse.
pub(super) fn check_before_parsing(path: &str) -> Option<PathError> {
    if path.len() > LENGTH_LIMIT {
        let found = format!("{} bytes", path.len());
        let help = Some("write a shorter path to the value".to_owned());
        return Some(PathError { at: 0..path.len(), expected: "a path of at most 4096 bytes", found, help });
    }
    let at = find_deep_nesting(path)?;
    Some(PathError { at, expected: "at most 12 nested brackets", found: "more".to_owned(), help: None })
}

/// Returns an error if the valid path `path` could select too many values.
pub(super) fn check_query(path: &str) -> Option<PathError> {
    let excess = |at, expected, help: &str| PathError {
        at,
        expected,
        found: "more".to_owned(),
        help: Some(help.to_owned()),
    };
    if let Some(at) = find_excess_descendant(path) {
        let help = "write the names of the members on the way instead of `..`";
        return Some(excess(at, "at most 2 steps with `..`", help));
    }
    if let Some(at) = find_excess_list(path) {
        let help = "write `[*]` or a slice, or map several fields";
        return Some(excess(at, "at most 64 combinations of selectors", help));
    }
    let at = find_root_in_filter(path)?;
    let help = "compare with one value: `$.name` or `$.list[0]`";
    let found = "a search from `$`".to_owned();
    Some(PathError { at, expected: "one value in a filter", found, help: Some(help.to_owned()) })
}

/// The first bracket or parenthesis that is nested too deeply.
fn find_deep_nesting(path: &str) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let deep = unquoted(path).find(|(_, char)| {
        match char {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > NESTING_LIMIT
    });
    deep.map(|(at, _)| at..at + 1)
}

/// The first `..` over the limit.
fn find_excess_descendant(path: &str) -> Option<Range<usize>> {
    let dots = unquoted(path).zip(unquoted(path).skip(1));
    let descendants = dots.filter(|((_, first), (_, second))| (*first, *second) == ('.', '.'));
    descendants.map(|((at, _), _)| at..at + 2).nth(DESCENDANT_LIMIT)
}

/// The bracket with the list that brings the product of all lists over the limit.
fn find_excess_list(path: &str) -> Option<Range<usize>> {
    let (mut open, mut product) = (Vec::new(), 1_usize);
    for (at, char) in unquoted(path) {
        match (char, open.last_mut()) {
            ('[' | '(', _) => open.push((char, at, 1_usize)),
            (',', Some(('[', _, selectors))) => *selectors += 1,
            (']' | ')', Some(_)) => {
                let (_, start, selectors) = open.pop()?;
                product = product.saturating_mul(selectors);
                if product > LISTED_LIMIT {
                    return Some(start..at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The `$` of a query in a filter that visits more than one place, which it does for each filtered value.
fn find_root_in_filter(path: &str) -> Option<Range<usize>> {
    let roots = unquoted(path).skip(1).filter(|(_, char)| *char == '$');
    roots.map(|(at, _)| at..at + 1).find(|root| visits_several(&path[root.start..]))
}

/// Whether the query at the start of `text` has other steps than names and indices.
fn visits_several(text: &str) -> bool {
    for step in split(text).into_iter().map(|step| &text[step]) {
        match selects(step) {
            Selects::Name(name) if step.starts_with('.') && !is_shorthand(&name) => return false,
            Selects::Name(_) | Selects::Index(_) => {}
            Selects::Other => return step.starts_with(['.', '[']),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::mapping::JsonPath;

    /// The part of `path` that an error points at, and the error's message.
    fn parse_error(path: &str) -> Option<(String, String)> {
        let error = JsonPath::parse_lenient(path).err()?;
        Some((path[error.at.clone()].to_owned(), error.to_string()))
    }

    #[track_caller]
    fn check(path: &str, at: &str, message: &str) {
        assert_eq!(parse_error(path), Some((at.to_owned(), message.to_owned())), "{path}");
    }

    #[test]
    fn long_paths_are_rejected() {
        for path in [format!("${}", "[".repeat(60_000)), format!("$.{}", "a".repeat(4095))] {
            let message = format!("expected a path of at most 4096 bytes, found {} bytes", path.len());
            check(&path, &path, &message);
        }
        assert_eq!(parse_error(&format!("$.{}", "a".repeat(4094))), None);
    }

    #[test]
    fn steps_at_any_depth_are_limited() {
        check("$..*..*..*", "..", "expected at most 2 steps with `..`, found more");
        check("$..[?@..[?@..a]]", "..", "expected at most 2 steps with `..`, found more");
        assert_eq!(parse_error("$..a..['..'].b"), None);
    }

    #[test]
    fn products_of_lists_are_limited() {
        let message = "expected at most 64 combinations of selectors, found more";
        check("$[*,*,*,*][*,*,*,*][*,*,*,*][0,1]", "[0,1]", message);
        check("$[?@[0,0,0,0,0,0,0,0][0,0,0,0,0,0,0,0][ 1,1 ]]", "[ 1,1 ]", message);
        assert_eq!(parse_error("$['a,b','c'][0,1][?search(@.a, 'x')][?match(@.b, 'y')]"), None);
    }

    #[test]
    fn queries_from_the_root_in_filters_select_one_value() {
        let message = "expected one value in a filter, found a search from `$`";
        for path in ["$[?$[?$[?@.a]]]", "$[?count($.a[*])>1]", "$[?$..a]", "$[?@.a&&$.b [0:2]]"] {
            check(path, "$", message);
        }
        for path in
            ["$[?@.id==$.wanted]", "$.a[?@.id == $.list[0]['x']].b[*]", "$[?$.a==@.b][*]", "$[?@.a=='$..']"]
        {
            assert_eq!(parse_error(path), None, "{path}");
        }
    }
}
