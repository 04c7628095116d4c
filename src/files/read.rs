//! Reads whole files within size limits.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read};
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
    #[error("`{}` has a line that is longer than {}", .path.display(), size(*.limit))]
    LineTooLong { path: PathBuf, limit: u64 },
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
            ReadError::LineTooLong { limit, .. } => ReadError::LineTooLong { path, limit },
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
pub const FIXTURE_LIMIT: u64 = 32 << 20;

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

/// Reads a text file line by line, so that it is never in memory as a whole.
pub struct Lines {
    path: PathBuf,
    file: BufReader<File>,
    limit: u64,
    line_limit: u64,
    /// How many bytes were read.
    at: u64,
    failed: bool,
}

/// The lines of the file at `path`, without their line breaks and without a byte-order mark. A file of more than `limit` bytes, a
/// line of more than `line_limit` bytes, and a line that is not UTF-8 are errors, which end the lines.
pub fn read_lines(path: &Path, limit: u64, line_limit: u64) -> Result<Lines, ReadError> {
    let file = BufReader::new(open_file(path, limit)?);
    Ok(Lines { path: path.to_owned(), file, limit, line_limit, at: 0, failed: false })
}

impl Lines {
    fn read_line(&mut self) -> Result<Option<String>, ReadError> {
        let mut line = Vec::new();
        let rest = self.line_limit.min(self.limit - self.at);
        let path = || self.path.clone();
        let read = (&mut self.file).take(rest + 1).read_until(b'\n', &mut line);
        read.map_err(|cause| ReadError::Io { path: path(), cause })?;
        let start = self.at;
        self.at += line.len() as u64;
        if self.at > self.limit {
            return Err(ReadError::TooLarge { path: path(), limit: self.limit });
        }
        if line.len() as u64 > self.line_limit {
            return Err(ReadError::LineTooLong { path: path(), limit: self.line_limit });
        }
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8(line).map_err(|error| {
            let before = usize::try_from(start).unwrap_or(usize::MAX);
            ReadError::NotUtf8 { path: path(), at: before.saturating_add(error.utf8_error().valid_up_to()) }
        })?;
        let line = text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line));
        let line = if start == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        Ok(Some(line.to_owned()))
    }
}

impl Iterator for Lines {
    type Item = Result<String, ReadError>;

    fn next(&mut self) -> Option<Result<String, ReadError>> {
        if self.failed {
            return None;
        }
        let line = self.read_line();
        self.failed = line.is_err();
        line.transpose()
    }
}

/// The text of a file that is not UTF-8, for messages that show the place. Empty if the file can't be read.
pub fn read_lossy(path: &Path, limit: u64) -> String {
    read_bytes(path, limit)
        .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of the file at `path`. A file of more than `limit` bytes is an error.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let file = open_file(path, limit)?;
    let length = file.metadata().map_or(0, |found| found.len());
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|cause| io_error(path, cause))?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// Opens the file at `path`. A file of more than `limit` bytes, and anything else than a file, is an error.
fn open_file(path: &Path, limit: u64) -> Result<File, ReadError> {
    let file = open(path).map_err(|cause| io_error(path, cause))?;
    let found = file.metadata().map_err(|cause| io_error(path, cause))?;
    if let Some(kind) = describe_special(found.file_type()).filter(|_| !Stream::is_descriptor(path)) {
        return Err(ReadError::NotAFile { path: path.to_owned(), kind });
    }
    if found.len() > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(file)
}

fn io_error(path: &Path, cause: io::Error) -> ReadError {
    match cause.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), cause },
    }
}

/// Opens the file or folder at `path`. Opening a named pipe without a writer doesn't wait for one.
pub(super) fn open(path: &Path) -> io::Result<File> {
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

    /// The lines, and the error that ended them.
    fn lines(bytes: &[u8], limit: u64, line_limit: u64) -> (Vec<String>, Option<ReadError>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_whole(&path, bytes).unwrap();
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        match read_lines(&path, limit, line_limit) {
            Err(error) => errors.push(error),
            Ok(read) => {
                read.for_each(|line| line.map_or_else(|error| errors.push(error), |line| lines.push(line)));
            }
        }
        assert!(errors.len() <= 1, "{errors:?}");
        (lines, errors.pop())
    }

    #[test]
    fn lines_are_those_of_the_whole_text() {
        for text in ["", "a", "a\n", "\u{feff}a\r\n\r\nb\r", "\n\n", "ü\nb\n\u{feff}"] {
            let (lines, error) = lines(text.as_bytes(), 100, 100);
            let expected: Vec<&str> = text.strip_prefix('\u{feff}').unwrap_or(text).lines().collect();
            assert!(error.is_none() && lines == expected, "{text:?}: {lines:?} {error:?}");
        }
    }

    #[test]
    fn lines_end_at_the_first_error() {
        let text = b"abcd\nef\n";
        assert!(matches!(lines(text, 8, 5), (lines, None) if lines == ["abcd", "ef"]));
        assert!(
            matches!(lines(text, 8, 4), (lines, Some(ReadError::LineTooLong { .. })) if lines.is_empty())
        );
        assert!(matches!(lines(text, 7, 5), (lines, Some(ReadError::TooLarge { .. })) if lines.is_empty()));
        let (read, error) = lines(b"ab\nc\xFF\nd\n", 100, 100);
        assert!(matches!(error, Some(ReadError::NotUtf8 { at: 4, .. })) && read == ["ab"], "{error:?}");
    }
}
