//! Pending snapshots: `.snap.new` files that a person accepts or rejects.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::{ResolvedSide, SnapshotError, read};
use crate::files::containment::relative_to;
use crate::files::{FIXTURE_LIMIT, Place, TemporaryFolder, read_bytes};

/// `INSTA_PENDING_DIR` is set, but the snapshot is outside of the root, so that it has no path below that folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is outside `{}`, so it has no place in `INSTA_PENDING_DIR`", .snapshot.display(), .root.display())]
pub struct OutsideRoot {
    pub snapshot: PathBuf,
    pub root: PathBuf,
}

/// Why a pending file could not be accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    #[error("there is no `{}`", .path.display())]
    Missing { path: PathBuf },
    #[error(transparent)]
    Invalid(#[from] SnapshotError),
    #[error("{cause}")]
    Io { path: PathBuf, cause: io::Error },
}

/// The path of the pending file for `snapshot`: next to it, or below `pending_dir` (the value of
/// `INSTA_PENDING_DIR`) at the same relative path that `snapshot` has below `root`.
///
/// For cargo-insta, `root` is the root of the Cargo workspace. The file system is read only if the path of
/// `snapshot` doesn't start with `root`.
pub fn pending_path(
    snapshot: &Path,
    root: &Path,
    pending_dir: Option<&Path>,
) -> Result<PathBuf, OutsideRoot> {
    let next_to_snapshot = snapshot.with_extension("snap.new");
    let Some(pending_dir) = pending_dir.filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(next_to_snapshot);
    };
    // insta canonicalizes the whole path, and fails for a snapshot in a folder that doesn't exist yet.
    relative_to(&next_to_snapshot, root)
        .filter(|path| !path.components().any(|part| part == Component::ParentDir))
        .map(|path| pending_dir.join(path))
        .ok_or_else(|| OutsideRoot { snapshot: snapshot.to_owned(), root: root.to_owned() })
}

/// Writes a `.snap.new` file. `text` is the result of [`render`](super::render).
pub fn write_pending(pending: &Place, text: &str) -> io::Result<()> {
    pending.write(text.as_bytes())
}

/// Accepts `pending`: writes it to `snapshot`, in the bytes that cargo-insta would write, and removes `pending`.
///
/// The snapshot is written first. A crash before the removal leaves a pending file, which the next run in which the
/// case passes removes.
pub fn accept(snapshot: &Place, pending: &Place) -> Result<(), AcceptError> {
    accept_copy(snapshot, pending.path())?;
    let failed = |cause| AcceptError::Io { path: pending.path().to_owned(), cause };
    reject(pending).map_err(failed)?;
    Ok(())
}

/// As [`accept`], but doesn't remove `pending`.
pub fn accept_copy(snapshot: &Place, pending: &Path) -> Result<(), AcceptError> {
    if read(pending)?.is_none() {
        return Err(AcceptError::Missing { path: pending.to_owned() });
    }
    let bytes = resave_with_insta(pending)?;
    let failed = |cause| AcceptError::Io { path: snapshot.path().to_owned(), cause };
    snapshot.write(&bytes).map_err(failed)
}

/// Resolves a conflict in `snapshot`: replaces the file with one of its sides.
pub fn keep_side(snapshot: &Place, side: &ResolvedSide) -> Result<(), AcceptError> {
    let failed = |cause| AcceptError::Io { path: snapshot.path().to_owned(), cause };
    snapshot.write(side.text.as_bytes()).map_err(failed)
}

/// The bytes that insta writes after reading `pending`: with LF, and without the line number of an assertion.
fn resave_with_insta(pending: &Path) -> Result<Vec<u8>, AcceptError> {
    let failed = |cause: io::Error| AcceptError::Io { path: pending.to_owned(), cause };
    let folder = TemporaryFolder::new().map_err(failed)?;
    let saved = folder.path().join("accepted.snap");
    let rejected = |cause: Box<dyn std::error::Error>| failed(io::Error::other(cause.to_string()));
    insta::Snapshot::from_file(pending).and_then(|snapshot| snapshot.save(&saved)).map_err(rejected)?;
    Ok(read_bytes(&saved, 2 * FIXTURE_LIMIT).map_err(SnapshotError::from)?)
}

/// Removes a pending file. Returns whether there was one, because a case that passes again may have none. The error
/// message contains the path.
pub fn reject(pending: &Place) -> io::Result<bool> {
    pending.remove()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::fence::Fence;
    use crate::files::read_text;

    #[track_caller]
    fn check(snapshot: &str, root: &str, pending_dir: Option<&str>, expected: Option<&str>) {
        let path = pending_path(Path::new(snapshot), Path::new(root), pending_dir.map(Path::new));
        assert_eq!(path.ok().as_deref(), expected.map(Path::new), "{snapshot} {root} {pending_dir:?}");
    }

    #[test]
    fn pending_files_are_next_to_the_snapshot_or_below_the_pending_dir() {
        check("a/snapshots/m__c.snap", "a", None, Some("a/snapshots/m__c.snap.new"));
        check("a/snapshots/m__c.snap", "a", Some(""), Some("a/snapshots/m__c.snap.new"));
        check("/w/a/m__c.snap", "/w", Some("/p"), Some("/p/a/m__c.snap.new"));
        check("a/m__c.snap", "", Some("p"), Some("p/a/m__c.snap.new"));
        check("a/m__c.snap", ".", Some("p"), Some("p/a/m__c.snap.new"));
        check("../m__c.snap", "", Some("p"), None);
        check("/elsewhere/m__c.snap", "/w", Some("/p"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_root_behind_a_link_is_the_same_root() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
        let path = pending_path(&folder.path().join("link/new/m.snap"), &real, Some(Path::new("/p")));
        assert_eq!(path.unwrap(), Path::new("/p/new/m.snap.new"));
    }

    #[test]
    fn accepting_moves_and_rejecting_removes() {
        let folder = tempfile::tempdir().unwrap();
        let fence = Fence::new(folder.path());
        let place = |name| fence.place(&folder.path().join(name), folder.path()).unwrap();
        let (snapshot, pending) = (place("s/a.snap"), place("p/a.snap.new"));
        assert!(matches!(accept(&snapshot, &pending), Err(AcceptError::Missing { .. })));
        write_pending(&pending, "---\nsource: a\n---\nb: 1\n").unwrap();
        accept(&snapshot, &pending).unwrap();
        assert_eq!(read_text(snapshot.path(), 99).unwrap(), "---\nsource: a\n---\nb: 1\n");
        assert!(!pending.path().exists());
        write_pending(&pending, "no snapshot").unwrap();
        assert!(matches!(accept(&snapshot, &pending), Err(AcceptError::Invalid(_))));
        assert!(reject(&pending).unwrap());
        assert!(!reject(&pending).unwrap());
    }
}
