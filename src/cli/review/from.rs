//! `accept --from`: what CI kept, unpacked if it is an archive.

use std::path::{Component, Path};

use tempfile::TempDir;

use crate::cli::Failure;
use crate::files::archive::{ARCHIVE_LIMIT, Archive, Kind};
use crate::files::{FIXTURE_LIMIT, read_bytes, reason, write_whole};
use crate::review::is_pending;

/// The archive at `path` unpacked; `None` if it is a folder.
pub(super) fn unpacked(path: &Path) -> Result<Option<TempDir>, Failure> {
    if path.is_dir() {
        return Ok(None);
    }
    let bytes = read_bytes(path, ARCHIVE_LIMIT).map_err(|cause| failed(path, &cause.to_string()))?;
    let folder = tempfile::tempdir().map_err(|cause| failed(path, &reason(&cause)))?;
    unpack(&bytes, folder.path()).map_err(|why| failed(path, &why))?;
    Ok(Some(folder))
}

/// Writes the pending files of an archive below `folder`. Everything else in it is left where it is.
fn unpack(bytes: &[u8], folder: &Path) -> Result<(), String> {
    let archive = Archive::read(bytes).map_err(|_| "it is neither a folder nor a ZIP archive")?;
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let name = entry.name.replace('\\', "/");
        let name = Path::new(&name);
        if entry.kind == Kind::File && is_pending(name) && stays_inside(name) {
            let text = archive.contents(&entry, FIXTURE_LIMIT).map_err(|error| error.to_string())?;
            write_whole(&folder.join(name), &text).map_err(|cause| reason(&cause))?;
        }
    }
    Ok(())
}

fn stays_inside(name: &Path) -> bool {
    name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

pub(super) fn failed(path: &Path, why: &str) -> Failure {
    Failure::Usage { message: format!("`--from {}`: {why}", path.display()), help: None }
}
