//! Finds the causes of changed output in what git knows about the files of a case.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Pending, PendingKind};
use crate::diagnose::{short, visible_line};
use crate::diff::Edit;

/// What changed since the accepted snapshot was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangesSince {
    /// The abbreviated hash of the commit.
    pub commit: String,
    /// The changed lines of the config.
    pub edits: Vec<Edit>,
    pub fixture_changed: bool,
}

/// The text of a config at one time, and the keys in it that define the case.
#[derive(Clone, Debug, Default)]
pub struct ConfigVersion {
    pub text: String,
    pub keys: Vec<CaseKey>,
}

/// A key that is part of the definition of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseKey {
    /// The range of the key and its value in the config, in bytes.
    pub at: Range<usize>,
    pub level: KeyLevel,
}

/// Where a key of a case is defined. Of several edits, the one at the highest level is reported as the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyLevel {
    /// In a model that `extends` names, in `[defaults]`, or in the credentials.
    Inherited,
    Model,
    Case,
}

/// Finds why the output changed. Each line is one cause.
pub fn find_causes(
    pending: &Pending<'_>,
    before: &ConfigVersion,
    now: &ConfigVersion,
    since: &ChangesSince,
) -> Vec<String> {
    let planned = &pending.planned;
    let edited = find_decisive_edit(before, now, &since.edits).map(|(line, text)| {
        let path = planned.suite.path.display().to_string();
        format!("config edited: {}:{line}: {}", visible_line(&path), short(&text, SHOWN))
    });
    let fixture = since.fixture_changed.then(|| {
        format!("fixture re-recorded: {}", short(&planned.case.fixture_path.display().to_string(), SHOWN))
    });
    let causes: Vec<String> = edited.into_iter().chain(fixture).collect();
    // After a merge conflict, the output may differ because a side was edited by hand.
    if causes.is_empty() && pending.kind != PendingKind::Conflict {
        vec![format!("tool upgraded: config and fixture are unchanged since {}", since.commit)]
    } else {
        causes
    }
}

/// The most characters shown of a line, so that the whole message fits into 80 columns.
const SHOWN: usize = 48;

/// The edit that most likely changed the output: its line number in the current config, and the text that was written
/// or removed there.
fn find_decisive_edit(
    before: &ConfigVersion,
    now: &ConfigVersion,
    edits: &[Edit],
) -> Option<(usize, String)> {
    let new = edits.iter().flat_map(|edit| edit.new.clone().map(|line| (line, line)));
    let old = edits.iter().flat_map(|edit| edit.old.clone().map(|line| (line, edit.new.start.max(1))));
    let (new, old) = (now.find_highest(new), before.find_highest(old));
    match (new, old) {
        (Some((new_level, _)), Some((old_level, line))) if old_level > new_level => {
            Some(removed(before, line))
        }
        (Some((_, (line, _))), _) => Some((line, now.line(line).to_owned())),
        (None, Some((_, line))) => Some(removed(before, line)),
        (None, None) => None,
    }
}

fn removed(before: &ConfigVersion, (line, now): (usize, usize)) -> (usize, String) {
    (now, format!("removed: {}", before.line(line)))
}

impl ConfigVersion {
    /// The line with the key of the highest level, or the first of several. Each item of `lines` is a line of this
    /// version and the line to report.
    fn find_highest(
        &self,
        lines: impl Iterator<Item = (usize, usize)>,
    ) -> Option<(KeyLevel, (usize, usize))> {
        let starts = self.line_starts();
        let level = |line: usize| {
            let start = *starts.get(line.checked_sub(1)?)?;
            let end = starts.get(line).copied().unwrap_or(self.text.len());
            let in_line = self.keys.iter().filter(|key| key.at.start < end && start < key.at.end);
            in_line.map(|key| key.level).max()
        };
        let ranked = lines.filter_map(|line| Some((level(line.0)?, Reverse(line))));
        ranked.max().map(|(level, Reverse(line))| (level, line))
    }

    fn line_starts(&self) -> Vec<usize> {
        let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect()
    }

    fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line - 1).unwrap_or_default().trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str, keys: &[(&str, KeyLevel)]) -> ConfigVersion {
        let keys = keys.iter().map(|(key, level)| {
            let start = text.find(key).expect("the text contains the key");
            CaseKey { at: start..start + key.len(), level: *level }
        });
        ConfigVersion { text: text.to_owned(), keys: keys.collect() }
    }

    #[test]
    fn the_edit_at_the_highest_level_is_the_cause() {
        let keys =
            [("a = 1", KeyLevel::Inherited), ("b = '\n2'", KeyLevel::Model), ("c = 3", KeyLevel::Case)];
        let now = version("a = 1\n# b\nb = '\n2'\n\nc = 3\nd = 4\n", &keys);
        let before =
            version("a = 1\nx = 0\nc = 3", &[("a = 1", KeyLevel::Inherited), ("x = 0", KeyLevel::Case)]);
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
            let found = find_decisive_edit(&before, &now, &edits);
            let found = found.as_ref().map(|(line, text)| (*line, text.as_str()));
            assert_eq!(found, expected, "{edits:?}");
        }
    }
}
