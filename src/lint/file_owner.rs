//! The names and files that each config owns, to compare the configs of a folder with each other.

use std::path::PathBuf;

use crate::diagnose::Span;
use crate::suite::Suite;

/// A config with the names and the files that it owns. It is kept after the suite is dropped, which takes
/// more memory.
#[derive(Debug)]
pub struct FileOwner {
    /// The config file.
    pub path: PathBuf,
    pub models: Vec<OwnedModel>,
    pub cases: usize,
    /// The fixture of each case, and the snapshot of each case that has one.
    pub files: Vec<PathBuf>,
    /// Whether all cases of the config are known: no mistake hides some of them.
    pub has_all_cases: bool,
}

/// A model's name and its place.
#[derive(Debug)]
pub struct OwnedModel {
    pub name: String,
    pub at: Span,
}

impl FileOwner {
    pub fn from_suite(suite: &Suite, has_all_cases: bool) -> FileOwner {
        let models =
            suite.models.iter().map(|model| OwnedModel { name: model.name.clone(), at: model.at.clone() });
        let cases = || suite.cases().map(|(_, case)| case);
        let files = cases().flat_map(|case| {
            let snapshot = case.snapshot.is_some().then(|| case.snapshot_path.clone());
            std::iter::once(case.fixture_path.clone()).chain(snapshot)
        });
        FileOwner {
            path: suite.path.clone(),
            models: models.collect(),
            cases: cases().count(),
            files: files.collect(),
            has_all_cases,
        }
    }
}
