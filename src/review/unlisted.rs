//! What can't be gone through yet: it is named, so that nobody takes it for settled.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Pending, Places, is_pending};
use crate::config::root::Root;
use crate::files::layout;
use crate::files::{FIXTURE_LIMIT, read_lossy};
use crate::lint::claims::Claims;
use crate::run::Plan;
use crate::snapshot;

/// A pending file whose case is hidden by mistakes in its config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// As the file has it.
    pub id: String,
    pub file: PathBuf,
}

/// What waits for cases that mistakes in their configs hide. `claims` are those of the `configs` that could be read.
pub fn hidden(configs: &[PathBuf], claims: &[Claims], root: &Root, places: &Places<'_>) -> Vec<Hidden> {
    let whole = claims.iter().filter(|config| config.is_whole);
    let whole: HashSet<&Path> = whole.map(|config| config.path.as_path()).collect();
    let known: HashSet<&Path> =
        claims.iter().flat_map(|config| &config.files).map(PathBuf::as_path).collect();
    let broken = configs.iter().filter(|config| !whole.contains(config.as_path()));
    broken.flat_map(|config| of_config(config, &root.relative(config), &known, places)).collect()
}

/// The pending files of `config`, which is called `source` in them, but for those of the `known` snapshots.
fn of_config(config: &Path, source: &str, known: &HashSet<&Path>, places: &Places<'_>) -> Vec<Hidden> {
    let snapshots = layout::snapshot(config, "model", "case");
    let Some(folder) = snapshots.parent() else { return Vec::new() };
    let pending = snapshot::pending_path(&snapshots, places.root, places.pending_dir);
    let Some(waiting) = pending.ok().and_then(|path| path.parent().map(Path::to_owned)) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(&waiting).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| is_pending(path));
    let others = files.filter(|file| {
        let snapshot = file.with_extension("");
        snapshot.file_name().is_some_and(|name| !known.contains(folder.join(name).as_path()))
    });
    let mut hidden: Vec<Hidden> = others
        .filter_map(|file| {
            let header = snapshot::read(&file).ok()??.header;
            (header.source == source).then(|| Hidden { id: header.expression.unwrap_or_default(), file })
        })
        .collect();
    hidden.sort_by(|a, b| a.file.cmp(&b.file));
    hidden
}

/// The snapshots in conflict for which no new output waits.
pub fn without_output<'s>(plan: &Plan<'s>, pending: &[Pending<'_>]) -> Vec<&'s Path> {
    let waiting: HashSet<&Path> = pending.iter().map(Pending::snapshot).collect();
    let cases = plan.cases.iter().map(|planned| planned.case).filter(|case| case.snapshot.is_some());
    let paths = cases.map(|case| case.snapshot_path.as_path()).filter(|path| !waiting.contains(path));
    paths
        .filter(|path| path.is_file() && snapshot::is_in_conflict(&read_lossy(path, FIXTURE_LIMIT)))
        .collect()
}
