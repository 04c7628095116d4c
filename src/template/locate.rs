//! Finds the position of a member in the text of a body.

use std::ops::Range;

use super::Template;

impl Template {
    /// The byte range of the member at `steps`, or of its nearest ancestor that exists: the name of an
    /// object's member, or an array's item. `None` if the first step does not exist.
    pub fn locate(&self, steps: &[&str]) -> Option<Range<usize>> {
        let mut at = skip_space(&self.text, 0);
        let mut found = None;
        for step in steps {
            let Some((member, value)) = find_child(&self.text, at, step) else { break };
            (found, at) = (Some(member), value);
        }
        found
    }

    /// The byte range of the value at `steps`, or of its nearest ancestor that exists.
    pub fn locate_value(&self, steps: &[&str]) -> Range<usize> {
        let mut at = skip_space(&self.text, 0);
        for step in steps {
            let Some((_, value)) = find_child(&self.text, at, step) else { break };
            at = value;
        }
        at..value_end(&self.text, at)
    }

    /// The range of the first character of the body's value.
    pub fn first_character(&self) -> Range<usize> {
        let at = skip_space(&self.text, 0);
        at..at + self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    }

    /// The first member, at any depth, that has one of `names`.
    pub fn locate_named(&self, names: &[&str]) -> Option<Range<usize>> {
        find_named(&self.text, skip_space(&self.text, 0), names)
    }
}

fn find_named(text: &str, at: usize, names: &[&str]) -> Option<Range<usize>> {
    let members: Vec<_> = Members::new(text, at).collect();
    let direct = members.iter().find(|member| member.name.is_some_and(|name| names.contains(&name)));
    direct
        .map(|member| member.range.clone())
        .or_else(|| members.iter().find_map(|member| find_named(text, member.value, names)))
}

/// The range of the child `step` of the value at `at`, and the position of the child's value.
fn find_child(text: &str, at: usize, step: &str) -> Option<(Range<usize>, usize)> {
    let is_step = |(index, member): &(usize, Member<'_>)| match member.name {
        Some(name) => name == step,
        None => step.parse() == Ok(*index),
    };
    let (_, member) = Members::new(text, at).enumerate().find(is_step)?;
    Some((member.range, member.value))
}

struct Member<'t> {
    /// The name in the text, without its quotes and with its escapes. `None` for an item of an array.
    name: Option<&'t str>,
    /// The range of the name with its quotes, or of the item.
    range: Range<usize>,
    /// The position of the value's first byte.
    value: usize,
}

/// Iterates over the children of an object or array. The text must be a body without mistakes.
struct Members<'t> {
    text: &'t str,
    at: usize,
    in_object: bool,
}

impl<'t> Members<'t> {
    fn new(text: &'t str, at: usize) -> Members<'t> {
        let rest = text.get(at..).unwrap_or_default();
        let has_members = rest.starts_with(['{', '[']) && !rest.starts_with("{{");
        let at = if has_members { at + 1 } else { text.len() };
        Members { text, at, in_object: rest.starts_with('{') }
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        let text = self.text;
        let start = skip_space(text, self.at);
        if matches!(text.as_bytes().get(start), None | Some(b'}' | b']')) {
            return None;
        }
        let (name, range, value) = if self.in_object {
            let end = value_end(text, start);
            let name = text.get(start + 1..end.saturating_sub(1))?;
            let colon = skip_space(text, end);
            (Some(name), start..end, skip_space(text, colon + 1))
        } else {
            (None, start..value_end(text, start), start)
        };
        let comma = skip_space(text, value_end(text, value));
        self.at = if text.as_bytes().get(comma) == Some(&b',') { comma + 1 } else { comma };
        Some(Member { name, range, value })
    }
}

fn skip_space(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len())
}

/// The end of the value that begins at `at`.
fn value_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with("{{") {
        return rest.find("}}").map_or(text.len(), |end| at + end + 2);
    }
    match rest.as_bytes().first() {
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'[') => {
            let mut members = Members::new(text, at);
            while members.next().is_some() {}
            (skip_space(text, members.at) + 1).min(text.len())
        }
        _ => at + rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len()),
    }
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
    fn locating_ends_for_every_kind_of_body() {
        for text in ["{{all}}", "1", "\"\"", "[]", "{}"] {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.locate(&["a"]), None, "{text}");
        }
    }
}
