//! Finds the cases that a change of files affects. This module reads no files; `cli::test::watch` listens to
//! the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::suite::{DefinitionHash, Suite};

/// Identifies a case by its config and its id. The id alone is not enough, since models of two folders may
/// have the same name.
pub type CaseKey = (PathBuf, String);

/// The cases and files of a run. All paths are in the same form, so that they can be compared.
#[derive(Debug, Default)]
pub struct RunInputs {
    pub cases: BTreeMap<CaseKey, CaseInputs>,
    /// The configs, and the files that provide their values and cases.
    pub files: BTreeSet<PathBuf>,
}

/// Everything that the outcome of one case depends on.
#[derive(Debug)]
pub struct CaseInputs {
    pub definition: DefinitionHash,
    pub fixture: PathBuf,
    pub snapshot: PathBuf,
}

impl RunInputs {
    /// Collects the inputs of `configs`. `suites` are the configs that could be read. `normalize` converts a path
    /// to the form in which paths are compared.
    pub fn from_suites(
        configs: &[PathBuf],
        suites: &[Suite],
        mut normalize: impl FnMut(&Path) -> PathBuf,
    ) -> RunInputs {
        let read = suites.iter().flat_map(|suite| &suite.read_files);
        let files = configs.iter().chain(read).map(|path| normalize(path)).collect();
        let mut cases = BTreeMap::new();
        for suite in suites {
            for (_, case) in suite.cases() {
                let inputs = CaseInputs {
                    definition: case.definition,
                    fixture: normalize(&case.fixture_path),
                    snapshot: normalize(&case.snapshot_path),
                };
                cases.insert((suite.path.clone(), case.id.clone()), inputs);
            }
        }
        RunInputs { cases, files }
    }

    /// The path of every file, even if the file doesn't exist.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let case_paths = self.cases.values().flat_map(|inputs| [&inputs.fixture, &inputs.snapshot]);
        self.files.iter().chain(case_paths).map(PathBuf::as_path)
    }

    /// The `changed` paths that are used, or that contain a used file.
    pub fn find_used<'c>(&self, changed: impl IntoIterator<Item = &'c PathBuf>) -> BTreeSet<&'c PathBuf> {
        let paths: BTreeSet<&Path> = self.paths().flat_map(Path::ancestors).collect();
        changed.into_iter().filter(|path| paths.contains(path.as_path())).collect()
    }
}

/// The cases to run again: those that are new, whose definition differs from `before`, or whose fixture or
/// snapshot is one of the `changed` paths or inside one of them.
pub fn find_affected_cases(
    before: &RunInputs,
    now: &RunInputs,
    changed: &BTreeSet<PathBuf>,
) -> BTreeSet<CaseKey> {
    let is_changed = |path: &Path| path.ancestors().any(|path| changed.contains(path));
    let is_affected = |(key, inputs): &(&CaseKey, &CaseInputs)| {
        let same = before.cases.get(*key).is_some_and(|before| before.definition == inputs.definition);
        !same || is_changed(&inputs.fixture) || is_changed(&inputs.snapshot)
    };
    now.cases.iter().filter(is_affected).map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests;
