//! The previous run, as the cases of another run ask for theirs.

use std::collections::HashMap;

use serde::Serialize;

use super::lines::{Case, Run};
use crate::run::Outcome;

/// The cases of the previous run.
pub(super) struct Previous<'r> {
    cases: HashMap<(&'r str, &'r str), &'r Case>,
    /// Paths count: two configs may have cases of one name.
    by_path: bool,
    len: usize,
}

impl<'r> Previous<'r> {
    /// That of `run`, if it has one. Runs from different folders write the paths of configs differently:
    /// where no case has a path of the previous run, only names count.
    pub(super) fn of(run: &'r Run) -> Option<Previous<'r>> {
        let previous = &run.previous.as_ref()?.cases;
        let cases: HashMap<_, _> = previous.iter().map(|case| (key(case, true), case)).collect();
        let by_path = run.cases.iter().any(|case| cases.contains_key(&key(case, true)));
        let by_name = || previous.iter().map(|case| (key(case, false), case)).collect();
        Some(Previous { cases: if by_path { cases } else { by_name() }, by_path, len: previous.len() })
    }

    pub(super) fn get(&self, case: &Case) -> Option<&'r Case> {
        self.cases.get(&key(case, self.by_path)).copied()
    }

    /// How many cases it had.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

fn key(case: &Case, by_path: bool) -> (&str, &str) {
    (if by_path { &case.config } else { "" }, &case.id)
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
        let was_run = |case: &Case| case.outcome != Outcome::Skipped.name();
        let has_output = !case.mapped.is_empty() && !before.mapped.is_empty();
        let kinds = [
            (Since::Broken, case.fails() && !before.fails() && was_run(before)),
            (Since::Mended, !case.fails() && was_run(case) && before.fails()),
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
