use std::collections::BTreeMap;
use std::time::Duration;

use super::case_run::CaseRun;
use super::outcome::{Outcome, Written};
use super::shard::Shard;
use crate::config::settings::Mode;
use crate::diagnose::Finding;
use crate::invoke::{Recorded, Unasked};

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
        /// The part of the selected cases that the run takes.
        shard: Option<Shard>,
    },
    /// Findings that belong to no case: about configs, and about files that nobody claims.
    Told(&'a [Finding]),
    Finished(&'a CaseRun),
    Ended(&'a Summary),
}

/// A run in numbers.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub counts: BTreeMap<Outcome, usize>,
    /// Outcomes of cases that do not merely warn.
    pub failing: BTreeMap<Outcome, usize>,
    pub accepted: usize,
    pub pending: usize,
    /// Errors in the configs: no case ran.
    pub refused: usize,
    /// Fixtures and snapshots that belong to no case.
    pub unreferenced: usize,
    /// Snapshots that could not be written.
    pub unwritten: usize,
    /// Cases that failed for what they need: credentials, permissions, quotas, the network.
    pub environment: usize,
    /// Cases that were not called, by the reason.
    pub unasked: BTreeMap<Unasked, usize>,
    /// Fixtures that were written, anew or with another content.
    pub recorded: usize,
    /// USD that the calls of this run cost, as far as their prices are known.
    pub cost: f64,
    /// Cases that the selection left out.
    pub deselected: usize,
    /// Cases of models that are switched off.
    pub disabled: usize,
    /// Selected cases that other shards have.
    pub elsewhere: usize,
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

    /// Whether a case with one of `outcomes` stands in the way of a clean exit.
    pub fn has(&self, outcomes: &[Outcome]) -> bool {
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
        if let Some(why) = case.attempt.unasked {
            *self.unasked.entry(why).or_default() += 1;
        }
        match case.written {
            Some(Written::Accepted) => self.accepted += 1,
            Some(Written::Pending) => self.pending += 1,
            None => (),
        }
    }
}
