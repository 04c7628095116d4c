//! Line diffs of two texts, as data.

pub mod words;

use std::ops::Range;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

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
    let operations = operations(&lines(old), &lines(new));
    let hunks =
        group_diff_ops(operations, CONTEXT).iter().map(|operations| hunk(operations, &shown)).collect();
    Diff { hunks }
}

/// The lines without newlines: otherwise a last line without a newline would differ from the same line with one.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

/// The operations that turn `old` into `new`. In long texts, everything from the first difference to the last is replaced: finding
/// the equal lines in between could take minutes.
fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    if old.len() + new.len() <= LINES_LIMIT {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = rest.take_while(|(old, new)| old == new).count();
    let (old_length, new_length) = (old.len() - start - end, new.len() - start - end);
    let operations = [
        DiffOp::Equal { old_index: 0, new_index: 0, len: start },
        DiffOp::Replace { old_index: start, old_len: old_length, new_index: start, new_len: new_length },
        DiffOp::Equal { old_index: old.len() - end, new_index: new.len() - end, len: end },
    ];
    operations
        .into_iter()
        .filter(|operation| !operation.old_range().is_empty() || !operation.new_range().is_empty())
        .collect()
}

/// The most lines of both texts in which equal lines are looked for between two changes.
const LINES_LIMIT: usize = 100_000;

/// The most neighbouring lines that are removed or added, and shown.
const SIDE_LIMIT: usize = 20_000;

const CONTEXT: usize = 3;

/// `shown` contains the lines of both texts, with secrets masked.
fn hunk(operations: &[DiffOp], shown: &[Vec<&str>; 2]) -> Hunk {
    let [old, new] = shown;
    let side = |change: Change, lines: &[&str]| -> Vec<Line> {
        let line = |text: String| Line { change, text };
        let shown = lines.iter().take(SIDE_LIMIT).map(|text| line((*text).to_owned()));
        let more = lines.len().saturating_sub(SIDE_LIMIT);
        shown.chain((more > 0).then(|| line(format!("… {more} more lines")))).collect()
    };
    let lines = operations.iter().flat_map(|operation| match operation.tag() {
        DiffTag::Equal => side(Change::Same, &new[operation.new_range()]),
        DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => [
            side(Change::Removed, &old[operation.old_range()]),
            side(Change::Added, &new[operation.new_range()]),
        ]
        .concat(),
    });
    let (old_start, new_start) =
        operations.first().map_or((0, 0), |op| (op.old_range().start + 1, op.new_range().start + 1));
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
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        let operations = operations(&old, &new);
        let changed = operations.iter().filter(|op| op.tag() != DiffTag::Equal);
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
    fn long_texts_are_compared_from_the_first_difference_to_the_last() {
        let text = |changed: &[usize]| -> String {
            let line = |number| {
                if changed.contains(&number) { format!("new {number}\n") } else { format!("{number}\n") }
            };
            (0..=LINES_LIMIT / 2).map(line).collect()
        };
        let (old, new) = (text(&[]), text(&[7, 10]));
        let diff = diff(&old, &new);
        let [hunk] = &diff.hunks[..] else { panic!("{} hunks", diff.hunks.len()) };
        let count = |change| hunk.lines.iter().filter(|line| line.change == change).count();
        assert_eq!(
            (hunk.old_start, count(Change::Removed), count(Change::Added), count(Change::Same)),
            (5, 4, 4, 6)
        );
        assert_eq!(Edit::between(&old, &new), [Edit { old: 8..12, new: 8..12 }]);
        assert!(super::diff(&old, &old).is_empty());
        let shown = super::diff("", &new).hunks.remove(0).lines;
        assert_eq!((shown.len(), &*shown[SIDE_LIMIT].text), (SIDE_LIMIT + 2, "… 30001 more lines"));
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
