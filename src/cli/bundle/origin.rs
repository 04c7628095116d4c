//! Finds the commit that the files of a bundle come from.

use std::path::PathBuf;

use crate::app::Session;
use crate::bundle::Git;
use crate::git::Repository;

/// Finds the commit, and which of `files` differ from it. Their names are relative to the root. Files that don't exist
/// there were created for the bundle, and are skipped.
pub(super) fn find_commit<'f>(session: &Session, files: impl Iterator<Item = &'f str>) -> Option<Git> {
    let root = &session.root.path;
    let repository = Repository::containing(root, session.environment.get("PATH"))?;
    let commit = repository.head()?;
    let files: Vec<(&str, PathBuf)> =
        files.map(|file| (file, root.join(file))).filter(|(_, path)| path.exists()).collect();
    let paths: Vec<PathBuf> = files.iter().map(|(_, path)| path.clone()).collect();
    let changed = repository.find_changed(&commit, &paths)?;
    let changed = files.into_iter().filter(|(_, path)| changed.contains(path));
    Some(Git { commit, changed: changed.map(|(file, _)| file.to_owned()).collect() })
}
