//! The words of a command line that name pending snapshots.

use std::path::{Path, PathBuf};

use super::Pending;
use crate::files::containment::real_path;

/// Cases and snapshots by name. Without any, everything pending is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    ids: Vec<String>,
    snapshots: Vec<PathBuf>,
}

impl Named {
    /// The names among `words`, and the paths to look for configs: the other words, and the folders that the
    /// snapshots belong to.
    pub fn split(words: &[PathBuf]) -> (Named, Vec<PathBuf>) {
        let (mut named, mut configs) = (Named::default(), Vec::new());
        for word in words {
            let text = word.to_string_lossy();
            if without_new(word).extension().is_some_and(|extension| extension == "snap") {
                configs.extend(home(word));
                named.snapshots.push(word.clone());
            } else if text.contains("::") && !word.exists() {
                named.ids.push(text.into_owned());
            } else {
                configs.push(word.clone());
            }
        }
        configs.sort();
        configs.dedup();
        (named, configs)
    }

    fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.snapshots.is_empty()
    }

    pub fn takes(&self, pending: &Pending<'_>) -> bool {
        let named = |path: &PathBuf| is_named(path, pending);
        self.is_empty() || self.ids.iter().any(|id| id == pending.id()) || self.snapshots.iter().any(named)
    }

    /// The names that nothing pending has.
    pub fn lost(&self, pending: &[Pending<'_>]) -> Vec<String> {
        let ids = self.ids.iter().filter(|id| !pending.iter().any(|pending| pending.id() == **id));
        let paths = self.snapshots.iter().filter(|path| !pending.iter().any(|found| is_named(path, found)));
        ids.cloned().chain(paths.map(|path| path.display().to_string())).collect()
    }
}

/// As cargo-insta has it: the end of a path is enough.
fn is_named(path: &Path, pending: &Pending<'_>) -> bool {
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

/// The folder of the config that a snapshot belongs to, if the path leads there from here.
fn home(snapshot: &Path) -> Option<PathBuf> {
    let folder = snapshot.parent()?;
    let here = || PathBuf::from(".");
    let is_snapshots = folder.ends_with("snapshots") && folder.is_dir();
    is_snapshots.then(|| {
        folder.parent().filter(|home| !home.as_os_str().is_empty()).map_or_else(here, Path::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cases_snapshots_or_paths_of_configs() {
        let words = ["b.toml", "demo::first", "a.toml", "nowhere/snapshots/x.snap.new", "b.toml"];
        let (named, configs) = Named::split(&words.map(PathBuf::from));
        assert_eq!(named.ids, ["demo::first"]);
        assert_eq!(named.snapshots, [Path::new("nowhere/snapshots/x.snap.new")]);
        assert_eq!(configs, [Path::new("a.toml"), Path::new("b.toml")]);
    }
}
