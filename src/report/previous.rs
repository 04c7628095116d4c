//! The previous run, as the cases of another run ask for theirs.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::record::{Case, Run};

/// The cases of the previous run.
pub(super) struct Previous {
    run: Arc<Run>,
    /// By config and id, where each case is in the run.
    by_path: HashMap<String, HashMap<String, usize>>,
    by_name: HashMap<String, usize>,
}

/// How the cases of two runs are matched. Paths count: two configs may have cases of one name. But runs from different
/// folders write the paths of configs differently: where no case has a path of the previous run, only names count.
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

/// What became of a case since the previous run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Since {
    Broken,
    Mended,
    Changed,
    Added,
}

impl Since {
    pub(super) const ALL: [Since; 4] = [Since::Broken, Since::Mended, Since::Changed, Since::Added];

    /// `before` is the same case in the previous run.
    pub(super) fn of(case: &Case, before: Option<&Case>) -> Vec<Since> {
        let Some(before) = before else { return vec![Since::Added] };
        let has_output = !case.mapped.is_empty() && !before.mapped.is_empty();
        let kinds = [
            (Since::Broken, case.fails() && !before.fails() && !before.is_skipped()),
            (Since::Mended, !case.fails() && !case.is_skipped() && before.fails()),
            (Since::Changed, has_output && case.mapped != before.mapped),
        ];
        kinds.into_iter().filter(|(_, applies)| *applies).map(|(kind, _)| kind).collect()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Since::Broken => "broken",
            Since::Mended => "mended",
            Since::Changed => "changed",
            Since::Added => "added",
        }
    }

    /// As a count says it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Since::Broken => "newly failing",
            Since::Mended => "no longer failing",
            Since::Changed => "with another output",
            Since::Added => "not in the previous run",
        }
    }
}
