//! Checks the path that a bundle is written to.

use std::path::{Path, PathBuf};

use super::verify::is_bundle;
use crate::files::Base;
use crate::files::archive::ARCHIVE_LIMIT;

/// Why a bundle can't be written to a path.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("`--output {}`: expected the path of a file", .0.display())]
    NotAFile(PathBuf),
    #[error("`--output {}` exists and is not a bundle", .0.display())]
    NotABundle(PathBuf),
}

impl TargetError {
    pub fn help(&self) -> &'static str {
        match self {
            TargetError::NotAFile(_) => "name a file, such as `evidence.zip`",
            TargetError::NotABundle(_) => "name another file; only a bundle or an empty file is replaced",
        }
    }
}

/// The absolute path of the bundle, if the file there may be replaced: only an empty file or another bundle may.
pub fn check_target(path: &Path, base: &Base) -> Result<PathBuf, TargetError> {
    let located = base.locate(path);
    if path == Path::new("-") || located.is_dir() {
        return Err(TargetError::NotAFile(path.to_owned()));
    }
    if located.exists() && !is_replaceable(&located, base) {
        return Err(TargetError::NotABundle(path.to_owned()));
    }
    Ok(located)
}

fn is_replaceable(path: &Path, base: &Base) -> bool {
    let bytes = path.is_file().then(|| base.read_bytes(path, ARCHIVE_LIMIT));
    bytes.is_some_and(|bytes| bytes.is_ok_and(|bytes| bytes.is_empty() || is_bundle(&bytes)))
}
