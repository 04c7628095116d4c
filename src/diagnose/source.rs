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
    /// The index of the text, from the first time that a position in it is asked for.
    lines: Option<LineIndex>,
}

/// Finds the line and column of a byte without reading the text from its start.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// The position of every `STRIDE`-th byte of the text, or of the first character boundary before it.
    checkpoints: Vec<LineColumn>,
}

/// The bytes between two checkpoints: few enough to be read for each position, and enough to keep the index small
/// if each byte is a line.
const STRIDE: usize = 1024;

impl Sources {
    /// Adds a file. `path` is printed unchanged, so pass it as the user would write it.
    pub fn add(&self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let mut files = self.lock();
        let id = u32::try_from(files.len()).expect("fewer than 2^32 files");
        files.push(Source { path: path.into(), text: text.into(), lines: None });
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
        self.replace(file, "");
    }

    /// Replaces the text of a file: by a text that was released before, or by one without secrets.
    pub fn replace(&self, file: FileId, text: impl Into<Arc<str>>) {
        let source = &mut self.lock()[file.0 as usize];
        (source.text, source.lines) = (text.into(), None);
    }

    /// The position of byte `offset` in the text of `file`. An offset after the end means the end.
    pub fn position(&self, file: FileId, offset: usize) -> LineColumn {
        let Source { text, lines, .. } = &mut self.lock()[file.0 as usize];
        lines.get_or_insert_with(|| LineIndex::new(text)).position(text, offset)
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

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let mut at = LineColumn::START;
        let mut start = 0;
        let mut checkpoints = vec![at];
        while checkpoints.len() * STRIDE <= text.len() {
            let end = text.floor_char_boundary(checkpoints.len() * STRIDE);
            at = at.after(&text[start..end]);
            checkpoints.push(at);
            start = end;
        }
        LineIndex { checkpoints }
    }

    /// The position of byte `offset` in `text`, which is the text of the index. An offset after the end, or within a
    /// character, means the end.
    pub fn position(&self, text: &str, offset: usize) -> LineColumn {
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        let checkpoint = (offset / STRIDE).min(self.checkpoints.len() - 1);
        let start = text.floor_char_boundary(checkpoint * STRIDE);
        self.checkpoints[checkpoint].after(&text[start..offset])
    }
}

impl LineColumn {
    const START: LineColumn = LineColumn { line: 1, column: 1 };

    /// The position of byte `offset` in `text`. For several positions in a text, use [`LineIndex`].
    pub fn at_offset(text: &str, offset: usize) -> LineColumn {
        LineColumn::START.after(text.get(..offset).unwrap_or(text))
    }

    /// The position after `text` that begins at this position.
    fn after(self, text: &str) -> LineColumn {
        let newlines = text.bytes().filter(|byte| *byte == b'\n').count();
        match text.rfind('\n') {
            None => LineColumn { column: self.column + text.chars().count(), ..self },
            Some(newline) => {
                LineColumn { line: self.line + newlines, column: text[newline + 1..].chars().count() + 1 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LineColumn, LineIndex, STRIDE, Sources};

    #[test]
    fn lines_and_columns_are_counted_from_one_in_characters() {
        let text = "a\nbü c\r\n";
        for (offset, line, column) in [(0, 1, 1), (2, 2, 1), (5, 2, 3), (9, 3, 1), (99, 3, 1)] {
            assert_eq!(LineColumn::at_offset(text, offset), LineColumn { line, column }, "offset {offset}");
        }
    }

    #[test]
    fn the_index_finds_the_same_positions() {
        let mixed = "a\nbü c\r\n€€€\n\n".repeat(STRIDE);
        let texts = [String::new(), "\n".repeat(STRIDE), "ü".repeat(3 * STRIDE), "€\n".repeat(STRIDE), mixed];
        for text in texts {
            let index = LineIndex::new(&text);
            for offset in (0..text.len() + 2).filter(|offset| offset % STRIDE < 9 || offset % 97 == 0) {
                let expected = LineColumn::at_offset(&text, offset);
                assert_eq!(index.position(&text, offset), expected, "offset {offset} of {text:.20}");
            }
        }
    }

    #[test]
    fn a_new_text_is_indexed_again() {
        let sources = Sources::default();
        let file = sources.add("file", "a\nb");
        assert_eq!(sources.position(file, 2), LineColumn { line: 2, column: 1 });
        sources.replace(file, "abc\nd");
        assert_eq!(sources.position(file, 2), LineColumn { line: 1, column: 3 });
        sources.release(file);
        assert_eq!(sources.position(file, 2), LineColumn { line: 1, column: 1 });
    }
}
