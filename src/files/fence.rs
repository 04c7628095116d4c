//! Refuses symlinks that point outside the repository: their targets are neither read nor replaced.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::containment::real_path;

/// Checks that the files of cases are below the root. The result for each folder is cached.
#[derive(Debug)]
pub struct Fence {
    /// The root with symlinks resolved.
    root: PathBuf,
    folders: Mutex<HashMap<PathBuf, bool>>,
}

impl Fence {
    pub fn new(root: &Path) -> Fence {
        Fence { root: real_path(root), folders: Mutex::default() }
    }

    /// Whether `path`, with symlinks resolved, is below the root or below `from`, a folder that the user named. Such a
    /// folder may be anywhere.
    pub fn allows(&self, path: &Path, from: &Path) -> bool {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.allows_folder(folder, from) && self.allows_entry(path, from)
    }

    fn allows_folder(&self, folder: &Path, from: &Path) -> bool {
        let folders = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(is_allowed) = folders().get(folder) {
            return *is_allowed;
        }
        let is_allowed = self.is_below(folder, from);
        folders().insert(folder.to_owned(), is_allowed);
        is_allowed
    }

    /// A broken symlink is allowed: there is nothing to read, and writing replaces the symlink.
    fn allows_entry(&self, path: &Path, from: &Path) -> bool {
        let is_link = fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink());
        !is_link || self.is_below(path, from)
    }

    fn is_below(&self, path: &Path, from: &Path) -> bool {
        let path = real_path(path);
        path.starts_with(&self.root) || path.starts_with(real_path(from))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::files::write_whole;

    #[test]
    fn symlinks_may_point_inside_the_root_but_not_outside() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["out/x.json", "root/models/fixtures/m/a.json", "root/shared/x.json"] {
            write_whole(&path(name), b"{}").unwrap();
        }
        for (target, link) in [
            ("out", "root/models/fixtures/away"),
            ("out/x.json", "root/models/fixtures/m/away.json"),
            ("root/shared", "root/models/fixtures/inside"),
            ("nowhere", "root/models/fixtures/m/dangling.json"),
        ] {
            symlink(path(target), path(link)).unwrap();
        }
        let fence = Fence::new(&path("root"));
        for (file, expected) in [
            ("m/a.json", true),
            ("m/new.json", true),
            ("new/new.json", true),
            ("inside/x.json", true),
            ("m/dangling.json", true),
            ("away/x.json", false),
            ("away/new/new.json", false),
            ("m/away.json", false),
        ] {
            let file = path("root/models/fixtures").join(file);
            assert_eq!(fence.allows(&file, &path("root/models")), expected, "{}", file.display());
        }
        let new = path("new/models");
        assert!(Fence::new(&new).allows(&new.join("fixtures/m/a.json"), &new), "a folder yet to be made");
        assert!(fence.allows(&path("out/fixtures/m/a.json"), &path("out")), "a folder that the user named");
    }
}
