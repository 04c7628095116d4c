//! Packs a bundle. The same files and conditions produce the same bytes.

use std::collections::BTreeMap;
use std::io;

use super::manifest::{ListedFile, MANIFEST, Manifest, ManifestError, sha256};
use super::mask::MaskedFile;
use super::name::{NameError, Names};
use super::verify::{FILE_LIMIT, TOTAL_LIMIT};
use crate::files::archive::{ARCHIVE_LIMIT, ArchiveWriter, COUNT_LIMIT};

/// Why files can't be packed: `verify` would refuse the bundle.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("`{name}` can't be in a bundle because of its name: {why}")]
    Name { name: String, why: NameError },
    #[error("`{name}` is larger than the {} MiB that a file of a bundle may have", FILE_LIMIT >> 20)]
    FileTooLarge { name: String },
    #[error("the bundle would contain more than {} MiB", TOTAL_LIMIT >> 20)]
    TooLarge,
    #[error("the bundle would contain more than {COUNT_LIMIT} files")]
    TooMany,
    #[error("the archive would be larger than {} MiB", ARCHIVE_LIMIT >> 20)]
    ArchiveTooLarge,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("the archive can't be written: {0}")]
    Archive(#[from] io::Error),
}

/// Lists `files` in `manifest` and packs both.
pub fn pack(manifest: &mut Manifest, files: &BTreeMap<String, MaskedFile>) -> Result<Vec<u8>, PackError> {
    check_limits(files)?;
    manifest.check()?;
    manifest.files = files.iter().map(|(path, file)| list_file(path, file)).collect();
    let mut archive = ArchiveWriter::default();
    archive.add(MANIFEST, manifest.render().as_bytes())?;
    for (name, file) in files {
        archive.add(name, &file.bytes)?;
    }
    let bytes = archive.finish()?;
    if bytes.len() as u64 > ARCHIVE_LIMIT { Err(PackError::ArchiveTooLarge) } else { Ok(bytes) }
}

fn list_file(path: &str, file: &MaskedFile) -> ListedFile {
    ListedFile {
        path: path.to_owned(),
        size: file.bytes.len() as u64,
        sha256: sha256(&file.bytes),
        masked: file.changed,
    }
}

fn check_limits(files: &BTreeMap<String, MaskedFile>) -> Result<(), PackError> {
    if files.len() >= COUNT_LIMIT {
        return Err(PackError::TooMany);
    }
    let mut names = Names::default();
    let mut total = 0;
    for (name, file) in files {
        names.insert(name).map_err(|why| PackError::Name { name: name.clone(), why })?;
        let size = file.bytes.len() as u64;
        total += size;
        if size > FILE_LIMIT {
            return Err(PackError::FileTooLarge { name: name.clone() });
        }
    }
    // The remaining `FILE_LIMIT` bytes are enough for the manifest.
    if total > TOTAL_LIMIT - FILE_LIMIT { Err(PackError::TooLarge) } else { Ok(()) }
}
