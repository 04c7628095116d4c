//! Finds the commit that the files of a bundle come from.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bundle::Git;
use crate::cli::git::run;

/// Finds the commit, and which of `files` differ from it. Their names are relative to `root`. Files that don't exist
/// there were created for the bundle, and are skipped.
pub(super) fn find_commit<'f>(root: &Path, files: impl Iterator<Item = &'f str>) -> Option<Git> {
    let commit = run(root, &["rev-parse", "--verify", "HEAD"], None)?.trim().to_owned();
    let tracked = split_names(&run(root, &["ls-files", "-z"], None)?);
    let changed = ["diff", "--no-ext-diff", "--no-textconv", "--name-only", "--relative", "-z", "HEAD"];
    let changed = split_names(&run(root, &changed, None)?);
    let is_changed =
        |file: &&str| (!tracked.contains(*file) || changed.contains(*file)) && root.join(file).exists();
    Some(Git { commit, changed: files.filter(is_changed).map(str::to_owned).collect() })
}

fn split_names(list: &str) -> BTreeSet<String> {
    list.split('\0').map(str::to_owned).collect()
}
