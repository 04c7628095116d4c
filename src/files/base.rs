//! The folder that relative paths are resolved from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::read::{ReadError, read_bytes, read_text};

/// The folder that relative paths are resolved from. Messages show the original path, so a run for a folder reports the
/// same paths as a run inside it. The default is the working directory of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(Arc<Path>);

impl Default for Base {
    fn default() -> Base {
        Base::new(Path::new(""))
    }
}

impl Base {
    pub fn new(folder: impl Into<Arc<Path>>) -> Base {
        Base(folder.into())
    }

    /// Resolves `path` from this folder. An absolute path is returned unchanged.
    pub fn locate(&self, path: &Path) -> PathBuf {
        self.0.join(path)
    }

    /// The form of an absolute `path` for messages: relative to this folder if it is below it.
    pub fn display_path<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.0).unwrap_or(path)
    }

    /// Like [`read_text`](super::read_text). An error names the original `path`.
    pub fn read_text(&self, path: &Path, limit: u64) -> Result<String, ReadError> {
        read_text(&self.locate(path), limit).map_err(|error| error.with_path(path))
    }

    /// Like [`read_bytes`](super::read_bytes). An error names the original `path`.
    pub fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        read_bytes(&self.locate(path), limit).map_err(|error| error.with_path(path))
    }

    /// Like [`read_lossy`](super::read_lossy).
    pub fn read_lossy(&self, path: &Path, limit: u64) -> String {
        super::read_lossy(&self.locate(path), limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write_whole;

    #[test]
    fn paths_are_resolved_from_the_base_and_reported_as_given() {
        let folder = tempfile::tempdir().unwrap();
        write_whole(&folder.path().join("a/b.txt"), b"text").unwrap();
        let base = Base::new(folder.path());
        assert_eq!(base.read_text(Path::new("a/b.txt"), 10).unwrap(), "text");
        assert_eq!(base.read_lossy(Path::new("./a/b.txt"), 10), "text");
        let missing = base.read_bytes(Path::new("a/c.txt"), 10).unwrap_err();
        assert_eq!(missing.to_string(), "there is no `a/c.txt`");
        let absolute = folder.path().join("a/b.txt");
        assert_eq!(base.read_bytes(&absolute, 10).unwrap(), b"text");
    }
}
