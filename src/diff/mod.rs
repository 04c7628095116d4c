//! Line diffs of two texts, as data.

pub mod words;

use std::ops::Range;

use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

use crate::diagnose::{masked, visible};

/// The differences between two texts, in hunks with three lines of context around each change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub hunks: Vec<Hunk>,
}

/// A group of neighbouring changes with their context. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub old_start: usize,
    pub new_start: usize,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    /// The line without its newline, with secrets masked. It isn't escaped, so it may contain control characters.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Same,
    Removed,
    Added,
}

impl Change {
    /// The sign before the line: ` `, `-` or `+`.
    pub fn sign(self) -> char {
        match self {
            Change::Same => ' ',
            Change::Removed => '-',
            Change::Added => '+',
        }
    }
}

/// Compares two texts line by line. Secrets are compared, and masked in the result: a secret that goes over several lines
/// could not be recognised between the other lines of a diff.
pub fn diff(old: &str, new: &str) -> Diff {
    let [shown_old, shown_new] = [masked(old), masked(new)];
    let shown = [lines(&shown_old), lines(&shown_new)];
    let (old, new) = (lines(old), lines(new));
    let diff = TextDiff::configure().diff_slices(&old, &new);
    let hunks = diff.grouped_ops(CONTEXT).iter().map(|ops| hunk(&diff, ops, &shown)).collect();
    Diff { hunks }
}

/// The lines without newlines: otherwise a last line without a newline would differ from the same line with one.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

const CONTEXT: usize = 3;

/// `shown` contains the lines of both texts, with secrets masked.
fn hunk(diff: &TextDiff<'_, '_, str>, ops: &[DiffOp], shown: &[Vec<&str>; 2]) -> Hunk {
    let [old, new] = shown;
    let lines = ops.iter().flat_map(|op| diff.iter_changes(op)).map(|change| {
        let (kind, text) = match change.tag() {
            ChangeTag::Equal => (Change::Same, change.new_index().and_then(|line| new.get(line))),
            ChangeTag::Delete => (Change::Removed, change.old_index().and_then(|line| old.get(line))),
            ChangeTag::Insert => (Change::Added, change.new_index().and_then(|line| new.get(line))),
        };
        Line { change: kind, text: text.copied().unwrap_or_default().to_owned() }
    });
    let (old_start, new_start) =
        ops.first().map_or((0, 0), |op| (op.old_range().start + 1, op.new_range().start + 1));
    Hunk { old_start, new_start, lines: lines.collect() }
}

/// Lines of the old text and the lines that replaced them, counted from 1. If lines were only removed, `new` is empty
/// and starts at the line above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

impl Edit {
    /// The edits that turn `old` into `new`.
    pub fn between(old: &str, new: &str) -> Vec<Edit> {
        let diff = TextDiff::from_lines(old, new);
        let changed = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal);
        changed
            .map(|op| Edit { old: count_from_1(op.old_range()), new: count_from_1(op.new_range()) })
            .collect()
    }
}

fn count_from_1(lines: Range<usize>) -> Range<usize> {
    if lines.is_empty() { lines } else { lines.start + 1..lines.end + 1 }
}

impl Diff {
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty()
    }

    /// The lines that `diff -u` prints, without the two file names. Control characters are escaped, because a
    /// terminal would interpret them.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.hunks.iter().flat_map(|hunk| {
            let lines = hunk.lines.iter();
            let lines = lines.map(|line| format!("{}{}", line.change.sign(), visible(&line.text)));
            std::iter::once(hunk.title()).chain(lines)
        })
    }
}

impl Hunk {
    /// The header of the hunk: `@@ -1,4 +1,5 @@`.
    pub fn title(&self) -> String {
        let count = |not| self.lines.iter().filter(|line| line.change != not).count();
        let (old, new) = (count(Change::Added), count(Change::Removed));
        format!("@@ -{},{old} +{},{new} @@", self.old_start, self.new_start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_contain_the_lines_of_both_sides() {
        for (old, new, expected) in [
            ("a\nb\nc\n", "a\nB\nc\n", vec![(2..3, 2..3)]),
            ("a\nb\nc\n", "a\nc\n", vec![(2..3, 1..1)]),
            ("a\nc\n", "a\nb\nb\nc\n", vec![(1..1, 2..4)]),
            ("a\n", "a\n", vec![]),
            ("", "a\n", vec![(0..0, 1..2)]),
        ] {
            let edits = Edit::between(old, new).into_iter().map(|edit| (edit.old, edit.new));
            assert_eq!(edits.collect::<Vec<_>>(), expected, "{old:?} to {new:?}");
        }
    }

    #[test]
    fn a_diff_shows_three_lines_around_a_change() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\nh\ni\nj\nk";
        let new = "a\nb\nc\nd\nE\u{1b}[31m\nf\ng\nh\nh\ni\nj\nk\nl";
        let lines: Vec<String> = diff(old, new).lines().collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        @@ -2,7 +2,7 @@
         b
         c
         d
        -e
        +E\u{1b}[31m
         f
         g
         h
        @@ -10,3 +10,4 @@
         i
         j
         k
        +l
        ");
        assert!(diff(old, old).is_empty());
    }

    #[test]
    fn a_secret_that_goes_over_several_lines_is_masked() {
        let key = |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\nend");
        let lines: Vec<String> = diff(&key("MIIEold"), &key("MIIEnew")).lines().collect();
        let hidden = |length| "*".repeat(length);
        let expected = [
            "@@ -1,4 +1,4 @@",
            &format!(" {}", hidden(27)),
            "-*******",
            "+*******",
            &format!(" {}", hidden(25)),
            " end",
        ];
        assert_eq!(lines, expected);
    }
}
