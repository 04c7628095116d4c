//! Finds the cases of a run in the previous run.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::record::{Case, Run};

/// The cases of the previous run.
pub(super) struct Previous {
    run: Arc<Run>,
    /// The index of each case in the run, by config and id.
    by_path: HashMap<String, HashMap<String, usize>>,
    by_name: HashMap<String, usize>,
}

/// How the cases of two runs are matched. Normally by config and id, because two configs may have cases with the same id. Runs
/// from different folders write the paths of configs differently, so if no case matches by path, all are matched by id only.
#[derive(Clone, Copy)]
pub(super) enum Match {
    Path,
    Name,
}

impl Previous {
    pub(super) fn new(run: Arc<Run>) -> Previous {
        let mut by_path: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let mut by_name = HashMap::new();
        for (index, case) in run.cases.iter().enumerate() {
            by_path.entry(case.config.clone()).or_default().insert(case.id.clone(), index);
            by_name.insert(case.id.clone(), index);
        }
        Previous { run, by_path, by_name }
    }

    /// The same case in the previous run.
    pub(super) fn get(&self, case: &Case, by: Match) -> Option<&Case> {
        let index = match by {
            Match::Path => self.by_path.get(&case.config)?.get(&case.id),
            Match::Name => self.by_name.get(&case.id),
        };
        index.map(|index| &self.run.cases[*index])
    }

    pub(super) fn run(&self) -> &Run {
        &self.run
    }
}

/// How a case changed since the previous run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CaseChange {
    Broken,
    Mended,
    Changed,
    Added,
}

impl CaseChange {
    pub(super) const ALL: [CaseChange; 4] =
        [CaseChange::Broken, CaseChange::Mended, CaseChange::Changed, CaseChange::Added];

    /// `before` is the same case in the previous run.
    pub(super) fn changes(case: &Case, before: Option<&Case>) -> Vec<CaseChange> {
        let Some(before) = before else { return vec![CaseChange::Added] };
        let has_output = !case.mapped.is_empty() && !before.mapped.is_empty();
        let kinds = [
            (CaseChange::Broken, case.fails() && !before.fails() && !before.is_skipped()),
            (CaseChange::Mended, !case.fails() && !case.is_skipped() && before.fails()),
            (CaseChange::Changed, has_output && case.mapped != before.mapped),
        ];
        kinds.into_iter().filter(|(_, applies)| *applies).map(|(kind, _)| kind).collect()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            CaseChange::Broken => "broken",
            CaseChange::Mended => "mended",
            CaseChange::Changed => "changed",
            CaseChange::Added => "added",
        }
    }

    /// The words after a count in a report.
    pub(super) fn words(self) -> &'static str {
        match self {
            CaseChange::Broken => "newly failing",
            CaseChange::Mended => "no longer failing",
            CaseChange::Changed => "with another output",
            CaseChange::Added => "not in the previous run",
        }
    }
}
