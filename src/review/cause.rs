//! Why output changed, as far as version control can tell.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Kind, Pending};
use crate::diagnose::short;

/// What changed since the accepted snapshot was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The commit, abbreviated.
    pub commit: String,
    /// What git says of the config.
    pub edits: Vec<Edit>,
    pub fixture_changed: bool,
}

/// Lines that others took the place of, counted from 1. Where none came, `new` is empty at the line above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

impl Edit {
    /// The lines that a hunk's title, `@@ -1,2 +3,4 @@`, counts.
    pub fn of_hunk(title: &str) -> Option<Edit> {
        let mut sides = title.strip_prefix("@@ ")?.split(' ');
        let (old, new) = (sides.next()?.strip_prefix('-')?, sides.next()?.strip_prefix('+')?);
        Some(Edit { old: counted(old)?, new: counted(new)? })
    }
}

fn counted(side: &str) -> Option<Range<usize>> {
    let (start, count) = side.split_once(',').unwrap_or((side, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    Some(start..start.checked_add(count)?)
}

/// A config as it was or is, with what of it makes the case.
#[derive(Clone, Debug, Default)]
pub struct Version {
    pub text: String,
    pub written: Vec<Written>,
}

/// A key that makes the case what it is, with its value: bytes of the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub at: Range<usize>,
    pub near: Near,
}

/// How near to the case a key stands: the nearest edit is the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// In a model that is extended, in `[defaults]`, in its credentials.
    TakenOver,
    Model,
    Case,
}

/// Why, one line for each cause.
pub fn causes(pending: &Pending<'_>, before: &Version, now: &Version, since: &Since) -> Vec<String> {
    let planned = &pending.planned;
    let edited = edited(before, now, &since.edits).map(|(line, text)| {
        format!("config edited: {}:{line}: {}", planned.suite.path.display(), short(&text, SHOWN))
    });
    let fixture = since.fixture_changed.then(|| {
        format!("fixture re-recorded: {}", short(&planned.case.fixture_path.display().to_string(), SHOWN))
    });
    let causes: Vec<String> = edited.into_iter().chain(fixture).collect();
    // Both sides of a merge may have been edited by hand.
    if causes.is_empty() && pending.kind != Kind::Conflict {
        vec![format!("tool upgraded: config and fixture are those of {}", since.commit)]
    } else {
        causes
    }
}

/// Characters of a line: what stands before it fits into 80 columns as well.
const SHOWN: usize = 48;

/// The edit that most likely decides, as a line of the config as it is, and what was written or removed there.
fn edited(before: &Version, now: &Version, edits: &[Edit]) -> Option<(usize, String)> {
    let new = edits.iter().flat_map(|edit| edit.new.clone().map(|line| (line, line)));
    let old = edits.iter().flat_map(|edit| edit.old.clone().map(|line| (line, edit.new.start.max(1))));
    let (new, old) = (now.nearest(new), before.nearest(old));
    match (new, old) {
        (Some((near, _)), Some((nearer, line))) if nearer > near => Some(removed(before, line)),
        (Some((_, (line, _))), _) => Some((line, now.line(line).to_owned())),
        (None, Some((_, line))) => Some(removed(before, line)),
        (None, None) => None,
    }
}

fn removed(before: &Version, (line, now): (usize, usize)) -> (usize, String) {
    (now, format!("removed: {}", before.line(line)))
}

impl Version {
    /// Of `lines`, each with where it is told, the first of those that stand nearest to the case.
    fn nearest(&self, lines: impl Iterator<Item = (usize, usize)>) -> Option<(Near, (usize, usize))> {
        let starts = self.starts();
        let near = |line: usize| {
            let start = *starts.get(line.checked_sub(1)?)?;
            let end = starts.get(line).copied().unwrap_or(self.text.len());
            let here = self.written.iter().filter(|key| key.at.start < end && start < key.at.end);
            here.map(|key| key.near).max()
        };
        let ranked = lines.filter_map(|line| Some((near(line.0)?, Reverse(line))));
        ranked.max().map(|(near, Reverse(line))| (near, line))
    }

    fn starts(&self) -> Vec<usize> {
        let behind = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        std::iter::once(0).chain(behind.map(|(at, _)| at + 1)).collect()
    }

    fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line - 1).unwrap_or_default().trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str, keys: &[(&str, Near)]) -> Version {
        let written = keys.iter().map(|(key, near)| {
            let start = text.find(key).expect("it is there");
            Written { at: start..start + key.len(), near: *near }
        });
        Version { text: text.to_owned(), written: written.collect() }
    }

    #[test]
    fn hunks_tell_the_lines_of_both_sides() {
        for (title, expected) in [
            ("@@ -1,2 +3,4 @@ [models.a]", Some((1..3, 3..7))),
            ("@@ -1 +7 @@", Some((1..2, 7..8))),
            ("@@ -5,2 +4,0 @@", Some((5..7, 4..4))),
            ("+@@ nothing", None),
            ("@@ @@", None),
        ] {
            assert_eq!(Edit::of_hunk(title).map(|edit| (edit.old, edit.new)), expected, "{title}");
        }
    }

    #[test]
    fn the_nearest_edit_is_the_cause() {
        let keys = [("a = 1", Near::TakenOver), ("b = '\n2'", Near::Model), ("c = 3", Near::Case)];
        let now = version("a = 1\n# b\nb = '\n2'\n\nc = 3\nd = 4\n", &keys);
        let before = version("a = 1\nx = 0\nc = 3", &[("a = 1", Near::TakenOver), ("x = 0", Near::Case)]);
        let new = |line: usize| Edit { old: 0..0, new: line..line + 1 };
        let gone = |line: usize, above: usize| Edit { old: line..line + 1, new: above..above };
        for (edits, expected) in [
            (vec![new(1), new(4), new(6)], Some((6, "c = 3"))),
            (vec![new(1), new(3), new(4)], Some((3, "b = '"))),
            (vec![new(2), new(1)], Some((1, "a = 1"))),
            (vec![new(2), new(7)], None),
            (vec![gone(2, 0)], Some((1, "removed: x = 0"))),
            (vec![new(4), gone(2, 5)], Some((5, "removed: x = 0"))),
            (vec![new(4), gone(1, 5)], Some((4, "2'"))),
            (vec![gone(3, 5), new(99)], None),
            (vec![], None),
        ] {
            let told = edited(&before, &now, &edits);
            let told = told.as_ref().map(|(line, text)| (*line, text.as_str()));
            assert_eq!(told, expected, "{edits:?}");
        }
    }
}
