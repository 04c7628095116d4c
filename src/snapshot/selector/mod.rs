//! insta's redaction selectors, with the grammar of insta 1.49 (`select_grammar.pest`).
//!
//! ```text
//! .name          a field or member        ["odd name"]   the same, with any characters
//! .*             any value one level down .**            any value at any depth, once in a selector
//! [0]            an item                  []             every item
//! [1:] [:3]      items from, items up to  [1:3] [:-1]    negative numbers count from the end
//! .$key          the keys of an object    .a, .b         either
//! ```
//!
//! A negative index and a number that doesn't fit are errors here. insta panics on them.

mod parse;

use std::ops::Range;

/// Selects the values that a redaction replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    alternatives: Vec<Vec<Segment>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    DeepWildcard,
    Wildcard,
    Key(String),
    Index(u64),
    Range(Option<i64>, Option<i64>),
}

/// Why a selector is invalid. Ranges are in bytes of the selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    #[error("expected {expected}")]
    Expected { expected: &'static str, at: Range<usize> },
    #[error("`.**` occurs twice in the selector")]
    DeepWildcardTwice { at: Range<usize> },
    #[error("the index `[{index}]` is negative")]
    NegativeIndex { index: i64, at: Range<usize> },
    #[error("the number `{text}` is too large")]
    TooLarge { text: String, at: Range<usize> },
    #[error("`.` selects the whole output")]
    WholeOutput { at: Range<usize> },
}

impl SelectorError {
    pub fn range(&self) -> Range<usize> {
        match self {
            SelectorError::Expected { at, .. }
            | SelectorError::DeepWildcardTwice { at }
            | SelectorError::NegativeIndex { at, .. }
            | SelectorError::TooLarge { at, .. }
            | SelectorError::WholeOutput { at } => at.clone(),
        }
    }

    pub fn help(&self) -> String {
        match self {
            SelectorError::Expected { .. } => {
                "write a path such as `.output_text`, `.tools[0].id` or `[\"odd name\"].**.id`".to_owned()
            }
            SelectorError::DeepWildcardTwice { .. } => {
                "remove one of them, or replace one by `.*` or a name".to_owned()
            }
            SelectorError::NegativeIndex { index: -1, .. } => "write `[-1:]` for the last item".to_owned(),
            SelectorError::NegativeIndex { index, .. } => {
                format!("write `[{index}:{}]` to count from the end", index + 1)
            }
            SelectorError::TooLarge { .. } => "use a smaller number".to_owned(),
            SelectorError::WholeOutput { .. } => "name a field, or set `snapshot = false`".to_owned(),
        }
    }
}

/// One step on the path from the output to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    /// The keys of an object, which `$key` matches.
    Keys,
    Item {
        index: usize,
        length: usize,
    },
}

impl Selector {
    pub(crate) fn matches(&self, path: &[Step]) -> bool {
        self.alternatives.iter().any(|segments| matches(segments, path))
    }

    /// Whether the selector matches the keys of an object. Only `$key` does, a wildcard doesn't.
    pub(crate) fn matches_keys(&self, path: &[Step]) -> bool {
        let keys = Segment::Key("$key".to_owned());
        let named = |segments: &&Vec<Segment>| segments.last() == Some(&keys);
        self.alternatives.iter().filter(named).any(|segments| matches(segments, path))
    }
}

/// The segments before `.**` are matched from the start of the path, and those after it from its end. The two
/// may overlap, which is insta's own rule.
fn matches(segments: &[Segment], path: &[Step]) -> bool {
    let fits = |(segment, step): (&Segment, &Step)| segment.matches(step);
    match segments.iter().position(|segment| *segment == Segment::DeepWildcard) {
        None => segments.len() == path.len() && segments.iter().zip(path).all(fits),
        Some(deep) => {
            path.len() > deep
                && segments[..deep].iter().zip(path).all(fits)
                && segments[deep + 1..].iter().rev().zip(path.iter().rev()).all(fits)
        }
    }
}

impl Segment {
    fn matches(&self, step: &Step) -> bool {
        match (self, step) {
            (Segment::Wildcard | Segment::DeepWildcard, _) => true,
            (Segment::Key(name), Step::Key(key)) => name == key,
            (Segment::Key(name), Step::Keys) => name == "$key",
            (Segment::Index(wanted), Step::Item { index, .. }) => *wanted == *index as u64,
            (Segment::Range(start, end), Step::Item { index, length }) => {
                let (index, length) = (to_i64(*index), to_i64(*length));
                let place = |bound: i64| if bound < 0 { (length + bound).max(0) } else { bound };
                start.is_none_or(|start| index >= place(start)) && end.is_none_or(|end| index < place(end))
            }
            _ => false,
        }
    }
}

fn to_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_match_as_in_insta_s_own_tests() {
        for (index, start, end, expected) in [
            (0, None, Some(-1), true),
            (9, None, Some(-1), false),
            (0, Some(1), Some(-1), false),
            (1, Some(1), Some(-1), true),
            (9, Some(1), Some(-1), false),
            (0, Some(1), None, false),
            (1, Some(1), None, true),
            (9, Some(1), None, true),
            (9, Some(-1), None, true),
            (8, Some(-1), None, false),
            (0, Some(-99), None, true),
        ] {
            let step = Step::Item { index, length: 10 };
            assert_eq!(Segment::Range(start, end).matches(&step), expected, "{index} {start:?}:{end:?}");
        }
    }
}
