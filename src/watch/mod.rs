//! What a change touches: paths in, cases out. Nothing here reads a file; `cli` listens to the file system.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::suite::{Definition, Suite};

/// A case: its config and its id. Models of two folders may have the same name.
pub type Key = (PathBuf, String);

/// What a run used, with all paths in one form, so that they can be compared.
#[derive(Debug, Default)]
pub struct Known {
    pub cases: BTreeMap<Key, Inputs>,
    /// Configs, and the files that their values and cases come from.
    pub files: BTreeSet<PathBuf>,
}

/// What the verdict of one case depends on.
#[derive(Debug)]
pub struct Inputs {
    pub definition: Definition,
    pub fixture: PathBuf,
    pub snapshot: PathBuf,
}

impl Known {
    /// What `configs`, of which those that could be read are `suites`, use. `real` gives paths their form.
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

    /// Every file, whether it is there or not.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let of_cases = self.cases.values().flat_map(|inputs| [&inputs.fixture, &inputs.snapshot]);
        self.files.iter().chain(of_cases).map(PathBuf::as_path)
    }

    /// Of `changed`, what is used, or is a folder of what is used.
    pub fn used<'c>(&self, changed: impl IntoIterator<Item = &'c PathBuf>) -> BTreeSet<&'c PathBuf> {
        let paths: BTreeSet<&Path> = self.paths().flat_map(Path::ancestors).collect();
        changed.into_iter().filter(|path| paths.contains(path.as_path())).collect()
    }
}

/// The cases to run again: those that are new or defined otherwise than `before`, and those whose recording or
/// snapshot is among the `changed`, or below one of them.
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
