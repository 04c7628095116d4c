//! Splits a snapshot with merge-conflict markers into the two sides of the merge.

use super::{Accepted, read};
use crate::files::{TemporaryFolder, write_whole};

/// A side of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeSide {
    Ours,
    Theirs,
}

/// The whole file if every conflict in it were resolved to one side.
#[derive(Clone, Debug)]
pub struct ResolvedSide {
    pub side: MergeSide,
    /// The text after the conflict marker: a branch, a commit, or nothing.
    pub label: String,
    pub text: String,
    pub accepted: Accepted,
}

impl MergeSide {
    pub fn name(self) -> &'static str {
        match self {
            MergeSide::Ours => "ours",
            MergeSide::Theirs => "theirs",
        }
    }
}

/// Splits `text`, a file with merge-conflict markers, into its two sides.
///
/// Returns `None` if the markers don't pair, or if one side is not a valid snapshot. Such a file can only be
/// resolved in an editor.
pub fn split_conflict(text: &str) -> Option<[ResolvedSide; 2]> {
    let [ours, theirs] = split_lines(text)?;
    Some([read_side(MergeSide::Ours, ours)?, read_side(MergeSide::Theirs, theirs)?])
}

fn read_side(side: MergeSide, (label, text): (String, String)) -> Option<ResolvedSide> {
    let folder = TemporaryFolder::new().ok()?;
    let path = folder.path().join("side.snap");
    write_whole(&path, text.as_bytes()).ok()?;
    Some(ResolvedSide { side, label, accepted: read(&path).ok()??, text })
}

/// The part of a conflict that a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Common,
    Ours,
    /// The common ancestor, which git writes with `diff3` and `zdiff3`. It belongs to neither side.
    Base,
    Theirs,
}

/// The label and the text of each side.
fn split_lines(text: &str) -> Option<[(String, String); 2]> {
    let [mut ours, mut theirs] = [(); 2].map(|()| (String::new(), String::new()));
    let mut part = Part::Common;
    for line in text.split_inclusive('\n') {
        match (part, marker(line)) {
            (Part::Common, None) => {
                ours.1.push_str(line);
                theirs.1.push_str(line);
            }
            (Part::Ours, None) => ours.1.push_str(line),
            (Part::Theirs, None) => theirs.1.push_str(line),
            (Part::Base, None) => (),
            (Part::Common, Some(('<', label))) => (part, ours.0) = (Part::Ours, label),
            (Part::Ours, Some(('|', _))) => part = Part::Base,
            (Part::Ours | Part::Base, Some(('=', _))) => part = Part::Theirs,
            (Part::Theirs, Some(('>', label))) => (part, theirs.0) = (Part::Common, label),
            (_, Some(_)) => return None,
        }
    }
    (part == Part::Common).then_some([ours, theirs])
}

/// The sign of a conflict marker, and the label after it. A marker has seven signs; git writes longer ones for
/// conflicts inside the common ancestor, and those are not split.
fn marker(line: &str) -> Option<(char, String)> {
    let sign = line.chars().next().filter(|sign| "<|=>".contains(*sign))?;
    let rest = line.trim_end().trim_start_matches(sign);
    let is_marker = line.trim_end().len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '));
    is_marker.then(|| (sign, rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<[(&str, &str); 2]>) {
        let expected = expected.map(|sides| sides.map(|(label, text)| (label.to_owned(), text.to_owned())));
        assert_eq!(split_lines(text), expected, "{text}");
    }

    #[test]
    fn each_side_is_a_whole_file() {
        check(
            "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> feature/x\nd\n<<<<<<< HEAD\n=======\ne\n>>>>>>> feature/x\n",
            Some([("HEAD", "a\nb\nd\n"), ("feature/x", "a\nc\nd\ne\n")]),
        );
        check("<<<<<<<\r\nb\r\n=======\r\n>>>>>>>\r\n", Some([("", "b\r\n"), ("", "")]));
    }

    #[test]
    fn the_common_ancestor_belongs_to_neither_side() {
        check(
            "<<<<<<< HEAD\nb\n||||||| 1a2b3c4\n<<<<<<<<< Temporary merge branch 1\na\n=========\nz\n>>>>>>>>> Temporary merge branch 2\n=======\nc\n>>>>>>> x\n",
            Some([("HEAD", "b\n"), ("x", "c\n")]),
        );
    }

    #[test]
    fn markers_that_do_not_pair_have_no_sides() {
        for text in
            ["<<<<<<< a\nb\n", "=======\n", "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n", ">>>>>>> a\n"]
        {
            check(text, None);
        }
        assert!(split_conflict("<<<<<<< a\nno snapshot\n=======\n>>>>>>> b\n").is_none());
    }
}
