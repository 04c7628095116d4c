//! The only place that reads a whole file and the only one that writes one.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no `{}`", .path.display())]
    Missing { path: PathBuf },
    #[error("`{}` is larger than {}", .path.display(), size(*.limit))]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("`{}` is not UTF-8 (byte {at})", .path.display())]
    NotUtf8 { path: PathBuf, at: usize },
    #[error("can't read `{}`: {}", .path.display(), reason(.cause))]
    Io { path: PathBuf, cause: io::Error },
}

impl ReadError {
    /// The byte that is not UTF-8, as a range of what [`read_lossy`] gives.
    pub fn at(&self) -> Option<std::ops::Range<usize>> {
        match self {
            ReadError::NotUtf8 { at, .. } => Some(*at..*at + 1),
            _ => None,
        }
    }
}

/// Config, settings and data files.
pub const CONFIG_LIMIT: u64 = 4 << 20;

/// Fixtures and snapshots: Bedrock itself takes bodies up to 25 MB.
pub const FIXTURE_LIMIT: u64 = 64 << 20;

/// The text of the file at `path`, without a byte-order mark. Reads at most `limit` bytes.
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

/// The text of a file that [`read_text`] refuses, to show the place; empty if there is none.
pub fn read_lossy(path: &Path, limit: u64) -> String {
    read_bytes(path, limit)
        .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of the file at `path`. Reads at most `limit` bytes.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), cause },
    };
    let file = fs::File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
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

/// Replaces the file at `path` by `bytes`: whatever happens, it is the old one or the new one.
///
/// The new file is written beside the old one, so that the rename stays on one file system, and
/// reaches the disk before it takes the name. Missing folders are made. A file that exists keeps
/// its permissions; a new one gets the usual ones. A device or a pipe is written to: a file in its place
/// would take it from everyone else. The error names the path.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes).map_err(|cause| {
        io::Error::new(cause.kind(), format!("can't write `{}`: {}", path.display(), reason(&cause)))
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_device(path) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".bedrock-check-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// `/dev/stdout` may lead to a file, and is none all the same.
fn is_device(path: &Path) -> bool {
    let special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    fs::metadata(path).is_ok_and(|found| special(found) || path.starts_with("/dev"))
}

/// Without the number that the operating system has for it.
pub(crate) fn reason(cause: &io::Error) -> String {
    let full = cause.to_string();
    let words = full.rsplit_once(" (os error").map_or(full.as_str(), |(words, _)| words);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn size(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        write_whole(Path::new("/dev/null"), b"x").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert!(
            write_whole(Path::new("/dev/full"), b"x").unwrap_err().to_string().starts_with("can't write")
        );
        assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    }

    #[test]
    fn a_file_is_replaced_and_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/file.json");
        write_whole(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_text(&path, 10).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn what_can_not_be_read_says_why() {
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
