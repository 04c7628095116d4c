use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A file that findings point into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// A position in a text. Both numbers count from 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

/// The files that findings point into, with the text of those that could be read.
///
/// The threads of a run share it. A file is added once and keeps its id.
#[derive(Debug, Default)]
pub struct Sources {
    files: Mutex<Vec<Source>>,
}

#[derive(Clone, Debug)]
struct Source {
    path: PathBuf,
    text: Arc<str>,
}

impl Sources {
    /// Adds a file. `path` is printed unchanged, so pass it as the user would write it.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let mut files = self.lock();
        let id = u32::try_from(files.len()).expect("fewer than 2^32 files");
        files.push(Source { path: path.into(), text: text.into() });
        FileId(id)
    }

    pub fn path(&self, file: FileId) -> PathBuf {
        self.lock()[file.0 as usize].path.clone()
    }

    /// The text of a file. Empty if the file could not be read as text.
    pub fn text(&self, file: FileId) -> Arc<str> {
        self.lock()[file.0 as usize].text.clone()
    }

    /// Drops the text of a file that no finding points into.
    pub fn release(&self, file: FileId) {
        self.lock()[file.0 as usize].text = Arc::from("");
    }

    /// Replaces the text of a file: by a text that was released before, or by one without secrets.
    pub fn replace(&self, file: FileId, text: impl Into<Arc<str>>) {
        self.lock()[file.0 as usize].text = text.into();
    }

    /// Finds the file that was added with `path`.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        let index = self.lock().iter().position(|source| source.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Source>> {
        self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl LineColumn {
    /// The position of byte `offset` in `text`. An offset after the end means the end.
    pub fn at_offset(text: &str, offset: usize) -> LineColumn {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        LineColumn { line, column: before[line_start..].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::LineColumn;

    #[test]
    fn lines_and_columns_are_counted_from_one_in_characters() {
        let text = "a\nbü c\r\n";
        for (offset, line, column) in [(0, 1, 1), (2, 2, 1), (5, 2, 3), (9, 3, 1), (99, 3, 1)] {
            assert_eq!(LineColumn::at_offset(text, offset), LineColumn { line, column }, "offset {offset}");
        }
    }
}
