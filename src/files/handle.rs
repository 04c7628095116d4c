//! Writes and removes files relative to the handle of an open folder, and follows no symlink.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use tempfile::{Builder, NamedTempFile};

use super::temporary::{PREFIX, SUFFIX};

/// An open folder. It stays the same folder when another one gets its path.
pub(super) struct FolderHandle(OwnedFd);

impl FolderHandle {
    /// Opens the folder at `below`, relative to `top`, one component at a time. A symlink in `below` is an error. Missing
    /// folders are created if `creates`.
    pub(super) fn open(top: &Path, below: &Path, creates: bool) -> io::Result<FolderHandle> {
        let mut folder = open(rustix::fs::CWD, top.as_os_str())?;
        for name in below {
            folder = match open(&folder, name) {
                Err(Errno::NOENT) if creates => create(&folder, name)?,
                opened => opened?,
            };
        }
        Ok(FolderHandle(folder))
    }

    /// Replaces the file `name` by a new one with `bytes`, atomically.
    pub(super) fn replace(&self, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
        let (file, path) = self.create_temporary()?.into_parts();
        let temporary = path.file_name().unwrap_or_default();
        let replaced = self
            .fill(file, name, bytes)
            .and_then(|()| Ok(rustix::fs::renameat(&self.0, temporary, &self.0, name)?));
        if replaced.is_err() {
            // The first error is the one to report.
            let _ = rustix::fs::unlinkat(&self.0, temporary, AtFlags::empty());
        }
        replaced
    }

    /// Writes `bytes` to `file`, which gets the permissions of the file that it will replace.
    fn fill(&self, mut file: File, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
        // Another process must not take the file for that of a killed process. Not every file system can lock.
        drop(file.try_lock());
        if let Ok(old) = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
            && FileType::from_raw_mode(old.st_mode).is_file()
        {
            rustix::fs::fchmod(&file, Mode::from_raw_mode(old.st_mode))?;
        }
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Creates an empty file with a new name. It is not removed when dropped, because that would be by its path.
    fn create_temporary(&self) -> io::Result<NamedTempFile> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX).disable_cleanup(true);
        // Only the name is used. The folder of an absolute path isn't looked up.
        builder.make_in("/", |path| {
            let name = path.file_name().unwrap_or_default();
            Ok(File::from(rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o666))?))
        })
    }

    /// Removes the file `name`. Returns whether it existed.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<bool> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            // On a read-only file system, removal fails even if the file doesn't exist.
            Err(_) if self.lacks(name) => Ok(false),
            Err(cause) => Err(cause.into()),
        }
    }

    fn lacks(&self, name: &OsStr) -> bool {
        rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).is_err()
    }
}

fn open(folder: impl AsFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

fn create(folder: &OwnedFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    match rustix::fs::mkdirat(folder, name, Mode::from_raw_mode(0o777)) {
        // Another thread may have been faster.
        Ok(()) | Err(Errno::EXIST) => open(folder, name),
        Err(cause) => Err(cause),
    }
}
