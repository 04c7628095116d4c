//! Replaces policy variables (`${aws:PrincipalTag/team}`) in resources and condition values.

use super::context::{Context, Known};
use super::pattern::{Token, wildcard};
use super::policy::Version;

/// More characters than any resource or condition value contains. Without a limit, variables could make a short policy
/// very long.
const MAX_EXPANDED: usize = 65_536;

/// A text whose variables were replaced by the values of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expansion {
    pub(super) tokens: Vec<Token>,
    /// The first variable whose key the request lacks. The text is then "effectively null" and matches nothing (IAM,
    /// "Policy variables with no value").
    pub(super) missing: Option<String>,
    /// Why the text contains unknown tokens.
    pub(super) unknown: Vec<String>,
}

/// Whether `*` and `?` in a text are wildcards. In `StringEquals` they are plain characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    Yes,
    No,
}

impl Expansion {
    pub(super) fn new(text: &str, wildcards: Wildcards, version: Version, context: &Context) -> Self {
        let mut expansion = Self { tokens: Vec::new(), missing: None, unknown: Vec::new() };
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if version == Version::V2012
                && let Some((variable, after)) = variable(rest)
            {
                expansion.replace(variable, context);
                rest = after;
                continue;
            }
            expansion.tokens.push(match wildcards {
                Wildcards::Yes => wildcard(character),
                Wildcards::No => Token::Character(character),
            });
            rest = &rest[character.len_utf8()..];
        }
        expansion
    }

    fn replace(&mut self, variable: &str, context: &Context) {
        // `${*}`, `${?}` and `${$}` are escapes of these characters.
        if matches!(variable, "*" | "?" | "$") {
            return self.push(variable);
        }
        let (key, default) = key_and_default(variable);
        match (context.get(key), default) {
            (Known::Values([value]), _) if !value.is_empty() => self.push(value),
            (Known::Absent, Some(default)) => self.push(default),
            (Known::Absent, None) => self.missing = self.missing.take().or_else(|| Some(key.to_owned())),
            (Known::Unknown, _) => self.push_unknown(format!("the condition key `{key}`")),
            // The guide does not define the replacement if the key has several values or an empty one.
            (Known::Values(_), _) => {
                self.push_unknown(format!("`${{{variable}}}`, whose key has several values or an empty one"));
            }
        }
    }

    fn push(&mut self, text: &str) {
        if self.tokens.len() + text.len() > MAX_EXPANDED {
            return self
                .push_unknown("a string that becomes too long when its variables are replaced".to_owned());
        }
        self.tokens.extend(text.chars().map(Token::Character));
    }

    fn push_unknown(&mut self, what: String) {
        self.tokens.push(Token::Unknown);
        if !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
    }

    pub(super) fn lowercased(mut self) -> Self {
        self.tokens = self.tokens.into_iter().flat_map(lowercase).collect();
        self
    }
}

fn lowercase(token: Token) -> Vec<Token> {
    match token {
        Token::Character(character) => character.to_lowercase().map(Token::Character).collect(),
        other => vec![other],
    }
}

/// The variable at the start of the text, without `${` and `}`, and the rest of the text.
fn variable(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("${")?.split_once('}')
}

/// Splits `key, 'default'`.
fn key_and_default(variable: &str) -> (&str, Option<&str>) {
    let quoted = |text: &'_ str| text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
    match variable.split_once(',') {
        Some((key, default)) if quoted(default.trim()) => {
            let default = default.trim();
            (key.trim(), Some(&default[1..default.len() - 1]))
        }
        _ => (variable.trim(), None),
    }
}

/// Whether the text contains a policy variable.
pub(super) fn has_variable(text: &str) -> bool {
    text.split("${").skip(1).any(|rest| rest.contains('}'))
}

#[cfg(test)]
mod tests {
    use super::{Expansion, Version, Wildcards};
    use crate::iam::evaluator::Context;
    use crate::iam::evaluator::pattern::Token;

    fn expand(text: &str, version: Version) -> (String, Option<String>) {
        let context = Context::new().set("aws:PrincipalTag/team", ["a*b"]).absent("aws:username");
        let context = context.set("aws:TagKeys", ["a", "b"]).set("aws:PrincipalTag/empty", [""]);
        let expansion = Expansion::new(text, Wildcards::Yes, version, &context);
        let shown = expansion.tokens.iter().map(|token| match token {
            Token::Character(character) => *character,
            Token::One { .. } => '¿',
            Token::Any { .. } => '×',
            Token::Unknown => '…',
        });
        (shown.collect(), expansion.missing)
    }

    #[track_caller]
    fn check(text: &str, expected: &str, missing: Option<&str>) {
        assert_eq!(expand(text, Version::V2012), (expected.to_owned(), missing.map(ToOwned::to_owned)));
    }

    #[test]
    fn variables_are_replaced_and_their_values_have_no_wildcards() {
        check("x/${aws:PrincipalTag/team}/*", "x/a*b/×", None);
        check("${AWS:principaltag/TEAM}", "a*b", None);
        check("${*}${?}${$}*?$", "*?$×¿$", None);
        check("${aws:username, 'anyone'}", "anyone", None);
        check("${aws:username,''}", "", None);
        check("${aws:PrincipalTag/team, 'other'}", "a*b", None);
        check("a${aws:username}b", "ab", Some("aws:username"));
        check("a${aws:TagKeys}b", "a…b", None);
        check("${aws:PrincipalTag/empty}", "…", None);
        check("${aws:SourceIp, 'x'}", "…", None);
        check("${aws:username", "${aws:username", None);
        check("é${", "é${", None);
    }

    #[test]
    fn variables_are_plain_text_in_the_older_version() {
        assert_eq!(expand("${aws:username}${*}", Version::V2008), ("${aws:username}${×}".to_owned(), None));
    }

    #[test]
    fn a_text_does_not_grow_without_bound() {
        let context = Context::new().set("k:v", ["x".repeat(50_000)]);
        let expansion = Expansion::new("${k:v}${k:v}", Wildcards::No, Version::V2012, &context);
        assert_eq!(expansion.tokens.len(), 50_001);
        assert_eq!(expansion.unknown.len(), 1);
    }
}
