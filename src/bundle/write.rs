//! Packs a bundle. The same files and conditions produce the same bytes.

use std::collections::BTreeMap;
use std::io;

use super::manifest::{Listed, MANIFEST, Manifest, ManifestError, sha256};
use super::name::{NameError, Names};
use super::redact::Redacted;
use super::verify::{FILE_LIMIT, TOTAL_LIMIT};
use crate::files::archive::{ARCHIVE_LIMIT, COUNT_LIMIT, Writer};

/// Why files can't be packed: `verify` would refuse the bundle.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("`{name}` can't be in a bundle by its name: {why}")]
    Name { name: String, why: NameError },
    #[error("`{name}` is larger than the {} MiB that a file of a bundle may have", FILE_LIMIT >> 20)]
    FileTooLarge { name: String },
    #[error("the bundle would hold more than {} MiB", TOTAL_LIMIT >> 20)]
    TooLarge,
    #[error("the bundle would hold more than {COUNT_LIMIT} files")]
    TooMany,
    #[error("the archive would be larger than {} MiB", ARCHIVE_LIMIT >> 20)]
    ArchiveTooLarge,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("the archive can't be written: {0}")]
    Archive(#[from] io::Error),
}

/// Lists `files` in `manifest` and packs both.
pub fn write(manifest: &mut Manifest, files: &BTreeMap<String, Redacted>) -> Result<Vec<u8>, WriteError> {
    check(files)?;
    manifest.check()?;
    manifest.files = files.iter().map(|(path, file)| listed(path, file)).collect();
    let mut archive = Writer::default();
    archive.add(MANIFEST, manifest.render().as_bytes())?;
    for (name, file) in files {
        archive.add(name, &file.bytes)?;
    }
    let bytes = archive.finish()?;
    if bytes.len() as u64 > ARCHIVE_LIMIT { Err(WriteError::ArchiveTooLarge) } else { Ok(bytes) }
}

fn listed(path: &str, file: &Redacted) -> Listed {
    Listed {
        path: path.to_owned(),
        size: file.bytes.len() as u64,
        sha256: sha256(&file.bytes),
        redacted: file.changed,
    }
}

fn check(files: &BTreeMap<String, Redacted>) -> Result<(), WriteError> {
    if files.len() >= COUNT_LIMIT {
        return Err(WriteError::TooMany);
    }
    let mut names = Names::default();
    let mut total = 0;
    for (name, file) in files {
        names.take(name).map_err(|why| WriteError::Name { name: name.clone(), why })?;
        let size = file.bytes.len() as u64;
        total += size;
        if size > FILE_LIMIT {
            return Err(WriteError::FileTooLarge { name: name.clone() });
        }
    }
    // The remaining `FILE_LIMIT` bytes are enough for the manifest.
    if total > TOTAL_LIMIT - FILE_LIMIT { Err(WriteError::TooLarge) } else { Ok(()) }
}
