//! The owners of names and files, to compare the configs of a folder with each other.

use std::path::PathBuf;

use crate::diagnose::Span;
use crate::suite::Suite;

/// A config with the names and the files that it owns. It is kept after the suite is dropped, which takes
/// more memory.
#[derive(Debug)]
pub struct Claims {
    /// The config file.
    pub path: PathBuf,
    pub models: Vec<Named>,
    pub cases: usize,
    /// The fixture of each case, and the snapshot of each case that has one.
    pub files: Vec<PathBuf>,
    /// Whether all cases of the config are known: no mistake hides some of them.
    pub is_whole: bool,
}

/// A model's name and its place.
#[derive(Debug)]
pub struct Named {
    pub name: String,
    pub at: Span,
}

impl Claims {
    pub fn of(suite: &Suite, is_whole: bool) -> Claims {
        let models =
            suite.models.iter().map(|model| Named { name: model.name.clone(), at: model.at.clone() });
        let cases = || suite.cases().map(|(_, case)| case);
        let files = cases().flat_map(|case| {
            let snapshot = case.snapshot.is_some().then(|| case.snapshot_path.clone());
            std::iter::once(case.fixture_path.clone()).chain(snapshot)
        });
        Claims {
            path: suite.path.clone(),
            models: models.collect(),
            cases: cases().count(),
            files: files.collect(),
            is_whole,
        }
    }
}
