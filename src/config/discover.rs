//! Finds the config files for the paths of a command.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Walk, WalkBuilder};

use super::root::Root;
use crate::diagnose::excerpt;
use crate::files::{self, Base, ReadError};
use crate::pattern::{self, PatternError};

/// Why the search of a folder failed.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    #[error("`exclude`: `{glob}` is not a glob: {reason}")]
    Glob { glob: String, reason: String },
    #[error("can't search the folder: {0}")]
    Walk(ignore::Error),
    #[error("`{}`, line {line}: {cause}", .path.display())]
    IgnoreFile { path: PathBuf, line: usize, cause: PatternError },
    #[error("{0}")]
    UnreadableIgnoreFile(ReadError),
}

/// The config files that a search found.
#[derive(Debug)]
pub struct Found {
    /// Sorted, without duplicates.
    pub files: Vec<PathBuf>,
    /// How many files `exclude` left out.
    pub excluded: usize,
}

/// Finds the config files at `paths`, relative to `base`.
///
/// The path of a file is returned even if the file doesn't exist: reading it reports that. A folder is searched
/// for `bedrock.toml` and `*.bedrock.toml`, except in hidden folders, in paths that git ignores, and in paths
/// that match `exclude` (globs as in a `.gitignore` at the root). Without paths, the current folder is searched.
pub fn discover(
    paths: &[PathBuf],
    base: &Base,
    exclude: &[String],
    root: &Root,
) -> Result<Found, DiscoverError> {
    let exclusion = build_exclusion(exclude)?;
    let is_excluded =
        |file: &Path| exclusion.matched_path_or_any_parents(root.relative(file), false).is_ignore();
    let here = [PathBuf::from(".")];
    let (mut files, mut excluded) = (Vec::new(), Vec::new());
    for path in if paths.is_empty() { &here[..] } else { paths } {
        if base.locate(path).is_dir() {
            walk(path, base, |file| {
                let list = if is_excluded(&file) { &mut excluded } else { &mut files };
                list.push(strip_current_folder(file));
            })?;
        } else {
            files.push(strip_current_folder(path.clone()));
        }
    }
    for list in [&mut files, &mut excluded] {
        list.sort();
        list.dedup();
        if paths.len() > 1 {
            remove_aliases(list, base);
        }
    }
    Ok(Found { files, excluded: excluded.len() })
}

/// Calls `take` with each config file in `folder`.
fn walk(folder: &Path, base: &Base, mut take: impl FnMut(PathBuf)) -> Result<(), DiscoverError> {
    let searched = base.locate(folder);
    let is_config = |name: &OsStr| is_config(&name.to_string_lossy());
    for file in find_files(&searched, is_config)? {
        take(folder.join(file.strip_prefix(&searched).unwrap_or(&file)));
    }
    Ok(())
}

/// The files in `folder` whose names are wanted, except in hidden folders and in paths that git ignores.
pub fn find_files(folder: &Path, is_wanted: impl Fn(&OsStr) -> bool) -> Result<Vec<PathBuf>, DiscoverError> {
    let mut files = Vec::new();
    let refused = Refused::default();
    for entry in build_walk(folder, &refused) {
        let entry = entry.map_err(DiscoverError::Walk)?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && is_wanted(entry.file_name()) {
            files.push(entry.into_path());
        }
    }
    refused.into_result()?;
    Ok(files)
}

/// The first file of ignored paths that is over a limit. Its folder is not searched.
#[derive(Clone, Default)]
struct Refused(Arc<Mutex<Option<DiscoverError>>>);

impl Refused {
    fn allows(&self, folder: &Path) -> bool {
        let Err(error) = check_ignore_files(folder) else { return true };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        false
    }

    fn into_result(self) -> Result<(), DiscoverError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// Searches `folder` without the paths that git ignores.
fn build_walk(folder: &Path, refused: &Refused) -> Walk {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let is_allowed = whole.ancestors().all(|above| refused.allows(above));
    let refused = refused.clone();
    let mut walk = WalkBuilder::new(folder);
    walk.require_git(false).parents(is_allowed).max_depth((!is_allowed).then_some(0));
    walk.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        is_allowed && (!is_folder || refused.allows(entry.path()))
    });
    walk.build()
}

/// The files of ignored paths that the walk reads in each folder.
const IGNORE_FILES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];

