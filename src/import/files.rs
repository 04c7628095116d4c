//! Reads recordings, and writes the files of an import.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::plan::Import;
use super::recording::{ErrorKind, ImportError, Recording, read_recording};
use crate::config::discover::{DiscoverError, find_files};
use crate::diagnose::{LineColumn, secrets};
use crate::files::fence::Fence;
use crate::files::{self, FIXTURE_LIMIT, layout};

/// The name of the config that an import writes.
const CONFIG: &str = "imported.bedrock.toml";

/// The files in `paths`, and the `.json` files in the folders in `paths`, sorted.
pub fn find_recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, DiscoverError> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let is_json = |name: &OsStr| Path::new(name).extension().is_some_and(|extension| extension == "json");
        files.extend(find_files(path, is_json)?);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Why a file can't become a case.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    File(#[from] files::ReadError),
    #[error(transparent)]
    Recording(#[from] ImportError),
}

impl ReadError {
    /// Whether the file is invalid. A recording of an operation that calls no model is valid, and only skipped.
    pub fn is_invalid(&self) -> bool {
        !matches!(self, ReadError::Recording(ImportError { kind: ErrorKind::Operation(_), .. }))
    }
}

/// Reads the recordings at `paths`. Returns each with the name of its file, and an error for each file that can't
/// become a case.
pub fn read_all(paths: &[PathBuf]) -> (Vec<(String, Recording)>, Vec<ReadError>) {
    let (mut recordings, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match read(path) {
            Ok(recording) => recordings.push((file_stem(path), recording)),
            Err(error) => errors.push(error),
        }
    }
    (recordings, errors)
}

/// Reads the recording in the file at `path`.
pub fn read(path: &Path) -> Result<Recording, ReadError> {
    let text = files::read_text(path, FIXTURE_LIMIT)?;
    Ok(read_recording(&text, &path.display().to_string())?)
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Why an import could not be written, or only in part.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("`{}` already exists", .0.display())]
    Exists(PathBuf),
    /// A recording contains a secret, which must not be committed.
    #[error("{secret} would be written to `{}:{}:{}`", path.display(), at.line, at.column)]
    Secret { secret: &'static str, path: PathBuf, at: LineColumn },
    /// Because of a symlink, the file would be written to another folder.
    #[error("`{}` points outside `{}`", path.display(), folder.display())]
    OutsideFolder { path: PathBuf, folder: PathBuf },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl WriteError {
    pub fn help(&self) -> Option<&'static str> {
        match self {
            WriteError::Exists(_) => Some("name another folder, or overwrite the files with `--force`"),
            WriteError::Secret { .. } => {
                Some("revoke it, remove it from the recording, and import again; nothing was written")
            }
            WriteError::OutsideFolder { .. } => {
                Some("remove the symlink, or name another folder; nothing was written")
            }
            WriteError::Io(_) => None,
        }
    }
}

/// Writes the config, its fixtures and its data files to `folder`, and returns the path of the config.
///
/// The config is written last, so that it never refers to a file that doesn't exist.
pub fn write(import: &Import, folder: &Path, force: bool) -> Result<PathBuf, WriteError> {
    let config = folder.join(CONFIG);
    let mut files = vec![(config.clone(), import.config_text.clone())];
    for imported in &import.fixtures {
        let path = layout::fixture_path(&config, &imported.model, &imported.case);
        files.push((path, imported.fixture.render()));
    }
    files.extend(import.files.iter().map(|file| (folder.join(&file.path), file.text.clone())));
    check_existing(&files, force)?;
    check_secrets(&files)?;
    let fence = Fence::new(folder);
    check_symlinks(&files, folder, &fence)?;
    files::remove_leftovers_beside(files.iter().map(|(path, _)| path.as_path()));
    for (path, text) in files.iter().rev() {
        fence.place(path, folder)?.write(text.as_bytes())?;
    }
    Ok(config)
}

fn check_existing(files: &[(PathBuf, String)], force: bool) -> Result<(), WriteError> {
    let mut seen = HashSet::new();
    match files.iter().find(|(path, _)| (!force && path.exists()) || !seen.insert(path)) {
        None => Ok(()),
        Some((path, _)) => Err(WriteError::Exists(path.clone())),
    }
}

fn check_secrets(files: &[(PathBuf, String)]) -> Result<(), WriteError> {
    for (path, text) in files {
        if let Some(secret) = secrets(text).first() {
            let at = LineColumn::at_offset(text, secret.at.start);
            return Err(WriteError::Secret { secret: secret.name, path: path.clone(), at });
        }
    }
    Ok(())
}

fn check_symlinks(files: &[(PathBuf, String)], folder: &Path, fence: &Fence) -> Result<(), WriteError> {
    match files.iter().find(|(path, _)| !fence.allows(path, folder)) {
        None => Ok(()),
        Some((path, _)) => Err(WriteError::OutsideFolder { path: path.clone(), folder: folder.to_owned() }),
    }
}
