//! Reads whole files within size limits.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::describe_io_error;
use super::stream::Stream;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no `{}`", .path.display())]
    Missing { path: PathBuf },
    #[error("`{}` is not a file: it is {kind}", .path.display())]
    NotAFile { path: PathBuf, kind: &'static str },
    #[error("`{}` is larger than {}", .path.display(), size(*.limit))]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("`{}` is not UTF-8 (byte {at})", .path.display())]
    NotUtf8 { path: PathBuf, at: usize },
    #[error("can't read `{}`: {}", .path.display(), describe_io_error(.cause))]
    Io { path: PathBuf, cause: io::Error },
}

impl ReadError {
    /// The same error for `path`.
    pub(super) fn with_path(self, path: &Path) -> ReadError {
        let path = path.to_owned();
        match self {
            ReadError::Missing { .. } => ReadError::Missing { path },
            ReadError::NotAFile { kind, .. } => ReadError::NotAFile { path, kind },
            ReadError::TooLarge { limit, .. } => ReadError::TooLarge { path, limit },
            ReadError::NotUtf8 { at, .. } => ReadError::NotUtf8 { path, at },
            ReadError::Io { cause, .. } => ReadError::Io { path, cause },
        }
    }

    /// The range of the byte that is not UTF-8 in the text that [`read_lossy`] returns.
    pub fn range(&self) -> Option<std::ops::Range<usize>> {
        match self {
            ReadError::NotUtf8 { at, .. } => Some(*at..*at + 1),
            _ => None,
        }
    }
}

/// The size limit of config, settings and data files.
pub const CONFIG_LIMIT: u64 = 4 << 20;

/// The size limit of fixtures and snapshots. Bedrock accepts bodies of up to 25 MB.
pub const FIXTURE_LIMIT: u64 = 64 << 20;

/// The text of the file at `path` without a byte-order mark. A file of more than `limit` bytes is an error.
pub fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    let bytes = read_bytes(path, limit)?;
    let mut text = String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The text of a file that is not UTF-8, for messages that show the place. Empty if the file can't be read.
pub fn read_lossy(path: &Path, limit: u64) -> String {
    read_bytes(path, limit)
        .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of the file at `path`. A file of more than `limit` bytes is an error.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), cause },
    };
    let file = open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    if let Some(kind) = describe_special(found.file_type()).filter(|_| !Stream::is_descriptor(path)) {
        return Err(ReadError::NotAFile { path: path.to_owned(), kind });
    }
    let length = found.len();
    if length > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// Opens the file or folder at `path`. Opening a named pipe without a writer doesn't wait for one.
pub(super) fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    if !Stream::is_descriptor(path) {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    options.open(path)
}

/// The kind of a file that is neither a regular file nor a folder, with its article. Reading one may never end.
#[cfg(unix)]
fn describe_special(kind: fs::FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        None
    }
}

#[cfg(not(unix))]
fn describe_special(_: fs::FileType) -> Option<&'static str> {
    None
}

fn size(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_whole;

    #[test]
    fn a_file_that_cannot_be_read_is_an_error_with_the_cause() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(matches!(read_text(&path, 10), Err(ReadError::Missing { .. })));
        write_whole(&path, b"\xEF\xBB\xBFten bytes").unwrap();
        assert_eq!(read_text(&path, 12).unwrap(), "ten bytes");
        assert!(matches!(read_text(&path, 11), Err(ReadError::TooLarge { .. })));
        write_whole(&path, b"ab\xFF").unwrap();
        assert!(matches!(read_text(&path, 10), Err(ReadError::NotUtf8 { at: 2, .. })));
    }
}
