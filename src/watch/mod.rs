//! Finds the cases that a change of files affects. This module reads no files; `cli::test::watch` listens to
//! the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::suite::{Definition, Suite};

/// Identifies a case by its config and its id. The id alone is not enough, since models of two folders may
/// have the same name.
pub type Key = (PathBuf, String);

/// The cases and files of a run. All paths are in the same form, so that they can be compared.
#[derive(Debug, Default)]
pub struct Known {
    pub cases: BTreeMap<Key, Inputs>,
    /// The configs, and the files that provide their values and cases.
    pub files: BTreeSet<PathBuf>,
}

/// Everything that the outcome of one case depends on.
#[derive(Debug)]
pub struct Inputs {
    pub definition: Definition,
    pub fixture: PathBuf,
    pub snapshot: PathBuf,
}

impl Known {
    /// Collects what `configs` use. `suites` are those configs that could be read; `real` converts a path to the
    /// form in which paths are compared.
    pub fn of(configs: &[PathBuf], suites: &[Suite], mut real: impl FnMut(&Path) -> PathBuf) -> Known {
        let reads = suites.iter().flat_map(|suite| &suite.reads);
        let files = configs.iter().chain(reads).map(|path| real(path)).collect();
        let mut cases = BTreeMap::new();
        for suite in suites {
            for (_, case) in suite.cases() {
                let inputs = Inputs {
                    definition: case.definition,
                    fixture: real(&case.fixture_path),
                    snapshot: real(&case.snapshot_path),
                };
                cases.insert((suite.path.clone(), case.id.clone()), inputs);
            }
        }
        Known { cases, files }
    }

    /// The path of every file, even if the file doesn't exist.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let of_cases = self.cases.values().flat_map(|inputs| [&inputs.fixture, &inputs.snapshot]);
        self.files.iter().chain(of_cases).map(PathBuf::as_path)
    }

    /// The `changed` paths that are used, or that contain a used file.
    pub fn used<'c>(&self, changed: impl IntoIterator<Item = &'c PathBuf>) -> BTreeSet<&'c PathBuf> {
        let paths: BTreeSet<&Path> = self.paths().flat_map(Path::ancestors).collect();
        changed.into_iter().filter(|path| paths.contains(path.as_path())).collect()
    }
}

/// The cases to run again: those that are new, whose definition differs from `before`, or whose fixture or
/// snapshot is one of the `changed` paths or inside one of them.
pub fn touched(before: &Known, now: &Known, changed: &BTreeSet<PathBuf>) -> BTreeSet<Key> {
    let is_changed = |path: &Path| path.ancestors().any(|path| changed.contains(path));
    let is_touched = |(key, inputs): &(&Key, &Inputs)| {
        let same = before.cases.get(*key).is_some_and(|before| before.definition == inputs.definition);
        !same || is_changed(&inputs.fixture) || is_changed(&inputs.snapshot)
    };
    now.cases.iter().filter(is_touched).map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests;
