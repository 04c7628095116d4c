use std::collections::BTreeMap;
use std::time::Duration;

use super::case_run::CaseRun;
use super::outcome::{Outcome, Written};
use super::shard::Shard;
use crate::config::settings::Mode;
use crate::diagnose::{Finding, Weakened};
use crate::invoke::{NotCalled, Recorded};

/// Something that happened in a run.
///
/// Cases finish in any order; [`Event::Finished`] arrives in plan order all the same, so that two runs
/// over the same inputs report the same.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Started {
        mode: Mode,
        cases: usize,
        files: usize,
        /// Which part of the selected cases runs here.
        shard: Option<Shard>,
    },
    /// Findings that belong to no case: about configs, and about unreferenced files.
    Findings(&'a [Finding]),
    Finished(&'a CaseRun),
    Ended(&'a Summary),
}

/// A run in numbers.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub counts: BTreeMap<Outcome, usize>,
    /// Outcomes of the cases that make the run fail.
    pub failing: BTreeMap<Outcome, usize>,
    pub accepted: usize,
    pub pending: usize,
    /// How many errors the configs have. With any, no case ran.
    pub refused: usize,
    /// Fixtures and snapshots that belong to no case.
    pub unreferenced: usize,
    /// Snapshots that could not be written.
    pub unwritten: usize,
    /// Cases that failed because of the environment: credentials, permissions, quotas or the network.
    pub environment: usize,
    /// Number of cases that were not called, by reason.
    pub not_called: BTreeMap<NotCalled, usize>,
    /// Fixtures that are new or whose content changed.
    pub recorded: usize,
    /// Cost in USD of the calls of this run whose prices are known.
    pub cost: f64,
    /// Cases that the selection left out.
    pub deselected: usize,
    /// Cases of disabled models.
    pub disabled: usize,
    /// What settings and comments exempt from the checks.
    pub weakened: Weakened,
    /// Selected cases that belong to other shards.
    pub in_other_shards: usize,
    pub interrupted: bool,
    pub took: Duration,
}

impl Summary {
    pub fn cases(&self) -> usize {
        self.counts.values().sum()
    }

    pub fn count(&self, outcome: Outcome) -> usize {
        self.counts.get(&outcome).copied().unwrap_or(0)
    }

    /// Whether a case with one of `outcomes` makes the run fail.
    pub fn has_failing(&self, outcomes: &[Outcome]) -> bool {
        outcomes.iter().any(|outcome| self.failing.contains_key(outcome))
    }

    pub(super) fn add(&mut self, case: &CaseRun) {
        *self.counts.entry(case.attempt.outcome).or_default() += 1;
        if case.fails() {
            *self.failing.entry(case.attempt.outcome).or_default() += 1;
        }
        self.unwritten += usize::from(case.unwritten);
        self.environment += usize::from(case.attempt.environment && case.fails());
        self.recorded +=
            usize::from(matches!(case.attempt.recorded, Some(Recorded::New | Recorded::Changed(_))));
        let called = case.attempt.measured.filter(|measured| measured.call.is_some());
        self.cost += called.and_then(|measured| measured.cost).unwrap_or(0.0);
        if let Some(why) = case.attempt.not_called {
            *self.not_called.entry(why).or_default() += 1;
        }
        match case.written {
            Some(Written::Accepted) => self.accepted += 1,
            Some(Written::Pending) => self.pending += 1,
            None => (),
        }
    }
}
