//! Splits a path, valid or not, into its steps.

use std::ops::Range;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The bytes of the step in the path with its `$`.
    pub(super) at: Range<usize>,
    pub(super) selects: Selects,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selects {
    Name(String),
    Index(i64),
    /// A wildcard, slice, filter, descendant or list of selectors.
    Other,
}

/// The steps of the valid path `path`.
pub(super) fn steps(path: &str) -> Vec<Step> {
    split(path).into_iter().map(|at| Step { selects: selects(&path[at.clone()]), at }).collect()
}

/// What the valid step `step` selects.
pub(super) fn selects(step: &str) -> Selects {
    if let Some(inner) = step.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return bracketed(inner.trim());
    }
    match step.strip_prefix('.') {
        Some(name) if !name.starts_with(['.', '*']) => Selects::Name(name.to_owned()),
        _ => Selects::Other,
    }
}

fn bracketed(inner: &str) -> Selects {
    if let Ok(index) = inner.parse() {
        return Selects::Index(index);
    }
    let quote = inner.chars().next().filter(|char| matches!(char, '"' | '\''));
    let name = quote.and_then(|quote| inner[1..].strip_suffix(quote).map(|name| (quote, name)));
    match name {
        Some((quote, name)) if !name.contains([quote, '\\']) => Selects::Name(name.to_owned()),
        _ => Selects::Other,
    }
}

/// The places of the steps after the `$` of `path`. The path may be invalid: everything that is not blank
/// belongs to a step.
pub(super) fn split(path: &str) -> Vec<Range<usize>> {
    let (mut steps, mut at) = (Vec::new(), path.len().min(1));
    loop {
        at += path[at..].len() - path[at..].trim_start_matches(BLANKS).len();
        if at == path.len() {
            return steps;
        }
        let dots = path[at..].len() - path[at..].trim_start_matches('.').len();
        let name = at + dots;
        let length = match path[name..].chars().next() {
            Some('[') => bracket_end(&path[name..]),
            _ => path[name..].find(['.', '[', ' ', '\t', '\n', '\r']),
        };
        let end = length.map_or(path.len(), |length| name + length);
        steps.push(at..end);
        at = end;
    }
}

/// The blanks of RFC 9535. Other white space can be part of a name.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The length of the bracketed part that `text` starts with; `None` if no bracket closes it.
pub(super) fn bracket_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let end = unquoted(text).find(|(_, char)| {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    end.map(|(at, _)| at + 1)
}

/// The characters of `text` with their offsets. Characters within strings are replaced by blanks.
pub(super) fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quote, mut escaped) = (None, false);
    text.char_indices().map(move |(at, char)| {
        let ends = quote == Some(char) && !escaped;
        escaped = quote.is_some() && char == '\\' && !escaped;
        match quote {
            Some(_) if ends => quote = None,
            Some(_) => return (at, ' '),
            None if matches!(char, '"' | '\'') => quote = Some(char),
            None => {}
        }
        (at, char)
    })
}
