//! What the files of a folder must know of each other.

use std::path::PathBuf;

use crate::diagnose::Span;
use crate::suite::Suite;

/// What one config takes for itself: names, and files beside it. Small, so that it outlives the suite.
#[derive(Debug)]
pub struct Claims {
    /// The config file.
    pub path: PathBuf,
    pub models: Vec<Named>,
    pub cases: usize,
    /// The fixture and the snapshot of each case, if it has one.
    pub files: Vec<PathBuf>,
    /// Whether the config has no mistake that would hide some of its cases.
    pub is_whole: bool,
}

/// A model's name, and where it is written.
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
