//! Output that waits for a person: `.snap.new` files.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Side, SnapshotError, read};
use crate::files::containment::relative;
use crate::files::{FIXTURE_LIMIT, read_bytes, reason, write_whole};

/// `INSTA_PENDING_DIR` is set, and the snapshot has no place below it.
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

/// Where output for `snapshot` waits: beside it, or at the same place below `pending_dir` (the value
/// of `INSTA_PENDING_DIR`) that `snapshot` has below `root`.
///
/// For cargo-insta `root` is the root of the Cargo workspace. Looks at the file system only if
/// `snapshot` doesn't start with `root` as written.
pub fn pending_path(
    snapshot: &Path,
    root: &Path,
    pending_dir: Option<&Path>,
) -> Result<PathBuf, OutsideRoot> {
    let beside = snapshot.with_extension("snap.new");
    let Some(pending_dir) = pending_dir.filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(beside);
    };
    // insta canonicalizes the whole path, and fails for a snapshot in a folder yet to be made.
    relative(&beside, root)
        .filter(|path| !path.components().any(|part| part == Component::ParentDir))
        .map(|place| pending_dir.join(place))
        .ok_or_else(|| OutsideRoot { snapshot: snapshot.to_owned(), root: root.to_owned() })
}

/// Writes a whole `.snap.new` file; `text` is from [`render`](super::render).
pub fn write_pending(pending: &Path, text: &str) -> io::Result<()> {
    write_whole(pending, text.as_bytes())
}

/// Makes `snapshot` what `pending` holds, in the bytes that cargo-insta would write, and removes `pending`.
///
/// The snapshot is written first: a crash in between leaves a pending file that the next passing run
/// clears.
pub fn accept(snapshot: &Path, pending: &Path) -> Result<(), AcceptError> {
    take(snapshot, pending)?;
    let failed = |cause| AcceptError::Io { path: pending.to_owned(), cause };
    reject(pending).map_err(failed)?;
    Ok(())
}

/// As [`accept`], and leaves `pending` where it is.
pub fn take(snapshot: &Path, pending: &Path) -> Result<(), AcceptError> {
    if read(pending)?.is_none() {
        return Err(AcceptError::Missing { path: pending.to_owned() });
    }
    let bytes = as_insta_saves(pending)?;
    write_whole(snapshot, &bytes).map_err(|cause| AcceptError::Io { path: snapshot.to_owned(), cause })
}

/// Makes `snapshot` one of the sides that it holds, in its bytes.
pub fn keep(snapshot: &Path, side: &Side) -> Result<(), AcceptError> {
    let failed = |cause| AcceptError::Io { path: snapshot.to_owned(), cause };
    write_whole(snapshot, side.text.as_bytes()).map_err(failed)
}

/// What insta makes of a file that [`read`] takes: LF, and no line number of an assertion.
fn as_insta_saves(pending: &Path) -> Result<Vec<u8>, AcceptError> {
    let failed = |cause: io::Error| AcceptError::Io { path: pending.to_owned(), cause };
    let folder = tempfile::tempdir().map_err(failed)?;
    let saved = folder.path().join("accepted.snap");
    let refused = |cause: Box<dyn std::error::Error>| failed(io::Error::other(cause.to_string()));
    insta::Snapshot::from_file(pending).and_then(|snapshot| snapshot.save(&saved)).map_err(refused)?;
    Ok(read_bytes(&saved, 2 * FIXTURE_LIMIT).map_err(SnapshotError::from)?)
}

/// Removes a pending file. Whether there was one: after a case passes again there need not be. The error names the path.
pub fn reject(pending: &Path) -> io::Result<bool> {
    match fs::remove_file(pending) {
        Ok(()) => Ok(true),
        // A read-only file system refuses before it looks.
        Err(_) if fs::symlink_metadata(pending).is_err() => Ok(false),
        Err(cause) => {
            let message = format!("can't remove `{}`: {}", pending.display(), reason(&cause));
            Err(io::Error::new(cause.kind(), message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::read_text;

    #[track_caller]
    fn check(snapshot: &str, root: &str, pending_dir: Option<&str>, expected: Option<&str>) {
        let path = pending_path(Path::new(snapshot), Path::new(root), pending_dir.map(Path::new));
        assert_eq!(path.ok().as_deref(), expected.map(Path::new), "{snapshot} {root} {pending_dir:?}");
    }

    #[test]
    fn pending_files_stand_beside_or_below_the_pending_dir() {
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
        let (snapshot, pending) = (folder.path().join("s/a.snap"), folder.path().join("p/a.snap.new"));
        assert!(matches!(accept(&snapshot, &pending), Err(AcceptError::Missing { .. })));
        write_pending(&pending, "---\nsource: a\n---\nb: 1\n").unwrap();
        accept(&snapshot, &pending).unwrap();
        assert_eq!(read_text(&snapshot, 99).unwrap(), "---\nsource: a\n---\nb: 1\n");
        assert!(!pending.exists());
        write_pending(&pending, "no snapshot").unwrap();
        assert!(matches!(accept(&snapshot, &pending), Err(AcceptError::Invalid(_))));
        assert!(reject(&pending).unwrap());
        assert!(!reject(&pending).unwrap());
    }
}
