//! Finds pending snapshots and conflicts that can't be reviewed yet. They are listed, so that they aren't forgotten.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Pending, PendingPlaces, is_pending};
use crate::config::root::Root;
use crate::files::layout;
use crate::files::{FIXTURE_LIMIT, read_lossy};
use crate::lint::file_owner::FileOwner;
use crate::run::Plan;
use crate::snapshot;

/// A pending file whose case is unknown because of errors in its config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenPending {
    /// The id of the case, as the file contains it.
    pub id: String,
    pub file: PathBuf,
}

/// Finds pending snapshots of cases that are unknown because their configs contain mistakes. `owners` are the owned
/// files of the `configs` that could be read.
pub fn find_hidden(
    configs: &[PathBuf],
    owners: &[FileOwner],
    root: &Root,
    places: &PendingPlaces<'_>,
) -> Vec<HiddenPending> {
    let complete = owners.iter().filter(|config| config.has_all_cases);
    let complete: HashSet<&Path> = complete.map(|config| config.path.as_path()).collect();
    let known: HashSet<&Path> =
        owners.iter().flat_map(|config| &config.files).map(PathBuf::as_path).collect();
    let broken = configs.iter().filter(|config| !complete.contains(config.as_path()));
    broken.flat_map(|config| find_of_config(config, &root.relative(config), &known, places)).collect()
}

/// Finds the pending files of `config`, except those of the `known` snapshots. `source` is the name of the config in the
/// headers of its files.
fn find_of_config(
    config: &Path,
    source: &str,
    known: &HashSet<&Path>,
    places: &PendingPlaces<'_>,
) -> Vec<HiddenPending> {
    let snapshots = layout::snapshot_path(config, "model", "case");
    let Some(folder) = snapshots.parent() else { return Vec::new() };
    let pending = snapshot::pending_path(&snapshots, places.root, places.pending_dir);
    let Some(pending_folder) = pending.ok().and_then(|path| path.parent().map(Path::to_owned)) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(&pending_folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| is_pending(path));
    let others = files.filter(|file| {
        let snapshot = file.with_extension("");
        snapshot.file_name().is_some_and(|name| !known.contains(folder.join(name).as_path()))
    });
    let mut hidden: Vec<HiddenPending> = others
        .filter_map(|file| {
            let header = snapshot::read(&file).ok()??.header;
            (header.source == source)
                .then(|| HiddenPending { id: header.expression.unwrap_or_default(), file })
        })
        .collect();
    hidden.sort_by(|a, b| a.file.cmp(&b.file));
    hidden
}

/// Finds snapshots in conflict that have no pending output.
pub fn find_conflicts_without_output<'s>(plan: &Plan<'s>, pending: &[Pending<'_>]) -> Vec<&'s Path> {
    let with_output: HashSet<&Path> = pending.iter().map(Pending::snapshot).collect();
    let cases = plan.cases.iter().map(|planned| planned.case).filter(|case| case.snapshot.is_some());
    let paths = cases.map(|case| case.snapshot_path.as_path()).filter(|path| !with_output.contains(path));
    paths
        .filter(|path| path.is_file() && snapshot::is_in_conflict(&read_lossy(path, FIXTURE_LIMIT)))
        .collect()
}
