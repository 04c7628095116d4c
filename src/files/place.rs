//! A place where a file may be written or removed.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::{describe_io_error, write_whole};

/// Where a report is written.
#[derive(Clone, Debug)]
pub enum FileTarget {
    /// A path that the user chose. It may name a stream.
    Path(PathBuf),
    /// A place that a file of the repository chose.
    Place(Place),
}

impl FileTarget {
    /// Replaces the content of the file by `bytes`, atomically, or writes them to the stream. The error names the path.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            FileTarget::Path(path) => write_whole(path, bytes),
            FileTarget::Place(place) => place.write(bytes),
        }
    }
}

/// The place of a file below an allowed folder. Only a [`Fence`](super::fence::Fence) creates it.
///
/// The symlinks in its path were resolved when it was checked. Writing and removing follow no symlink: a folder that
/// became a symlink after the check is an error.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path in messages.
    path: PathBuf,
    /// The allowed folder, without symlinks.
    top: PathBuf,
    /// The folder of the file, relative to `top`.
    below: PathBuf,
    name: OsString,
}

impl Place {
    /// The place of the file at `path`. `folder` is its folder without symlinks. `None` if that is not below `top`, or if
    /// `path` names no file.
    pub(super) fn new(path: &Path, folder: &Path, top: &Path) -> Option<Place> {
        let (below, name) = (folder.strip_prefix(top).ok()?.to_owned(), path.file_name()?.to_owned());
        Some(Place { path: path.to_owned(), top: top.to_owned(), below, name })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the content of the file by `bytes`, atomically, like [`write_whole`](super::write_whole). Anything else
    /// than a folder is replaced, also a stream. The error names the path.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.replace(bytes).map_err(|cause| self.describe("write", &cause))
    }

    /// Removes the file. Returns whether it existed. The error names the path.
    pub fn remove(&self) -> io::Result<bool> {
        self.unlink().map_err(|cause| self.describe("remove", &cause))
    }

    fn describe(&self, verb: &str, cause: &io::Error) -> io::Error {
        let message = format!("can't {verb} `{}`: {}", self.path.display(), describe_io_error(cause));
        io::Error::new(cause.kind(), message)
    }
}

#[cfg(unix)]
impl Place {
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.top)?;
        super::handle::FolderHandle::open(&self.top, &self.below, true)?.replace(&self.name, bytes)
    }

    fn unlink(&self) -> io::Result<bool> {
        match super::handle::FolderHandle::open(&self.top, &self.below, false) {
            Ok(folder) => folder.remove(&self.name),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(cause),
        }
    }
}

/// Without handles of folders, a folder that becomes a symlink after the check is followed.
#[cfg(not(unix))]
impl Place {
    fn located(&self) -> PathBuf {
        self.top.join(&self.below).join(&self.name)
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        super::write::replace(&self.located(), bytes)
    }

    fn unlink(&self) -> io::Result<bool> {
        let path = self.located();
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            // On a read-only file system, removal fails even if the file doesn't exist.
            Err(_) if std::fs::symlink_metadata(&path).is_err() => Ok(false),
            Err(cause) => Err(cause),
        }
    }
}
