//! The files that an import reads and writes.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use super::plan::Import;
use super::recording::{ErrorKind, ImportError, Recording, read_recording};
use crate::diagnose::{LineColumn, secrets};
use crate::files::fence::Fence;
use crate::files::{self, FIXTURE_LIMIT, ReadError, layout};

/// Name of the config that an import writes.
const CONFIG: &str = "imported.bedrock.toml";

/// The files named, and the `.json` files of the folders named, sorted.
pub fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ignore::Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in ignore::WalkBuilder::new(path).require_git(false).build() {
            let file = entry?.into_path();
            if file.extension().is_some_and(|extension| extension == "json") {
                files.push(file);
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Why a file gives no case.
#[derive(Debug, thiserror::Error)]
pub enum LeftOut {
    #[error(transparent)]
    File(#[from] ReadError),
    #[error(transparent)]
    Recording(#[from] ImportError),
}

impl LeftOut {
    /// A recording of some other operation is left out rightly; anything else is lost.
    pub fn is_broken(&self) -> bool {
        !matches!(self, LeftOut::Recording(ImportError { kind: ErrorKind::Operation(_), .. }))
    }
}

/// The recordings of `paths`, each with the name of its file, and the reasons for the files without one.
pub fn read_all(paths: &[PathBuf]) -> (Vec<(String, Recording)>, Vec<LeftOut>) {
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    for path in paths {
        match read(path) {
            Ok(recording) => found.push((name(path), recording)),
            Err(why) => left_out.push(why),
        }
    }
    (found, left_out)
}

/// The exchange that a file holds.
pub fn read(path: &Path) -> Result<Recording, LeftOut> {
    let text = files::read_text(path, FIXTURE_LIMIT)?;
    Ok(read_recording(&text, &path.display().to_string())?)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Why nothing was written, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    /// What somebody recorded may hold what nobody should commit.
    #[error("{secret} would be written to `{}:{}:{}`", path.display(), at.line, at.column)]
    Secret { secret: &'static str, path: PathBuf, at: LineColumn },
    /// A link would have the file written elsewhere.
    #[error("`{}` leads out of `{}`", path.display(), folder.display())]
    OutsideFolder { path: PathBuf, folder: PathBuf },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl WriteError {
    pub fn help(&self) -> Option<&'static str> {
        match self {
            WriteError::Exists(_) => Some("name another folder, or replace what is there with `--force`"),
            WriteError::Secret { .. } => {
                Some("revoke it, take it out of the recording, and import again; nothing was written")
            }
            WriteError::OutsideFolder { .. } => {
                Some("remove the link, or name another folder; nothing was written")
            }
            WriteError::Io(_) => None,
        }
    }
}

/// Writes the config, its fixtures and its data files to `folder`, and returns the path of the config.
///
/// The config is written last, so that it never names what isn't there.
pub fn write(import: &Import, folder: &Path, force: bool) -> Result<PathBuf, WriteError> {
    let config = folder.join(CONFIG);
    let mut files = vec![(config.clone(), import.config_text.clone())];
    for imported in &import.fixtures {
        let path = layout::fixture(&config, &imported.model, &imported.case);
        files.push((path, imported.fixture.render()));
    }
    files.extend(import.files.iter().map(|file| (folder.join(&file.path), file.text.clone())));
    refuse_existing(&files, force)?;
    refuse_secrets(&files)?;
    refuse_links(&files, folder)?;
    for (path, text) in files.iter().rev() {
        files::write_whole(path, text.as_bytes())?;
    }
    Ok(config)
}

fn refuse_existing(files: &[(PathBuf, String)], force: bool) -> Result<(), WriteError> {
    let mut seen = HashSet::new();
    match files.iter().find(|(path, _)| (!force && path.exists()) || !seen.insert(path)) {
        None => Ok(()),
        Some((path, _)) => Err(WriteError::Exists(path.clone())),
    }
}

fn refuse_secrets(files: &[(PathBuf, String)]) -> Result<(), WriteError> {
    for (path, text) in files {
        if let Some(secret) = secrets(text).first() {
            let at = LineColumn::of(text, secret.at.start);
            return Err(WriteError::Secret { secret: secret.name, path: path.clone(), at });
        }
    }
    Ok(())
}

fn refuse_links(files: &[(PathBuf, String)], folder: &Path) -> Result<(), WriteError> {
    let fence = Fence::new(folder);
    match files.iter().find(|(path, _)| !fence.holds(path, folder)) {
        None => Ok(()),
        Some((path, _)) => Err(WriteError::OutsideFolder { path: path.clone(), folder: folder.to_owned() }),
    }
}
