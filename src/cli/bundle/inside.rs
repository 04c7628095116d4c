//! A run in another folder, under the conditions of a bundle.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::app::{Environment, SETTINGS_FILES};
use crate::bundle::Conditions;
use crate::cli::arguments::{Configs, Filter, Test};
use crate::cli::output::Output;
use crate::cli::{Ended, Failure, test};
use crate::config::settings::{Mode, Unreferenced};
use crate::files::reason;

/// `arguments` for a run that is evidence: a replay that writes no snapshot and stops at no failure.
pub(super) fn evidence(arguments: Test) -> Test {
    Test {
        mode: Some(Mode::Replay),
        check: true,
        max_fail: Some(NEVER),
        unreferenced: Some(Unreferenced::Ignore),
        ..arguments
    }
}

/// More failures than there can be cases.
const NEVER: NonZeroUsize = NonZeroUsize::new(1 << 30).expect("it is not 0");

/// Runs the cases that stand below `folder` as `conditions` say. `arguments` has a report at least, so that
/// no report of the settings is written.
pub(super) fn replay(
    folder: &Path,
    conditions: &Conditions,
    arguments: Test,
    environment: &Environment,
    output: &mut Output,
) -> Ended {
    // What marks the root of a repository: nothing above it may be read.
    if !SETTINGS_FILES.iter().any(|name| folder.join(name).is_file()) {
        write(&folder.join(SETTINGS_FILES[0]), b"")?;
    }
    let values = conditions.environment.iter();
    let values = values.filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)));
    let environment =
        environment.replaying(folder, values.collect::<BTreeMap<_, _>>(), conditions.full_match);
    let set = conditions.set.iter().filter_map(|set| Some(format!("{}={}", set.key, set.value.as_ref()?)));
    let arguments = Test {
        configs: Configs {
            paths: conditions.configs.iter().map(PathBuf::from).collect(),
            profile: conditions.profile.clone(),
            set: set.collect(),
        },
        filter: Filter {
            ids: conditions.filter.clone(),
            model: conditions.model.clone(),
            tag: conditions.tag.clone(),
            only_probes: false,
        },
        ..evidence(arguments)
    };
    let _inside = Inside::enter(folder)?;
    test::run(&arguments, environment, output)
}

/// The working directory is another one until this is dropped: a folder can't be removed from inside everywhere.
struct Inside {
    before: PathBuf,
}

impl Inside {
    fn enter(folder: &Path) -> Result<Inside, Failure> {
        let before = here()?;
        std::env::set_current_dir(folder).map_err(|cause| failed(&reason(&cause)))?;
        Ok(Inside { before })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // A folder that is gone meanwhile is nobody's any more.
        drop(std::env::set_current_dir(&self.before));
    }
}

pub(super) fn here() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|cause| failed(&reason(&cause)))
}

/// Writes a file that nobody else sees.
#[expect(
    clippy::disallowed_methods,
    reason = "the folder is thrown away: nothing there need outlive a crash"
)]
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(path, bytes)).map_err(|cause| failed(&reason(&cause)))
}

pub(super) fn scratch() -> Result<tempfile::TempDir, Failure> {
    tempfile::tempdir().map_err(|cause| failed(&reason(&cause)))
}

fn failed(why: &str) -> Failure {
    Failure::Environment { message: format!("can't work in a temporary folder: {why}"), help: None }
}
