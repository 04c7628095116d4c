//! Reads `.snap` files with insta's own reader, after a check.
//!
//! The check rejects files that make insta's reader panic, misread the file or print a warning. The file is read
//! once here and once by insta, which accepts only a path.

use std::ops::Range;
use std::path::Path;

use insta::internals::{Content, MetaData, TextSnapshotContents};
use serde_json::Value;

use super::Header;
use super::parse::{ParseError, parse_contents};
use crate::diagnose::Code;
use crate::files::{Base, FIXTURE_LIMIT, ReadError};

/// An accepted snapshot, as insta reads it.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub header: Header,
    contents: TextSnapshotContents,
}

impl Accepted {
    /// The contents in insta's normal form: LF, no white space at the end.
    pub fn text(&self) -> String {
        self.contents.to_string()
    }

    pub(crate) fn contents(&self) -> &TextSnapshotContents {
        &self.contents
    }
}

/// Why a snapshot file can't be used. Each range is in bytes of the file.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    #[error("the snapshot is not UTF-8")]
    NotUtf8 { at: usize },
    #[error("line {line} is a merge-conflict marker")]
    Conflict { line: usize, at: Range<usize> },
    #[error("the snapshot has no header: expected `---` in the first line")]
    NoHeader { at: Range<usize> },
    #[error("the snapshot's header has no end: expected a second `---`")]
    Unterminated { at: Range<usize> },
    #[error("the snapshot's header can't be read: {error}")]
    Header { error: ParseError },
    #[error("the snapshot is binary")]
    Binary { at: Range<usize> },
    #[error("insta can't read the snapshot")]
    RejectedByInsta { at: Range<usize> },
}

impl SnapshotError {
    pub fn code(&self) -> Code {
        match self {
            SnapshotError::Unreadable(ReadError::TooLarge { .. }) => Code::FileTooLarge,
            SnapshotError::Unreadable(ReadError::NotUtf8 { .. }) | SnapshotError::NotUtf8 { .. } => {
                Code::InvalidUtf8
            }
            SnapshotError::Unreadable(_) => Code::FileUnreadable,
            SnapshotError::Conflict { .. } => Code::SnapshotConflict,
            _ => Code::SnapshotInvalid,
        }
    }

    /// The range of the error in the file, if the file could be read.
    pub fn range(&self) -> Option<Range<usize>> {
        match self {
            SnapshotError::Unreadable(error) => error.range(),
            SnapshotError::NotUtf8 { at } => Some(*at..*at + 1),
            SnapshotError::Conflict { at, .. }
            | SnapshotError::NoHeader { at }
            | SnapshotError::Unterminated { at }
            | SnapshotError::Header { error: ParseError { at, .. } }
            | SnapshotError::Binary { at }
            | SnapshotError::RejectedByInsta { at } => Some(at.clone()),
        }
    }

    pub fn help(&self) -> &'static str {
        match self {
            SnapshotError::Unreadable(ReadError::TooLarge { .. }) => {
                "map less of the response, or ignore or redact its largest field"
            }
            SnapshotError::Unreadable(_) => {
                "make the file readable, or remove it and accept the output again"
            }
            SnapshotError::Conflict { .. } => {
                "run `bedrock-check review`, and accept the new output or keep one of the two sides"
            }
            SnapshotError::Binary { .. } => "remove the file: mapped output is text",
            _ => "restore the file from version control, or remove it and accept the output again",
        }
    }
}

/// Whether the file at `path`, relative to `base`, contains exactly the bytes of `text`. If so, its snapshot is
/// known without [`read`].
pub fn has_exact_text(path: &Path, base: &Base, text: &str) -> bool {
    base.read_bytes(path, text.len() as u64).is_ok_and(|bytes| bytes == text.as_bytes())
}

/// Reads the snapshot at `path`. Returns `None` if there is no such file.
pub fn read(path: &Path) -> Result<Option<Accepted>, SnapshotError> {
    read_from(path, &Base::default())
}

/// Reads the snapshot at `path`, relative to `base`. Returns `None` if there is no such file.
pub fn read_from(path: &Path, base: &Base) -> Result<Option<Accepted>, SnapshotError> {
    let bytes = match base.read_bytes(path, FIXTURE_LIMIT) {
        Ok(bytes) => bytes,
        Err(ReadError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let text = str::from_utf8(&bytes).map_err(|error| SnapshotError::NotUtf8 { at: error.valid_up_to() })?;
    let header = check(text)?;
    drop(bytes);
    let rejected = || SnapshotError::RejectedByInsta { at: header.clone() };
    let snapshot = insta::Snapshot::from_file(&base.locate(path)).map_err(|_| rejected())?;
    let contents = snapshot.as_text().ok_or_else(rejected)?.clone();
    Ok(Some(Accepted { header: header_of(snapshot.metadata()), contents }))
}

/// Checks that insta's reader can read `text`. Returns the range of the header.
fn check(text: &str) -> Result<Range<usize>, SnapshotError> {
    reject_conflict(text)?;
    let header = header_range(text)?;
    let fields = parse_contents(&text[header.clone()]).map_err(|error| {
        let at = header.start + error.at.start..header.start + error.at.end;
        SnapshotError::Header { error: ParseError { at, ..error } }
    })?;
    let binary = Value::String("binary".to_owned());
    if fields.iter().any(|(key, value)| key == "snapshot_kind" && *value == binary) {
        return Err(SnapshotError::Binary { at: header });
    }
    Ok(header)
}

/// Whether `text` contains merge-conflict markers.
pub fn is_in_conflict(text: &str) -> bool {
    reject_conflict(text).is_err()
}

fn reject_conflict(text: &str) -> Result<(), SnapshotError> {
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        if MARKERS.iter().any(|marker| line.starts_with(marker)) {
            return Err(SnapshotError::Conflict {
                line: index + 1,
                at: start..start + line.trim_end().len(),
            });
        }
        start += line.len() + 1;
    }
    Ok(())
}

/// Git's conflict markers. No line of a rendered snapshot starts with one of them.
const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// The range between the first line and the second `---`. insta allows spaces after either `---`.
fn header_range(text: &str) -> Result<Range<usize>, SnapshotError> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        return Err(SnapshotError::NoHeader { at: 0..first.trim_end().len() });
    }
    let mut end = first.len();
    for line in lines {
        if line.trim_end() == "---" {
            return Ok(first.len()..end);
        }
        end += line.len();
    }
    Err(SnapshotError::Unterminated { at: 0..first.trim_end().len() })
}

