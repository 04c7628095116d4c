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
    pub fn holds(&self, path: &Path, from: &Path) -> bool {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.holds_folder(folder, from) && self.holds_entry(path, from)
    }

    fn holds_folder(&self, folder: &Path, from: &Path) -> bool {
        let folders = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = folders().get(folder) {
            return *held;
        }
        let held = self.is_below(folder, from);
        folders().insert(folder.to_owned(), held);
        held
    }

    /// A broken symlink is allowed if it points inside: there is nothing to read, and writing replaces the symlink.
    fn holds_entry(&self, path: &Path, from: &Path) -> bool {
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
    fn links_may_lead_around_inside_but_not_out() {
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
            assert_eq!(fence.holds(&file, &path("root/models")), expected, "{}", file.display());
        }
        let new = path("new/models");
        assert!(Fence::new(&new).holds(&new.join("fixtures/m/a.json"), &new), "a folder yet to be made");
        assert!(fence.holds(&path("out/fixtures/m/a.json"), &path("out")), "a folder that the user named");
    }
}
