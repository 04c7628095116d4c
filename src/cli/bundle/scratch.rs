//! Unpacks a bundle into a temporary folder, and starts a session on it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::{Configs, Environment, Failure, Session, check_for_run};
use crate::bundle::{Conditions, REPOSITORY};
use crate::check::Checked;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::settings::{Mode, Settings, SnapshotUpdate};
use crate::files::{TemporaryFolder, describe_io_error};
use crate::run::Selection;

/// Settings for the run of a bundle: it writes no snapshot, and doesn't stop after failures.
pub(super) fn evidence_settings(settings: Settings) -> Settings {
    Settings { update: Some(SnapshotUpdate::No), max_fail: None, ..settings }
}

/// A temporary folder, which is removed when dropped.
pub(super) struct Scratch {
    folder: TemporaryFolder,
}

impl Scratch {
    pub(super) fn new() -> Result<Scratch, Failure> {
        TemporaryFolder::remove_leftovers();
        let folder = TemporaryFolder::new().map_err(|cause| folder_failure(&describe_io_error(&cause)))?;
        Ok(Scratch { folder })
    }

    /// Writes a file of the bundle.
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder is temporary, so its files need not survive a crash"
    )]
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.folder.path().join(name);
        let created = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        created
            .and_then(|()| std::fs::write(path, bytes))
            .map_err(|cause| folder_failure(&describe_io_error(&cause)))
    }

    /// Starts a session on the files with the recorded `conditions`. Only the variables of `environment` that affect
    /// the display of output are kept.
    pub(super) fn start(
        &self,
        conditions: &Conditions,
        environment: &Environment,
    ) -> Result<Session, Failure> {
        let repository = self.folder.path().join(REPOSITORY);
        // A settings file marks the root of a repository. Without one, the session might read files above it.
        if !SETTINGS_FILES.iter().any(|name| repository.join(name).is_file()) {
            self.write(&[REPOSITORY, SETTINGS_FILES[0]].concat(), b"")?;
        }
        let values = conditions.environment.iter();
        let values = values.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)));
        let values: BTreeMap<String, String> = values.collect();
        let environment = environment.replaying(&repository, values, conditions.full_match);
        let mut session = Session::start(environment, serde_json::Map::new())?;
        session.settings = evidence_settings(session.settings);
        Ok(session)
    }
}

/// Checks the configs of `conditions` for a replay.
pub(super) fn check(session: &Session, conditions: &Conditions) -> Result<Checked, Failure> {
    let set = conditions.set.iter().filter_map(|set| Some(format!("{}={}", set.key, set.value.as_ref()?)));
    let configs = Configs {
        paths: conditions.configs.iter().map(PathBuf::from).collect(),
        profile: conditions.profile.clone(),
        set: set.collect(),
    };
    check_for_run(session, configs, Mode::Replay)
}

pub(super) fn selection(conditions: &Conditions) -> Result<Selection, Failure> {
    let Conditions { filter, model, tag, .. } = conditions;
    Selection::new(filter, model, tag).map_err(Failure::usage)
}

fn folder_failure(reason: &str) -> Failure {
    Failure::Environment { message: format!("can't work in a temporary folder: {reason}"), help: None }
}
