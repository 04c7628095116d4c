//! Reads the history of a case's files from git. Without git, or outside of a repository, nothing is found.

use std::path::Path;

use crate::app::Session;
use crate::diff::Edit;
use crate::files::{CONFIG_LIMIT, FIXTURE_LIMIT, read_lossy};
use crate::git::Repository;
use crate::review::{ChangesSince, ConfigOverrides, Pending, find_causes, latency_delta, parse_version};

/// Information that helps to judge a change: lines with its likely causes, and the change of the latency.
#[derive(Default)]
pub(super) struct Background {
    pub causes: Vec<String>,
    pub latency: Option<String>,
}

/// The git repository of the files that are reviewed, if they are in one.
pub(super) struct History(Option<Repository>);

impl History {
    pub(super) fn new(session: &Session) -> History {
        History(Repository::containing(&session.root.path, session.environment.get("PATH")))
    }

    pub(super) fn find_background(&self, pending: &Pending<'_>, overrides: &ConfigOverrides) -> Background {
        let Some(repository) = &self.0 else { return Background::default() };
        let Some(commit) = repository.last_change(pending.snapshot()) else { return Background::default() };
        let read_text = |path: &Path, limit| {
            let bytes = repository.read(&commit, path, limit).unwrap_or_default();
            String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
        };
        let (config, fixture) = (&pending.planned.suite.path, &pending.planned.case.fixture_path);
        let (old, now) =
            (read_text(config, CONFIG_LIMIT), read_lossy(config, CONFIG_LIMIT).replace("\r\n", "\n"));
        let since = ChangesSince {
            edits: Edit::between(&old, &now),
            fixture_changed: repository.has_changed(&commit, fixture),
            commit: commit.clone(),
        };
        let (before, now) = if since.edits.is_empty() {
            Default::default()
        } else {
            (parse_version(&pending.planned, old, overrides), parse_version(&pending.planned, now, overrides))
        };
        let old_fixture = read_text(fixture, FIXTURE_LIMIT);
        Background {
            causes: find_causes(pending, &before, &now, &since),
            latency: latency_delta(&old_fixture, &read_lossy(fixture, FIXTURE_LIMIT)),
        }
    }
}
