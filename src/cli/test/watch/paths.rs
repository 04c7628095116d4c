//! Resolves paths to a form in which they can be compared, and finds the folders to listen to.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files::containment::real_path;

/// Resolves paths: absolute, with the symlinks of their folders followed. The file itself need not exist.
#[derive(Default)]
pub(super) struct RealPaths {
    folders: HashMap<PathBuf, PathBuf>,
}

impl RealPaths {
    pub(super) fn resolve(&mut self, path: &Path) -> PathBuf {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path };
        if let Some(known) = self.folders.get(folder) {
            return known.join(name);
        }
        let real = real_path(folder);
        self.folders.insert(folder.to_owned(), real.clone());
        real.join(name)
    }
}

/// The folders of `paths`; for a folder that doesn't exist, its nearest ancestor that does.
pub(super) fn nearest_folders<'p>(paths: impl Iterator<Item = &'p Path>) -> BTreeSet<PathBuf> {
    let folders: BTreeSet<&Path> = paths.filter_map(Path::parent).collect();
    let nearest = |folder: &Path| folder.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned);
    folders.into_iter().filter_map(nearest).collect()
}

/// Time and size of a file, which show whether it changed.
pub(super) type Stamp = Option<(SystemTime, u64)>;

pub(super) fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
