//! Finds fixtures and snapshots that belong to no case, without running a case.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::file_owner::FileOwner;
use crate::config::discover::is_config;
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::files::layout;
use crate::{fixture, snapshot};

/// Reports files beside the configs that belong to no case.
///
/// A folder is only checked if `configs` has all its configs with all their cases. Otherwise, a file could
/// belong to a case that isn't known.
pub fn check(configs: &[FileOwner], sources: &Sources) -> Vec<Finding> {
    let known: HashSet<&Path> =
        configs.iter().flat_map(|config| &config.files).map(PathBuf::as_path).collect();
    let mut folders: BTreeMap<&Path, HashSet<&OsStr>> = BTreeMap::new();
    for config in configs.iter().filter(|config| config.has_all_cases) {
        folders.entry(layout::config_folder(&config.path)).or_default().extend(config.path.file_name());
    }
    let complete = folders.iter().filter(|(folder, loaded)| has_all_configs(folder, loaded));
    complete.flat_map(|(folder, _)| find_unreferenced_in(folder, &known, sources)).collect()
}

fn has_all_configs(folder: &Path, loaded: &HashSet<&OsStr>) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut configs = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
        .filter(|name| is_config(&name.to_string_lossy()));
    configs.all(|name| loaded.contains(name.as_os_str()))
}

fn find_unreferenced_in(folder: &Path, known: &HashSet<&Path>, sources: &Sources) -> Vec<Finding> {
    let fixtures = fixture::find_unreferenced(&folder.join("fixtures"), known).unwrap_or_default();
    let snapshots = snapshot::find_unreferenced(&folder.join("snapshots"), known).unwrap_or_default();
    let finding = |path: PathBuf, code: Code, what: &str| {
        let shown = path.display().to_string();
        let file = sources.add(path, "");
        Finding::new(code, Span::file(file), format!("the {what} `{shown}` belongs to no case"))
            .help("remove the file, or rename it after its case")
    };
    let mut findings = Vec::new();
    findings.extend(fixtures.into_iter().map(|path| finding(path, Code::FixtureUnreferenced, "fixture")));
    findings.extend(snapshots.into_iter().map(|path| finding(path, Code::SnapshotUnreferenced, "snapshot")));
    findings
}