fn header_of(metadata: &MetaData) -> Header {
    let Some(Content::Map(info)) = metadata.private_info() else { return header_without_info(metadata) };
    let text = |content: &Content| content.as_str().map(str::to_owned);
    let info = info.iter().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect();
    Header { info, ..header_without_info(metadata) }
}

fn header_without_info(metadata: &MetaData) -> Header {
    Header {
        source: metadata.source().unwrap_or_default().to_owned(),
        description: metadata.description().map(str::to_owned),
        expression: metadata.expression().map(str::to_owned),
        info: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_whole;

    #[track_caller]
    fn check_bytes(bytes: &[u8], expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model__case.snap");
        write_whole(&path, bytes).unwrap();
        let error = read(&path).unwrap_err();
        let at = error.range().map_or(String::new(), |range| format!(" at {}..{}", range.start, range.end));
        assert_eq!(format!("{}{at}: {error}", error.code()), expected);
    }

    #[test]
    fn a_file_that_insta_would_misread_is_rejected_with_its_range() {
        for (bytes, expected) in [
            ("", "snapshot-invalid at 0..0: the snapshot has no header: expected `---` in the first line"),
            (
                "a: 1\n",
                "snapshot-invalid at 0..4: the snapshot has no header: expected `---` in the first line",
            ),
            (
                "\u{feff}---\nsource: a\n---\nb\n",
                "snapshot-invalid at 0..6: the snapshot has no header: expected `---` in the first line",
            ),
            (
                "---\nsource: a\n",
                "snapshot-invalid at 0..3: the snapshot's header has no end: expected a second `---`",
            ),
            (
                "---\n---\nb\n",
                "snapshot-invalid at 4..4: the snapshot's header can't be read: expected `name: value`",
            ),
            (
                "---\nsource: .inf\n---\nb\n",
                "snapshot-invalid at 12..16: the snapshot's header can't be read: expected a value, or text in double quotes",
            ),
            (
                "---\nsource: &a b\ninfo: *a\n---\nb\n",
                "snapshot-invalid at 12..16: the snapshot's header can't be read: expected a value, or text in double quotes",
            ),
            (
                "---\nsource: a\nsnapshot_kind: binary\nextension: a/b\n---\n",
                "snapshot-invalid at 4..51: the snapshot is binary",
            ),
            (
                "---\nsource: a\n---\n<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n",
                "snapshot-conflict at 18..30: line 4 is a merge-conflict marker",
            ),
            (
                "---\nsource: a\n=======\nsource: b\n---\n",
                "snapshot-conflict at 14..21: line 3 is a merge-conflict marker",
            ),
        ] {
            check_bytes(bytes.as_bytes(), expected);
        }
        check_bytes(b"---\nsource: \xFF\n---\n", "invalid-utf8 at 12..13: the snapshot is not UTF-8");
    }

    #[test]
    fn deep_nesting_is_rejected_before_insta_recurses() {
        let header = format!("---\ninfo:\n  {}a\n---\n", "- ".repeat(100_000));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        write_whole(&path, header.as_bytes()).unwrap();
        assert!(matches!(read(&path), Err(SnapshotError::Header { .. })));
        let deepest = format!("---\ninfo:\n  {}a\n---\nb: 1\n", "- ".repeat(158));
        write_whole(&path, deepest.as_bytes()).unwrap();
        assert!(read(&path).unwrap().is_some());
    }

    #[test]
    fn a_checkout_with_crlf_reads_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        let text = "---\nsource: a\ninfo:\n  b: \"c\"\n---\ntext: |\n  one\n  two\nn: 1\n";
        write_whole(&path, text.replace('\n', "\r\n").as_bytes()).unwrap();
        let accepted = read(&path).unwrap().unwrap();
        assert_eq!(accepted.text(), "text: |\n  one\n  two\nn: 1");
        assert_eq!(accepted.header.info, [("b".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn a_missing_file_is_not_an_error() {
        assert!(read(Path::new("nowhere/a.snap")).unwrap().is_none());
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        std::fs::File::create(&path).unwrap().set_len(FIXTURE_LIMIT + 1).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.code(), Code::FileTooLarge);
        assert!(error.help().starts_with("map less"));
    }
}
