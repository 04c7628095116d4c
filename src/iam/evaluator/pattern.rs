//! Matches a text with a pattern of literal characters and wildcards.
//!
//! The matcher follows all states of the pattern at once, so its cost is at most the length of the pattern times that
//! of the text. The usual algorithm, which only backtracks to the last `*`, would be wrong: that `*` may stop at a
//! `:`, while an earlier one may not.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Character(char),
    /// `?`. If `colon`, it also matches a `:`.
    One {
        colon: bool,
    },
    /// `*`. If `colon`, it also matches `:`.
    Any {
        colon: bool,
    },
    /// An unknown value, which matches any text.
    Unknown,
}

impl Token {
    fn accepts(self, found: char) -> bool {
        match self {
            Self::Character(expected) => expected == found,
            Self::One { colon } | Self::Any { colon } => colon || found != ':',
            Self::Unknown => true,
        }
    }

    /// Whether it matches any number of characters, including zero.
    fn repeats(self) -> bool {
        matches!(self, Self::Any { .. } | Self::Unknown)
    }
}

/// Whether the pattern matches the whole text. The part before the first wildcard is compared without states.
pub(super) fn matches(pattern: &[Token], text: &str) -> bool {
    let is_literal = |token: &&Token| matches!(token, Token::Character(_));
    let (literal, rest) = pattern.split_at(pattern.iter().take_while(is_literal).count());
    let mut text = text.chars();
    let starts = literal.iter().all(|token| text.next().is_some_and(|found| token.accepts(found)));
    starts && follows(rest, text.as_str())
}

fn follows(pattern: &[Token], text: &str) -> bool {
    let mut states = vec![false; pattern.len() + 1];
    states[0] = true;
    skip_repeated(pattern, &mut states);
    for found in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, token) in pattern.iter().enumerate() {
            if states[at] && token.accepts(found) {
                next[if token.repeats() { at } else { at + 1 }] = true;
            }
        }
        skip_repeated(pattern, &mut next);
        states = next;
        if !states.contains(&true) {
            return false;
        }
    }
    states[pattern.len()]
}

fn skip_repeated(pattern: &[Token], states: &mut [bool]) {
    for (at, token) in pattern.iter().enumerate() {
        if states[at] && token.repeats() {
            states[at + 1] = true;
        }
    }
}

/// The tokens of a pattern in which `*` and `?` also match `:`.
pub(super) fn wildcards(text: &str) -> Vec<Token> {
    text.chars().map(wildcard).collect()
}

pub(super) fn wildcard(character: char) -> Token {
    match character {
        '*' => Token::Any { colon: true },
        '?' => Token::One { colon: true },
        _ => Token::Character(character),
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, matches, wildcards};

    #[test]
    fn wildcards_match_any_characters_and_a_pattern_the_whole_text() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b", true),
            ("?", "", false),
            ("?", "é", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("a**?c", "ac", false),
            ("*a*b*", "xxaxxbxx", true),
            ("[a]", "a", false),
            ("a.c", "abc", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(&wildcards(pattern), text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn an_earlier_wildcard_is_tried_again_if_a_later_one_stops_at_a_colon() {
        let pattern = [Token::Any { colon: true }, Token::Character('a'), Token::Any { colon: false }];
        assert!(matches(&pattern, "ab:ac"));
        assert!(!matches(&pattern, "ab:c"));
    }

    #[test]
    fn many_wildcards_do_not_need_exponential_time() {
        let pattern = wildcards(&"*a".repeat(1000));
        assert!(!matches(&pattern, &"a".repeat(999)));
        assert!(!matches(&pattern, &"ab".repeat(1000)));
    }
}
