//! What git knows about the files of a case. Without git, or outside of a repository, nothing is known.

use std::ffi::OsStr;
use std::path::Path;

use super::super::git;
use crate::files::{CONFIG_LIMIT, FIXTURE_LIMIT, read_lossy};
use crate::review::{Pending, Since, causes, latency};

/// What helps to judge a change, a line each: why it came, and how much longer the call took.
#[derive(Default)]
pub(super) struct Background {
    pub causes: Vec<String>,
    pub latency: Option<String>,
}

pub(super) fn background(pending: &Pending<'_>) -> Background {
    let Some(since) = since(pending) else { return Background::default() };
    let fixture = &pending.planned.case.fixture_path;
    let old = before(fixture, &since.commit).unwrap_or_default();
    Background {
        causes: causes(pending, &read_lossy(&pending.planned.suite.path, CONFIG_LIMIT), &since),
        latency: latency(&old, &read_lossy(fixture, FIXTURE_LIMIT)),
    }
}

/// What changed since the accepted snapshot was committed; `None` if it never was.
fn since(pending: &Pending<'_>) -> Option<Since> {
    let commit = lines(pending.snapshot(), &["log", "-1", "--format=%h"])?.first()?.clone();
    let config = diff(&pending.planned.suite.path, &commit).unwrap_or_default();
    let fixture = is_other(&pending.planned.case.fixture_path, &commit);
    let config_lines = config.iter().filter_map(|line| new_lines(line)).flatten().collect();
    Some(Since { commit, config_lines, fixture_changed: fixture })
}

/// Whether `path` is not what it was in `commit`. A file that git doesn't track shows no difference.
fn is_other(path: &Path, commit: &str) -> bool {
    let is_some = |lines: Option<Vec<String>>| lines.is_some_and(|lines| !lines.is_empty());
    is_some(diff(path, commit)) || !is_some(lines(path, &["ls-files"]))
}

/// The file as it was in `commit`.
fn before(path: &Path, commit: &str) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    run(path, &["show", &format!("{commit}:./{name}")], None)
}

fn diff(path: &Path, commit: &str) -> Option<Vec<String>> {
    lines(path, &["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--unified=0", commit])
}

/// The lines that a hunk's title, `@@ -1,2 +3,4 @@`, counts at the new side.
fn new_lines(title: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let new = title.strip_prefix("@@ ")?.split(' ').nth(1)?.strip_prefix('+')?;
    let (start, count) = new.split_once(',').unwrap_or((new, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    // Where lines were only removed, the one above them tells the place.
    Some(start..=start + count.saturating_sub(1))
}

fn lines(path: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let told = run(path, arguments, path.file_name())?;
    Some(told.lines().map(str::to_owned).collect())
}

/// What git prints, run in the folder of `path`; `None` if it fails.
fn run(path: &Path, arguments: &[&str], name: Option<&OsStr>) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    git::tell(folder, arguments, name)
}

#[cfg(test)]
mod tests {
    use super::new_lines;

    #[test]
    fn hunks_tell_the_lines_that_are_new() {
        for (title, expected) in [
            ("@@ -1,2 +3,4 @@ [models.a]", Some(3..=6)),
            ("@@ -1 +7 @@", Some(7..=7)),
            ("@@ -5,2 +4,0 @@", Some(4..=4)),
            ("+@@ nothing", None),
            ("@@ @@", None),
        ] {
            assert_eq!(new_lines(title), expected, "{title}");
        }
    }
}
