//! Refuses symlinks that point outside the repository: their targets are neither read nor replaced.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::containment::real_path;
use super::place::Place;

/// Checks that the files of cases are below the root. The result for each folder is cached.
#[derive(Debug)]
pub struct Fence {
    /// The root with symlinks resolved.
    root: PathBuf,
    folders: Mutex<HashMap<PathBuf, bool>>,
    /// The folders that the user named, with symlinks resolved when they were first seen. A symlink that takes the place of
    /// one later allows nothing.
    named: Mutex<HashMap<PathBuf, PathBuf>>,
}

impl Fence {
    pub fn new(root: &Path) -> Fence {
        Fence { root: real_path(root), folders: Mutex::default(), named: Mutex::default() }
    }

    /// Whether `path`, with symlinks resolved, is below the root or below `from`, a folder that the user named. Such a
    /// folder may be anywhere.
    pub fn allows(&self, path: &Path, from: &Path) -> bool {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.allows_folder(folder, from) && self.allows_entry(path, from)
    }

    /// The place of the file at `path`, which may be written and removed if it is below the root or below `from`. The symlinks
    /// to its folder are resolved now; a symlink at `path` itself is replaced or removed, not followed.
    pub fn place(&self, path: &Path, from: &Path) -> io::Result<Place> {
        let folder = real_path(path.parent().unwrap_or(Path::new("")));
        let place = Place::new(path, &folder, &self.root);
        place.or_else(|| Place::new(path, &folder, &self.resolve_named(from))).ok_or_else(|| {
            let message = format!("`{}` points outside the repository", path.display());
            io::Error::new(io::ErrorKind::PermissionDenied, message)
        })
    }

    fn resolve_named(&self, from: &Path) -> PathBuf {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        named.entry(from.to_owned()).or_insert_with(|| real_path(from)).clone()
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
        path.starts_with(&self.root) || path.starts_with(self.resolve_named(from))
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

    /// Swaps the folder `models` with a symlink to the folder `out`, until the test ends.
    #[cfg(target_os = "linux")]
    fn swap_while(folder: &Path, test: impl FnOnce()) {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use std::sync::atomic::{AtomicBool, Ordering};
        let (models, link) = (folder.join("root/models"), folder.join("root/link"));
        symlink(folder.join("out"), &link).expect("the folders are ours");
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    renameat_with(CWD, &models, CWD, &link, RenameFlags::EXCHANGE)
                        .expect("the folders are ours");
                }
            });
            test();
            ended.store(true, Ordering::Relaxed);
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_is_written_or_removed_through_a_folder_that_becomes_a_symlink() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["out/m/a.json", "root/models/m/a.json"] {
            write_whole(&path(name), b"old").unwrap();
        }
        let (from, file) = (path("root"), path("root/models/m/a.json"));
        let (mut written, mut refused) = (0, 0);
        swap_while(folder.path(), || {
            for _ in 0..2_000 {
                let fence = Fence::new(&path("root"));
                let place = fence.place(&file, &from);
                match place.and_then(|place| place.write(b"new").and_then(|()| place.remove())) {
                    Ok(_) => written += 1,
                    Err(_) => refused += 1,
                }
            }
        });
        assert!(written > 0 && refused > 0, "{written} written, {refused} refused");
        let left = fs::read_dir(path("out/m")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["a.json"]);
        assert_eq!(fs::read(path("out/m/a.json")).unwrap(), b"old");
    }
}
