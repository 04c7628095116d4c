//! An advisory lock on a folder: only one process at a time holds it. It ends with the process, however that ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// The lock on a folder, until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    _handle: File,
}

impl FolderLock {
    /// Locks `folder`, unless another process holds its lock: then `None`. Some file systems can't lock.
    pub fn try_acquire(folder: &Path) -> io::Result<Option<FolderLock>> {
        let handle = open(folder)?;
        match handle.try_lock() {
            Ok(()) => Ok(Some(FolderLock { _handle: handle })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(cause),
        }
    }
}

/// Unix systems can lock the folder itself, so that no file is needed.
#[cfg(unix)]
use super::read::open;

/// Other systems lock an empty file in the folder for temporary files. Its name is made from the path of `folder`.
#[cfg(not(unix))]
fn open(folder: &Path) -> io::Result<File> {
    use sha2::{Digest as _, Sha256};
    let path = folder.canonicalize()?;
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let name = format!("bedrock-check-{}.lock", data_encoding::HEXLOWER.encode(&hash[..16]));
    File::options().write(true).create(true).truncate(false).open(std::env::temp_dir().join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_until_the_lock_is_dropped() {
        let [one, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let lock = FolderLock::try_acquire(one.path()).unwrap().expect("a free lock");
        assert!(FolderLock::try_acquire(one.path()).unwrap().is_none());
        assert!(FolderLock::try_acquire(other.path()).unwrap().is_some());
        drop(lock);
        assert!(FolderLock::try_acquire(one.path()).unwrap().is_some());
        assert!(FolderLock::try_acquire(&one.path().join("missing")).is_err());
    }
}
