//! Finds the position of a member in the text of a body.

use std::ops::Range;

use super::Template;

impl Template {
    /// The byte range of the member at `steps`, or of its nearest ancestor that exists: the name of an
    /// object's member, or an array's item. `None` if the first step does not exist.
    pub fn locate(&self, steps: &[&str]) -> Option<Range<usize>> {
        let mut at = skip_space(&self.text, 0);
        let mut found: Option<Member<'_>> = None;
        for step in steps {
            let Some(child) = find_child(&self.text, at, step) else { break };
            at = child.value;
            found = Some(child);
        }
        found.map(|member| member.range(&self.text))
    }

    /// The byte range of the value at `steps`, or of its nearest ancestor that exists.
    pub fn locate_value(&self, steps: &[&str]) -> Range<usize> {
        let mut at = skip_space(&self.text, 0);
        for step in steps {
            let Some(child) = find_child(&self.text, at, step) else { break };
            at = child.value;
        }
        at..value_end(&self.text, at)
    }

    /// The range of the first character of the body's value.
    pub fn first_character(&self) -> Range<usize> {
        let at = skip_space(&self.text, 0);
        at..at + self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    /// The first member that has one of `names`, at any depth. The direct members of an object come before the
    /// members below them.
    pub fn locate_named(&self, names: &[&str]) -> Option<Range<usize>> {
        find_named(&self.text, skip_space(&self.text, 0), names).0
    }
}

/// The first member below `at` that has one of `names`, and the end of the value at `at`.
fn find_named(text: &str, at: usize, names: &[&str]) -> (Option<Range<usize>>, usize) {
    let Some(mut members) = Members::new(text, at) else { return (None, value_end(text, at)) };
    let (mut direct, mut below) = (None, None);
    while let Some(member) = members.next_member() {
        if direct.is_none() && member.name.is_some_and(|name| names.contains(&name)) {
            direct = Some(member.range(text));
        }
        let (found, end) = find_named(text, member.value, names);
        below = below.or(found);
        members.at = end;
    }
    (direct.or(below), members.end())
}

/// The child `step` of the value at `at`.
fn find_child<'t>(text: &'t str, at: usize, step: &str) -> Option<Member<'t>> {
    let mut members = Members::new(text, at)?;
    let mut index = 0;
    while let Some(member) = members.next_member() {
        if member.name.map_or_else(|| step.parse() == Ok(index), |name| name == step) {
            return Some(member);
        }
        members.at = value_end(text, member.value);
        index += 1;
    }
    None
}

struct Member<'t> {
    /// The name in the text, without its quotes and with its escapes. `None` for an item of an array.
    name: Option<&'t str>,
    /// The position of the first byte of the name or the item.
    start: usize,
    /// The position of the value's first byte.
    value: usize,
}

impl Member<'_> {
    /// The range of the name with its quotes, or of the item.
    fn range(&self, text: &str) -> Range<usize> {
        self.start..value_end(text, self.start)
    }
}

/// Reads the children of an object or array. The text must be a body without mistakes.
///
/// `next_member` does not look for the end of a value: the caller sets `at` to it. Otherwise each level of a nested value
/// would read all levels below it again.
struct Members<'t> {
    text: &'t str,
    at: usize,
    in_object: bool,
}

impl<'t> Members<'t> {
    /// `None` if the value at `at` is no object and no array.
    fn new(text: &'t str, at: usize) -> Option<Members<'t>> {
        let rest = text.get(at..)?;
        let has_members = rest.starts_with(['{', '[']) && !rest.starts_with("{{");
        has_members.then(|| Members { text, at: at + 1, in_object: rest.starts_with('{') })
    }

    fn next_member(&mut self) -> Option<Member<'t>> {
        let text = self.text;
        let at = skip_space(text, self.at);
        let start = if text.as_bytes().get(at) == Some(&b',') { skip_space(text, at + 1) } else { at };
        if matches!(text.as_bytes().get(start), None | Some(b'}' | b']')) {
            return None;
        }
        if !self.in_object {
            return Some(Member { name: None, start, value: start });
        }
        let end = value_end(text, start);
        let name = text.get(start + 1..end.saturating_sub(1))?;
        let colon = skip_space(text, end);
        Some(Member { name: Some(name), start, value: skip_space(text, colon + 1) })
    }

    /// The end of the object or array, after `next_member` returned `None`.
    fn end(&self) -> usize {
        (skip_space(self.text, self.at) + 1).min(self.text.len())
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len())
}

