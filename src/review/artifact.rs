//! Pending files from a CI artifact, which is a folder or a ZIP archive.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::files::archive::{ARCHIVE_LIMIT, Archive, ArchiveError, Entry, EntryKind};
use crate::files::{FIXTURE_LIMIT, ReadError, TemporaryFolder, describe_io_error, read_bytes};

/// An artifact with `.snap.new` files, at any depth.
#[derive(Debug)]
pub struct Artifact {
    folder: Folder,
    /// Paths relative to the folder, by the name of their file.
    files: BTreeMap<OsString, Vec<PathBuf>>,
}

#[derive(Debug)]
enum Folder {
    Given(PathBuf),
    /// A temporary folder, which is removed when the value is dropped.
    Unpacked(TemporaryFolder),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Folder::Given(path) => path,
            Folder::Unpacked(folder) => folder.path(),
        }
    }
}

/// Why an artifact can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("{}", describe_io_error(.0))]
    Io(#[from] io::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("it is neither a folder nor a ZIP archive")]
    NotAnArchive,
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("it contains no `.snap.new` file")]
    Empty,
    #[error("it contains more than {COUNT_LIMIT} `.snap.new` files")]
    TooMany,
    #[error("its `.snap.new` files have more than {} MiB", SIZE_LIMIT >> 20)]
    TooLarge,
    #[error("`{}` is below more than {DEPTH_LIMIT} folders", .0.display())]
    TooDeep(PathBuf),
    #[error("`{}` is not a regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("`{}` is outside the archive", .0.display())]
    Outside(PathBuf),
}

impl Artifact {
    /// Reads a folder, or unpacks an archive.
    pub fn read(path: &Path) -> Result<Artifact, ArtifactError> {
        let folder =
            if path.is_dir() { Folder::Given(path.to_owned()) } else { Folder::Unpacked(unpack(path)?) };
        let files = find_pending_files(folder.path())?;
        if files.is_empty() { Err(ArtifactError::Empty) } else { Ok(Artifact::new(folder, files)) }
    }

    fn new(folder: Folder, paths: Vec<PathBuf>) -> Artifact {
        let mut files: BTreeMap<OsString, Vec<PathBuf>> = BTreeMap::new();
        for path in paths {
            files.entry(path.file_name().unwrap_or_default().to_owned()).or_default().push(path);
        }
        Artifact { folder, files }
    }

    /// Finds the file for `pending`, a path relative to the root. CI systems may remove the folders that all files of an
    /// artifact have in common, so a file also matches if its path is the end of `pending`.
    pub(super) fn find(&self, pending: &Path) -> Option<PathBuf> {
        let longest = self
            .files
            .get(pending.file_name()?)?
            .iter()
            .filter(|file| pending.ends_with(file) || file.ends_with(pending))
            .max_by_key(|file| file.components().count())?;
        Some(self.folder.path().join(longest))
    }
}

/// Symlinks are not followed, because the source of the artifact may not be trusted. Anything that would have to be left
/// out is an error: otherwise a part of the pending snapshots would be accepted without a word about the others.
fn find_pending_files(folder: &Path) -> Result<Vec<PathBuf>, ArtifactError> {
    let relative = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_owned();
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((inner, depth)) = folders.pop() {
        for entry in fs::read_dir(&inner)? {
            let (kind, path) = entry.and_then(|entry| Ok((entry.file_type()?, entry.path())))?;
            if kind.is_dir() && depth == DEPTH_LIMIT {
                return Err(ArtifactError::TooDeep(relative(&path)));
            } else if kind.is_dir() {
                folders.push((path, depth + 1));
            } else if is_pending(&path) {
                if !kind.is_file() {
                    return Err(ArtifactError::NotAFile(relative(&path)));
                }
                files.push(relative(&path));
            }
            if files.len() > COUNT_LIMIT {
                return Err(ArtifactError::TooMany);
            }
        }
    }
    files.sort();
    Ok(files)
}

const DEPTH_LIMIT: usize = 32;
const COUNT_LIMIT: usize = 20_000;

/// The maximum size of the pending files in an archive, in bytes.
const SIZE_LIMIT: u64 = 1 << 30;

/// Unpacks the pending files of the archive at `path` into a temporary folder. Other files are not unpacked.
fn unpack(path: &Path) -> Result<TemporaryFolder, ArtifactError> {
    let bytes = read_bytes(path, ARCHIVE_LIMIT)?;
    TemporaryFolder::remove_leftovers();
    let folder = TemporaryFolder::new()?;
    let archive = Archive::read(&bytes).map_err(|_| ArtifactError::NotAnArchive)?;
    let entries = archive.entries()?;
    let is_of_snapshot =
        |entry: &Entry| entry.kind != EntryKind::Folder && is_pending(Path::new(&entry.name));
    let pending: Vec<Entry> = entries.into_iter().filter(is_of_snapshot).collect();
    if pending.len() > COUNT_LIMIT {
        return Err(ArtifactError::TooMany);
    }
    let mut size = 0;
    for entry in pending {
        let path = PathBuf::from(entry.name.replace('\\', "/"));
        if entry.kind != EntryKind::File {
            return Err(ArtifactError::NotAFile(path));
        }
        if !is_inside_folder(&path) {
            return Err(ArtifactError::Outside(path));
        }
        if path.components().count() > DEPTH_LIMIT + 1 {
            return Err(ArtifactError::TooDeep(path));
        }
        let text = archive.unpack(&entry, FIXTURE_LIMIT)?;
        size += text.len() as u64;
        if size > SIZE_LIMIT {
            return Err(ArtifactError::TooLarge);
        }
        folder.write(&path, &text)?;
    }
    Ok(folder)
}

fn is_inside_folder(name: &Path) -> bool {
    name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Whether `path` has the name of a pending snapshot.
pub fn is_pending(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".snap.new"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_the_end_of_their_path() {
        let artifact = |files: &[&str]| {
            Artifact::new(Folder::Given("d".into()), files.iter().map(PathBuf::from).collect())
        };
        let pending = Path::new("models/snapshots/a.snap.new");
        for (files, expected) in [
            (&["models/snapshots/a.snap.new", "a.snap.new"][..], Some("d/models/snapshots/a.snap.new")),
            (&["a.snap.new"], Some("d/a.snap.new")),
            (&["out/models/snapshots/a.snap.new"], Some("d/out/models/snapshots/a.snap.new")),
            (&["other/snapshots/a.snap.new", "ba.snap.new"], None),
        ] {
            assert_eq!(artifact(files).find(pending).as_deref(), expected.map(Path::new), "{files:?}");
        }
    }
}
