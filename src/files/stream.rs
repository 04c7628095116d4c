//! Paths that name a stream: a file descriptor of this process, a device, a pipe or a socket.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The maximum number of symlinks to follow; Linux has the same limit.
const MAX_LINKS: usize = 40;

/// The target of a path that must be written to instead of being replaced.
#[derive(Debug, PartialEq, Eq)]
pub enum Stream {
    /// `/dev/stdout`, `/dev/fd/3`, or a symlink to one of them, even if it is redirected to a file.
    Descriptor(u32),
    /// A device or a named pipe.
    Special(PathBuf),
    Socket(PathBuf),
}

impl Stream {
    pub const STDOUT: Stream = Stream::Descriptor(1);

    /// The stream at `path`; `None` for a file, a folder, and a path that doesn't exist.
    pub fn from_path(path: &Path) -> Option<Stream> {
        if let Some(number) = descriptor(path) {
            return Some(Stream::Descriptor(number));
        }
        let found = fs::metadata(path).ok()?;
        if is_socket(&found) {
            return Some(Stream::Socket(path.to_owned()));
        }
        (!found.is_file() && !found.is_dir()).then(|| Stream::Special(path.to_owned()))
    }

    /// Whether `path` is a name that systems give to the descriptors of a process, such as `/dev/stdin`. A symlink to one is
    /// not: a repository may contain it.
    pub(super) fn is_descriptor(path: &Path) -> bool {
        let is_named = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
        is_named && descriptor(path).is_some()
    }

    /// Writes `bytes` at the current end of the stream.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Descriptor(number) => open_descriptor(*number)?.write_all(bytes),
            Stream::Special(path) => open_special(path)?.write_all(bytes),
            Stream::Socket(path) => send(path, bytes),
        }
    }
}

/// The number of the file descriptor of this process that `path` points to.
///
/// Symlinks are followed one at a time, because the last one must not be followed: `/proc/self/fd/1` is itself a
/// symlink to the file that the descriptor is redirected to.
fn descriptor(path: &Path) -> Option<u32> {
    let folders = ["/dev/fd", "/proc/self/fd"].map(|folder| fs::canonicalize(folder).ok());
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let parent = match path.parent()? {
            here if here.as_os_str().is_empty() => Path::new("."),
            parent => parent,
        };
        let folder = fs::canonicalize(parent).ok()?;
        if folders.iter().flatten().any(|descriptors| *descriptors == folder) {
            return path.file_name()?.to_str()?.parse().ok();
        }
        let target = fs::read_link(&path).ok()?;
        path = folder.join(target);
    }
    None
}

#[cfg(unix)]
fn is_socket(found: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&found.file_type())
}

#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    false
}

/// Duplicates standard output and standard error. A duplicate shares its position in the file with every other writer;
/// a file that is opened again would be overwritten from the beginning.
#[cfg(unix)]
fn open_descriptor(number: u32) -> io::Result<File> {
    use std::os::fd::AsFd;
    let owned = match number {
        1 => io::stdout().as_fd().try_clone_to_owned()?,
        2 => io::stderr().as_fd().try_clone_to_owned()?,
        // Other descriptors can't be duplicated without `unsafe`. Appending keeps the content of the file.
        _ => return OpenOptions::new().append(true).open(format!("/dev/fd/{number}")),
    };
    Ok(File::from(owned))
}

#[cfg(not(unix))]
fn open_descriptor(number: u32) -> io::Result<File> {
    OpenOptions::new().append(true).open(format!("/dev/fd/{number}"))
}

/// Opens a device or a named pipe. A pipe that no process reads is an error: opening it would wait, perhaps forever.
#[cfg(unix)]
fn open_special(path: &Path) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened = OpenOptions::new().write(true).custom_flags(flags.bits().cast_signed()).open(path);
    let file = opened.map_err(|cause| match cause.raw_os_error() {
        Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
            io::Error::other("no process reads this pipe")
        }
        _ => cause,
    })?;
    fcntl_setfl(&file, fcntl_getfl(&file)? & !OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_special(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

#[cfg(unix)]
fn send(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::net::UnixStream::connect(path)?.write_all(bytes)
}

#[cfg(not(unix))]
fn send(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_name_of_a_descriptor_is_recognised() {
        for (path, number) in [
            ("/dev/stdout", 1),
            ("/dev/stderr", 2),
            ("/dev/fd/1", 1),
            ("/dev/fd/27", 27),
            ("/dev/../dev/fd/2", 2),
        ] {
            assert_eq!(Stream::from_path(Path::new(path)), Some(Stream::Descriptor(number)), "{path}");
        }
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("log");
        symlink("/dev/stdout", &link).unwrap();
        assert_eq!(Stream::from_path(&link), Some(Stream::STDOUT));
    }

    #[test]
    fn files_folders_and_missing_paths_are_not_streams() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("1"), folder.path().join("link"));
        File::create(&file).unwrap();
        symlink(&link, &link).unwrap();
        for path in
            [folder.path(), &file, &link, &folder.path().join("missing/1"), Path::new(""), Path::new("/")]
        {
            assert_eq!(Stream::from_path(path), None, "{}", path.display());
        }
    }
}