/// The end of the value that begins at `at`.
fn value_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    match rest.as_bytes() {
        [b'{', b'{', ..] => placeholder_end(text, at),
        [b'"', ..] => string_end(text, at),
        [b'{' | b'[', ..] => closing_end(text, at),
        _ => at + rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len()),
    }
}

/// The end of the object or array that begins at `start`.
fn closing_end(text: &str, start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        match text.as_bytes().get(at..).unwrap_or_default() {
            [] => return text.len(),
            [b'{', b'{', ..] => at = placeholder_end(text, at),
            [b'"', ..] => at = string_end(text, at),
            [b'}' | b']', ..] if depth == 1 => return at + 1,
            [byte, ..] => {
                depth += usize::from(matches!(byte, b'{' | b'['));
                depth -= usize::from(matches!(byte, b'}' | b']'));
                at += 1;
            }
        }
    }
}

fn placeholder_end(text: &str, at: usize) -> usize {
    text[at..].find("}}").map_or(text.len(), |end| at + end + 2)
}

fn string_end(text: &str, at: usize) -> usize {
    let mut escaped = false;
    let quote = text.bytes().enumerate().skip(at + 1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    quote.map_or(text.len(), |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::DEPTH_LIMIT;

    const BODY: &str = r#"{
      "max_tokens": {{max}}, "a\"b": "x, }",
      "messages": [ { "role": "user", "content": [{ "text": "{{prompt}}" }, 2] }, "{{all}}" ],
      "empty": {}, "config": { "topK": [1, [2, {}]], "maxTokens": 5 }
    }"#;

    #[track_caller]
    fn check(steps: &[&str], expected: Option<&str>) {
        let template = Template::parse(BODY).unwrap();
        assert_eq!(template.locate(steps).map(|range| &BODY[range]), expected, "{steps:?}");
    }

    #[test]
    fn members_are_found_by_their_path() {
        check(&["max_tokens"], Some("\"max_tokens\""));
        check(&["messages", "0", "content", "0", "text"], Some("\"text\""));
        check(&["messages", "0", "content", "1"], Some("2"));
        check(&["messages", "0", "content", "7"], Some("\"content\""));
        check(&["messages", "1"], Some("\"{{all}}\""));
        check(&["config", "topK", "1", "0"], Some("2"));
        check(&["empty", "x"], Some("\"empty\""));
        check(&["nothing"], None);
        check(&[], None);
    }

    #[test]
    fn values_are_found_by_their_path() {
        let template = Template::parse(BODY).unwrap();
        let found = |steps: &[&str]| &BODY[template.locate_value(steps)];
        assert_eq!(found(&["config", "topK"]), "[1, [2, {}]]");
        assert_eq!(found(&["messages", "0", "role"]), "\"user\"");
        assert_eq!(found(&["empty", "x"]), "{}");
        assert_eq!(found(&[]), BODY);
    }

    #[test]
    fn members_are_found_by_their_name() {
        let template = Template::parse(BODY).unwrap();
        let found = |names: &[&str]| template.locate_named(names).map(|range| &BODY[range]);
        assert_eq!(found(&["maxTokens", "x"]), Some("\"maxTokens\""));
        assert_eq!(found(&["text"]), Some("\"text\""));
        assert_eq!(found(&["x"]), None);
    }

    #[test]
    fn the_time_for_a_nested_body_is_not_exponential() {
        let depth = DEPTH_LIMIT / 2;
        let text = format!("{}1{}", r#"[{"a":"#.repeat(depth), "}]".repeat(depth));
        let template = Template::parse(&text).unwrap();
        let steps = ["0", "a"].repeat(depth);
        let last = depth * r#"[{"a":"#.len();
        assert_eq!(template.locate(&steps), Some(last - 4..last - 1));
        assert_eq!(template.locate_value(&steps), last..last + 1);
        assert_eq!(template.locate_value(&[]), 0..text.len());
        assert_eq!(template.locate_named(&["b"]), None);
        let arrays = format!("{}{}", "[".repeat(DEPTH_LIMIT), "]".repeat(DEPTH_LIMIT));
        let template = Template::parse(&arrays).unwrap();
        assert_eq!(template.locate(&["0", "1"]), Some(1..arrays.len() - 1));
        assert_eq!(template.locate_named(&["b"]), None);
    }

    #[test]
    fn locating_ends_for_every_kind_of_body() {
        for text in ["{{all}}", "1", "\"\"", "[]", "{}"] {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.locate(&["a"]), None, "{text}");
        }
    }
}
