//! The files of a bundle in a folder of their own, and a session on them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::{Configs, Environment, Failure, Session, check_for_run};
use crate::bundle::{Conditions, REPOSITORY};
use crate::check::Checked;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::settings::{Mode, Settings, SnapshotUpdate};
use crate::files::reason;
use crate::run::Selection;

/// Settings for a run that is evidence: it writes no snapshot and stops at no failure.
pub(super) fn evidence(settings: Settings) -> Settings {
    Settings { update: Some(SnapshotUpdate::No), max_fail: None, ..settings }
}

/// A folder that is removed in the end.
pub(super) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub(super) fn new() -> Result<Scratch, Failure> {
        let folder = tempfile::tempdir().map_err(|cause| failed(&reason(&cause)))?;
        Ok(Scratch { folder })
    }

    /// Writes a file of the bundle.
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder is thrown away: nothing there need outlive a crash"
    )]
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.folder.path().join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(path, bytes)).map_err(|cause| failed(&reason(&cause)))
    }

    /// A session on the files, which is evidence and under `conditions`. Of `environment` stays what says how to
    /// show things.
    pub(super) fn start(
        &self,
        conditions: &Conditions,
        environment: &Environment,
    ) -> Result<Session, Failure> {
        let repository = self.folder.path().join(REPOSITORY);
        // What marks the root of a repository: nothing above it may be read.
        if !SETTINGS_FILES.iter().any(|name| repository.join(name).is_file()) {
            self.write(&[REPOSITORY, SETTINGS_FILES[0]].concat(), b"")?;
        }
        let values = conditions.environment.iter();
        let values = values.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)));
        let values: BTreeMap<String, String> = values.collect();
        let environment = environment.replaying(&repository, values, conditions.full_match);
        let mut session = Session::start(environment, serde_json::Map::new())?;
        session.settings = evidence(session.settings);
        Ok(session)
    }
}

/// The configs that `conditions` name, checked for a replay.
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

fn failed(why: &str) -> Failure {
    Failure::Environment { message: format!("can't work in a temporary folder: {why}"), help: None }
}
