//! Snapshots that belong to no case.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The `.snap` files in `folder`, not below it, that `known` doesn't have, and the `.snap.new` that
/// wait for such; sorted.
///
/// Paths are `folder` joined with the file's name, so give `known` in the same form. No folder, no
/// snapshots.
pub fn unreferenced(folder: &Path, known: &HashSet<&Path>) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_pending = path.extension().is_some_and(|extension| extension == "new");
        let snapshot = if is_pending { path.with_extension("") } else { path.clone() };
        let is_snapshot = snapshot.extension().is_some_and(|extension| extension == "snap");
        if is_snapshot && !known.contains(snapshot.as_path()) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unclaimed_snapshots_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["b.snap", "a.snap", "known.snap", "known.snap.new", "c.snap.new", "notes.md"] {
            fs::File::create(path(name)).unwrap();
        }
        let claimed = path("known.snap");
        let known = HashSet::from([claimed.as_path()]);
        let lost = ["a.snap", "b.snap", "c.snap.new"].map(path);
        assert_eq!(unreferenced(folder.path(), &known).unwrap(), lost);
        assert!(unreferenced(&path("none"), &known).unwrap().is_empty());
    }
}
