//! The two sides of a merge that a snapshot holds.

use super::{Accepted, read};
use crate::files::write_whole;

/// Which side of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Ours,
    Theirs,
}

/// One side: the file as it would be if every conflict in it were resolved that way.
#[derive(Clone, Debug)]
pub struct Side {
    pub whose: Whose,
    /// What stands behind its marker: a branch, a commit, or nothing.
    pub name: String,
    pub text: String,
    pub accepted: Accepted,
}

impl Whose {
    pub fn name(self) -> &'static str {
        match self {
            Whose::Ours => "ours",
            Whose::Theirs => "theirs",
        }
    }
}

/// Both sides of `text`, a file with merge-conflict markers.
///
/// `None` if the markers don't pair, or a side is no snapshot: then only an editor helps.
pub fn sides(text: &str) -> Option<[Side; 2]> {
    let [ours, theirs] = split(text)?;
    Some([side(Whose::Ours, ours)?, side(Whose::Theirs, theirs)?])
}

fn side(whose: Whose, (name, text): (String, String)) -> Option<Side> {
    let folder = tempfile::tempdir().ok()?;
    let path = folder.path().join("side.snap");
    write_whole(&path, text.as_bytes()).ok()?;
    Some(Side { whose, name, accepted: read(&path).ok()??, text })
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Common,
    Ours,
    /// What both came from, with git's `diff3` and `zdiff3`: neither side has it.
    Base,
    Theirs,
}

/// Name and text of either side.
fn split(text: &str) -> Option<[(String, String); 2]> {
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
            (Part::Common, Some(('<', name))) => (part, ours.0) = (Part::Ours, name),
            (Part::Ours, Some(('|', _))) => part = Part::Base,
            (Part::Ours | Part::Base, Some(('=', _))) => part = Part::Theirs,
            (Part::Theirs, Some(('>', name))) => (part, theirs.0) = (Part::Common, name),
            (_, Some(_)) => return None,
        }
    }
    (part == Part::Common).then_some([ours, theirs])
}

/// The sign of a marker and the name behind it. git writes seven; more are of a merge within the base.
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
        let expected = expected.map(|sides| sides.map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert_eq!(split(text), expected, "{text}");
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
    fn the_base_is_of_neither_side() {
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
        assert!(sides("<<<<<<< a\nno snapshot\n=======\n>>>>>>> b\n").is_none());
    }
}
