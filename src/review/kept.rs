//! Pending files that CI kept: an artefact, unpacked somewhere.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The `.snap.new` files of a folder, wherever in it they stand.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    folder: PathBuf,
    /// Below the folder.
    files: Vec<PathBuf>,
}

impl Kept {
    /// Links are not followed: who made the artefact is not who accepts it.
    pub fn read(folder: &Path) -> io::Result<Kept> {
        let mut files = Vec::new();
        let mut folders = vec![(folder.to_owned(), 0)];
        while let Some((inner, depth)) = folders.pop() {
            for entry in fs::read_dir(&inner)? {
                let (kind, path) = entry.and_then(|entry| Ok((entry.file_type()?, entry.path())))?;
                if kind.is_dir() && depth < DEPTH_LIMIT {
                    folders.push((path, depth + 1));
                } else if kind.is_file() && is_pending(&path) && files.len() < COUNT_LIMIT {
                    files.extend(path.strip_prefix(folder).map(Path::to_owned));
                }
            }
        }
        files.sort();
        Ok(Kept { folder: folder.to_owned(), files })
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file that was kept for `pending`, which is relative to the root. What keeps artefacts cuts off the
    /// folders that all files have in common, so a file has the end of the path, or the whole.
    pub(super) fn of(&self, pending: &Path) -> Option<PathBuf> {
        let longest = self
            .files
            .iter()
            .filter(|file| pending.ends_with(file) || file.ends_with(pending))
            .max_by_key(|file| file.components().count())?;
        Some(self.folder.join(longest))
    }
}

const DEPTH_LIMIT: usize = 32;
const COUNT_LIMIT: usize = 100_000;

/// Whether `path` has the name of a pending snapshot.
pub fn is_pending(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".snap.new"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_the_end_of_their_path() {
        let kept =
            |files: &[&str]| Kept { folder: "d".into(), files: files.iter().map(PathBuf::from).collect() };
        let pending = Path::new("models/snapshots/a.snap.new");
        for (files, expected) in [
            (&["models/snapshots/a.snap.new", "a.snap.new"][..], Some("d/models/snapshots/a.snap.new")),
            (&["a.snap.new"], Some("d/a.snap.new")),
            (&["out/models/snapshots/a.snap.new"], Some("d/out/models/snapshots/a.snap.new")),
            (&["other/snapshots/a.snap.new", "ba.snap.new"], None),
        ] {
            assert_eq!(kept(files).of(pending).as_deref(), expected.map(Path::new), "{files:?}");
        }
    }
}
