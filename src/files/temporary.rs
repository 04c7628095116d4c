//! Temporary files and folders: their names, and the removal of those that a killed process left.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::{Builder, TempDir};

use super::lock::FolderLock;

/// A folder in the system's folder for temporary files. It is removed when dropped, and locked until then, so that no
/// other process removes it.
#[derive(Debug)]
pub struct TemporaryFolder {
    folder: TempDir,
    _lock: Option<FolderLock>,
}

impl TemporaryFolder {
    pub fn new() -> io::Result<TemporaryFolder> {
        let folder = Builder::new().prefix(PREFIX).suffix(SUFFIX).tempdir()?;
        // Without a lock, the age of the folder protects it.
        let lock = FolderLock::try_acquire(folder.path()).ok().flatten();
        Ok(TemporaryFolder { folder, _lock: lock })
    }

    /// Writes a new file at the path `below` the folder. It isn't synced, because nobody reads it after a crash.
    #[expect(clippy::disallowed_methods, reason = "nobody reads the file after a crash")]
    pub fn write(&self, below: &Path, bytes: &[u8]) -> io::Result<()> {
        let path = self.path().join(below);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes the temporary folders of killed processes.
    pub fn remove_leftovers() {
        remove_leftovers(&std::env::temp_dir());
    }
}

/// The names of temporary files and folders are a random word between these.
pub(super) const PREFIX: &str = ".bedrock-check-";
pub(super) const SUFFIX: &str = ".tmp";

/// The length of the random word that the crate `tempfile` chooses.
const RANDOM_LENGTH: usize = 6;

/// A younger file may belong to a process that has not locked it yet. Only Unix systems can lock a folder.
const LEAST_AGE: Duration = if cfg!(unix) { Duration::from_mins(1) } else { Duration::from_hours(24) };

/// Removes from `folder` the temporary files and folders of killed processes. Nothing is reported: what can't be removed is
/// left for the next run.
fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| has_temporary_name(&entry.file_name().to_string_lossy())) {
        let path = entry.path();
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        if !is_leftover(&metadata) {
            continue;
        }
        let Ok(Some(_lock)) = FolderLock::try_acquire(&path) else { continue };
        drop(if metadata.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) });
    }
}

/// Removes the temporary files of killed processes from the folders of `files`.
pub fn remove_leftovers_beside<'p>(files: impl Iterator<Item = &'p Path>) {
    let folders: BTreeSet<&Path> = files.filter_map(Path::parent).collect();
    for folder in folders {
        remove_leftovers(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    }
}

fn has_temporary_name(name: &str) -> bool {
    let word = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
    word.is_some_and(|word| {
        word.len() == RANDOM_LENGTH && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Whether a file or folder with a temporary name is ours and old enough. Symlinks, pipes and devices never are.
fn is_leftover(metadata: &Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|modified| modified.elapsed().ok());
    (metadata.is_file() || metadata.is_dir()) && is_own(metadata) && age.is_some_and(|age| age > LEAST_AGE)
}

#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// The folder for temporary files belongs to one user.
#[cfg(not(unix))]
fn is_own(_metadata: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{File, FileTimes};
    use std::time::SystemTime;

    use super::*;
    use crate::files::write_whole;

    #[expect(clippy::disallowed_methods, reason = "a file gets an old time")]
    fn make_old(path: &Path) {
        let old = SystemTime::now() - Duration::from_mins(2);
        let times = FileTimes::new().set_modified(old);
        File::open(path).and_then(|file| file.set_times(times)).expect("the file is ours");
    }

    #[test]
    fn only_old_unused_files_with_the_exact_name_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [
            ".bedrock-check-abc123.tmp",
            ".bedrock-check-folder.tmp/deep/x",
            ".bedrock-check-young1.tmp",
            ".bedrock-check-locked.tmp",
            ".bedrock-check-abc12.tmp",
            ".bedrock-check-abc.12.tmp",
            "x.bedrock-check-abc123.tmp",
            "case.json",
        ] {
            write_whole(&path(name), b"").unwrap();
            make_old(&path(name.split('/').next().unwrap()));
        }
        std::os::unix::fs::symlink(path("case.json"), path(".bedrock-check-link12.tmp")).unwrap();
        write_whole(&path(".bedrock-check-young1.tmp"), b"").unwrap();
        let lock = FolderLock::try_acquire(&path(".bedrock-check-locked.tmp")).unwrap();
        remove_leftovers(folder.path());
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                ".bedrock-check-abc.12.tmp",
                ".bedrock-check-abc12.tmp",
                ".bedrock-check-link12.tmp",
                ".bedrock-check-locked.tmp",
                ".bedrock-check-young1.tmp",
                "case.json",
                "x.bedrock-check-abc123.tmp",
            ]
        );
        drop(lock);
        remove_leftovers(folder.path());
        assert!(!path(".bedrock-check-locked.tmp").exists());
    }

    #[test]
    fn a_temporary_folder_has_the_name_of_leftovers_and_is_locked() {
        let folder = TemporaryFolder::new().unwrap();
        assert!(has_temporary_name(&folder.path().file_name().unwrap().to_string_lossy()));
        assert!(FolderLock::try_acquire(folder.path()).unwrap().is_none());
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
