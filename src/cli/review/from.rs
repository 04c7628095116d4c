//! `accept --from`: what CI kept, unpacked if it is an archive.

use std::path::{Component, Path};

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use rawzip::{CompressionMethod, ZipArchive};
use tempfile::TempDir;

use super::super::Failure;
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

const ARCHIVE_LIMIT: u64 = 512 * 1024 * 1024;

/// Writes the pending files of an archive below `folder`. Everything else in it is left where it is.
fn unpack(bytes: &[u8], folder: &Path) -> Result<(), String> {
    let archive = ZipArchive::from_slice(bytes).map_err(|_| "it is neither a folder nor a ZIP archive")?;
    let told = |error: rawzip::Error| format!("the archive is damaged: {error}");
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(told)? {
        let name = entry.file_path().try_normalize().map_err(told)?.as_str().to_owned();
        let name = Path::new(&name);
        if entry.is_dir() || !is_pending(name) || !stays_inside(name) {
            continue;
        }
        let found = archive.get_entry(entry.wayfinder()).map_err(told)?;
        let text = inflated(entry.compression_method(), found.data())
            .filter(|text| crc32fast::hash(text) == entry.crc32())
            .ok_or_else(|| format!("`{}` can't be unpacked from the archive", name.display()))?;
        write_whole(&folder.join(name), &text).map_err(|cause| reason(&cause))?;
    }
    Ok(())
}

fn stays_inside(name: &Path) -> bool {
    name.components().all(|part| matches!(part, Component::Normal(_)))
}

/// `None` for another method, damage, and what is larger than any snapshot may be.
fn inflated(method: CompressionMethod, data: &[u8]) -> Option<Vec<u8>> {
    let limit = usize::try_from(FIXTURE_LIMIT).unwrap_or(usize::MAX);
    match method {
        CompressionMethod::STORE => Some(data.to_vec()).filter(|data| data.len() <= limit),
        CompressionMethod::DEFLATE => decompress_to_vec_with_limit(data, limit).ok(),
        _ => None,
    }
}

pub(super) fn failed(path: &Path, why: &str) -> Failure {
    Failure::Usage { message: format!("`--from {}`: {why}", path.display()), help: None }
}
