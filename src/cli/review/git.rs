//! Reads the history of a case's files from git. Without git, or outside of a repository, there is none.

use std::ffi::OsStr;
use std::path::Path;

use crate::cli::git;
use crate::files::{CONFIG_LIMIT, FIXTURE_LIMIT, read_lossy};
use crate::review::{
    ChangesSince, ConfigOverrides, ConfigVersion, Edit, Pending, find_causes, latency_delta, parse_version,
};

/// Information that helps to judge a change: lines with its likely causes, and the change of the latency.
#[derive(Default)]
pub(super) struct Background {
    pub causes: Vec<String>,
    pub latency: Option<String>,
}

pub(super) fn find_background(pending: &Pending<'_>, overrides: &ConfigOverrides) -> Background {
    let Some(since) = changes_since(pending) else { return Background::default() };
    let fixture = &pending.planned.case.fixture_path;
    let old = read_at(fixture, &since.commit).unwrap_or_default();
    let (before, now) = versions(pending, &since, overrides);
    Background {
        causes: find_causes(pending, &before, &now, &since),
        latency: latency_delta(&old, &read_lossy(fixture, FIXTURE_LIMIT)),
    }
}

/// The config at the commit of the accepted snapshot, and the current one.
fn versions(
    pending: &Pending<'_>,
    since: &ChangesSince,
    overrides: &ConfigOverrides,
) -> (ConfigVersion, ConfigVersion) {
    if since.edits.is_empty() {
        return Default::default();
    }
    let path = &pending.planned.suite.path;
    let old = read_at(path, &since.commit).unwrap_or_default();
    let now = read_lossy(path, CONFIG_LIMIT);
    (parse_version(&pending.planned, old, overrides), parse_version(&pending.planned, now, overrides))
}

/// The changes since the accepted snapshot was committed; `None` if it was never committed.
fn changes_since(pending: &Pending<'_>) -> Option<ChangesSince> {
    let commit = lines(pending.snapshot(), &["log", "-1", "--format=%h"])?.first()?.clone();
    let config = diff(&pending.planned.suite.path, &commit).unwrap_or_default();
    let fixture = has_changed(&pending.planned.case.fixture_path, &commit);
    let edits = config.iter().filter_map(|line| Edit::from_hunk_title(line)).collect();
    Some(ChangesSince { commit, edits, fixture_changed: fixture })
}

/// Whether `path` differs from `commit`. `git diff` shows nothing for an untracked file, which counts as changed.
fn has_changed(path: &Path, commit: &str) -> bool {
    let is_not_empty = |lines: Option<Vec<String>>| lines.is_some_and(|lines| !lines.is_empty());
    is_not_empty(diff(path, commit)) || !is_not_empty(lines(path, &["ls-files"]))
}

/// The contents of the file at `commit`.
fn read_at(path: &Path, commit: &str) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    run(path, &["show", &format!("{commit}:./{name}")], None)
}

fn diff(path: &Path, commit: &str) -> Option<Vec<String>> {
    lines(path, &["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--unified=0", commit])
}

fn lines(path: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let output = run(path, arguments, path.file_name())?;
    Some(output.lines().map(str::to_owned).collect())
}

/// Runs git in the folder of `path` and returns its output; `None` if it fails.
fn run(path: &Path, arguments: &[&str], name: Option<&OsStr>) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    git::run(folder, arguments, name)
}
