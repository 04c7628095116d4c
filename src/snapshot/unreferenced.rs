//! Finds snapshots that no case uses.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The `.snap` files directly in `folder` that are not in `known`, and the `.snap.new` files of such snapshots,
/// sorted.
///
/// The returned paths are `folder` joined with the name of the file; the paths in `known` must have the same form. A
/// missing folder contains no snapshots.
pub fn find_unreferenced(folder: &Path, known: &HashSet<&Path>) -> io::Result<Vec<PathBuf>> {
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
    fn only_unreferenced_snapshots_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["b.snap", "a.snap", "known.snap", "known.snap.new", "c.snap.new", "notes.md"] {
            fs::File::create(path(name)).unwrap();
        }
        let referenced = path("known.snap");
        let known = HashSet::from([referenced.as_path()]);
        let expected = ["a.snap", "b.snap", "c.snap.new"].map(path);
        assert_eq!(find_unreferenced(folder.path(), &known).unwrap(), expected);
        assert!(find_unreferenced(&path("missing"), &known).unwrap().is_empty());
    }
}
