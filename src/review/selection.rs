//! Selects pending snapshots by the arguments of a command line.

use std::path::{Path, PathBuf};

use super::Pending;
use crate::files::containment::real_path;

/// The cases and snapshots that the command line names. If it names none, everything pending is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingSelection {
    ids: Vec<String>,
    snapshots: Vec<PathBuf>,
}

impl PendingSelection {
    /// Parses `arguments`. Returns the selection, and the paths where configs are searched: the other arguments, and
    /// the folders of the configs that the named snapshots belong to.
    pub fn from_arguments(arguments: &[PathBuf]) -> (PendingSelection, Vec<PathBuf>) {
        let (mut selection, mut configs) = (PendingSelection::default(), Vec::new());
        for argument in arguments {
            let text = argument.to_string_lossy();
            if without_new(argument).extension().is_some_and(|extension| extension == "snap") {
                configs.extend(config_folder(argument));
                selection.snapshots.push(argument.clone());
            } else if text.contains("::") && !argument.exists() {
                selection.ids.push(text.into_owned());
            } else {
                configs.push(argument.clone());
            }
        }
        configs.sort();
        configs.dedup();
        (selection, configs)
    }

    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.snapshots.is_empty()
    }

    pub fn selects(&self, pending: &Pending<'_>) -> bool {
        let matches = |path: &PathBuf| is_path_of(path, pending);
        self.is_empty() || self.ids.iter().any(|id| id == pending.id()) || self.snapshots.iter().any(matches)
    }

    /// The names in the selection that match no pending snapshot.
    pub fn unmatched(&self, pending: &[Pending<'_>]) -> Vec<String> {
        let ids = self.ids.iter().filter(|id| !pending.iter().any(|pending| pending.id() == **id));
        let paths = self.snapshots.iter().filter(|path| !pending.iter().any(|found| is_path_of(path, found)));
        ids.cloned().chain(paths.map(|path| path.display().to_string())).collect()
    }
}

/// Whether `path` refers to `pending`. As in cargo-insta, the end of the path is enough.
fn is_path_of(path: &Path, pending: &Pending<'_>) -> bool {
    let path = path.strip_prefix(".").unwrap_or(path);
    let (whole, snapshot) = (pending.snapshot(), without_new(path));
    snapshot.is_relative() && whole.ends_with(&snapshot)
        || pending.file == path
        || real_path(whole) == real_path(&snapshot)
}

fn without_new(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|extension| extension == "new") {
        path.with_extension("")
    } else {
        path.to_owned()
    }
}

/// The folder of the config that a snapshot belongs to, if the snapshot is in an existing folder `snapshots`.
fn config_folder(snapshot: &Path) -> Option<PathBuf> {
    let folder = snapshot.parent()?;
    let current = || PathBuf::from(".");
    let is_snapshots = folder.ends_with("snapshots") && folder.is_dir();
    is_snapshots.then(|| {
        folder.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(current, Path::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_cases_snapshots_or_paths_of_configs() {
        let arguments = ["b.toml", "demo::first", "a.toml", "nowhere/snapshots/x.snap.new", "b.toml"];
        let (selection, configs) = PendingSelection::from_arguments(&arguments.map(PathBuf::from));
        assert_eq!(selection.ids, ["demo::first"]);
        assert_eq!(selection.snapshots, [Path::new("nowhere/snapshots/x.snap.new")]);
        assert_eq!(configs, [Path::new("a.toml"), Path::new("b.toml")]);
    }
}