/// The maximum size of a file of ignored paths.
pub const IGNORE_FILE_LIMIT: u64 = 1 << 20;

/// Checks the limits of the globs that the walk reads in `folder`. `ignore` passes them to `globset` unchecked.
fn check_ignore_files(folder: &Path) -> Result<(), DiscoverError> {
    for path in IGNORE_FILES.map(|name| folder.join(name)) {
        let globs = match files::read_bytes(&path, IGNORE_FILE_LIMIT) {
            Ok(bytes) => bytes,
            // The walk would read it in any case, or wait for it.
            Err(error @ (ReadError::TooLarge { .. } | ReadError::NotAFile { .. })) => {
                return Err(DiscoverError::UnreadableIgnoreFile(error));
            }
            Err(_) => continue,
        };
        for (index, glob) in String::from_utf8_lossy(&globs).lines().enumerate() {
            let as_finding = |cause| DiscoverError::IgnoreFile { path: path.clone(), line: index + 1, cause };
            pattern::check_glob(glob).map_err(as_finding)?;
        }
    }
    Ok(())
}

/// The folders that [`discover`] searches for `paths`. A new config may appear in any of them.
pub fn searched_folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    let here = [PathBuf::from(".")];
    let searched = if paths.is_empty() { &here[..] } else { paths };
    let entries = searched.iter().filter(|path| path.is_dir()).flat_map(|folder| {
        // `discover` reports folders that can't be read.
        build_walk(folder, &Refused::default()).filter_map(Result::ok)
    });
    let folders = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_dir()));
    folders.map(ignore::DirEntry::into_path).collect()
}

fn strip_current_folder(path: PathBuf) -> PathBuf {
    path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path)
}

/// Removes paths of the same file that are written differently, and keeps the first of each.
fn remove_aliases(files: &mut Vec<PathBuf>, base: &Base) {
    let mut seen = HashSet::new();
    files.retain(|path| seen.insert(base.locate(path).canonicalize().unwrap_or_else(|_| path.clone())));
}

/// Whether the search of a folder returns files with this name.
pub fn is_config(name: &str) -> bool {
    name == "bedrock.toml" || name.ends_with(".bedrock.toml")
}

fn build_exclusion(exclude: &[String]) -> Result<Gitignore, DiscoverError> {
    let mut globs = GitignoreBuilder::new("");
    globs.allow_unclosed_class(false);
    for glob in exclude {
        pattern::check_glob(glob)
            .map_err(|error| DiscoverError::Glob { glob: excerpt(glob), reason: error.to_string() })?;
        let added = globs.add_line(None, glob);
        added.map_err(|error| DiscoverError::Glob {
            glob: excerpt(glob),
            reason: describe_glob_error(error),
        })?;
    }
    globs.build().map_err(DiscoverError::Walk)
}

/// The reason of the error without the glob, which our message contains already.
fn describe_glob_error(error: ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_are_searched_and_files_are_returned() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "bedrock.toml",
            "a/x.bedrock.toml",
            "a/x.toml",
            "b/skip.bedrock.toml",
            "c/odd.toml",
            ".h/bedrock.toml",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            crate::files::write_whole(&path, b"").unwrap();
        }
        crate::files::write_whole(&root.path().join(".gitignore"), b"b/\n").unwrap();
        let at_root = Root::find(root.path());
        let names = |paths: &[PathBuf], exclude: &[String]| -> Vec<String> {
            let found = discover(paths, &Base::default(), exclude, &at_root).unwrap();
            let relative = |path: &PathBuf| path.strip_prefix(root.path()).unwrap().display().to_string();
            found.files.iter().map(relative).collect()
        };
        let all = [root.path().to_path_buf()];
        assert_eq!(names(&all, &[]), ["a/x.bedrock.toml", "bedrock.toml"]);
        assert_eq!(names(&all, &["a/**".to_owned()]), ["bedrock.toml"]);
        let both = [root.path().join("c/odd.toml"), root.path().join("a")];
        assert_eq!(names(&both, &[]), ["a/x.bedrock.toml", "c/odd.toml"]);
        assert_eq!(names(&[root.path().join("no")], &[]), ["no"]);
        let twice = [root.path().to_path_buf(), root.path().join("a")];
        let found = discover(&twice, &Base::default(), &["a/**".to_owned()], &at_root).unwrap();
        assert_eq!(found.excluded, 1, "a file in two searched folders is counted once");
    }
}
