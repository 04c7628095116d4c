use std::collections::BTreeSet;
use std::path::Path;

use super::select::Selection;
use super::shard::Shard;
use crate::suite::{Case, Model, Suite};

/// The cases of a run, in the order of files, models and cases.
pub struct Plan<'s> {
    pub cases: Vec<Planned<'s>>,
    pub files: usize,
    /// How many cases the selection left out.
    pub deselected: usize,
    /// How many cases belong to disabled models.
    pub disabled: usize,
    /// Which part of the selected cases the plan contains.
    pub shard: Option<Shard>,
    /// How many of the selected cases belong to other shards.
    pub in_other_shards: usize,
}

/// A case with its model and its suite.
#[derive(Clone, Copy)]
pub struct Planned<'s> {
    pub suite: &'s Suite,
    pub model: &'s Model,
    pub case: &'s Case,
}

impl<'s> Plan<'s> {
    pub fn new(suites: &'s [Suite], selection: &Selection) -> Plan<'s> {
        let all = suites
            .iter()
            .flat_map(|suite| suite.cases().map(move |(model, case)| Planned { suite, model, case }));
        let (enabled, disabled): (Vec<_>, Vec<_>) = all.partition(|planned| planned.model.enabled);
        let (cases, rest): (Vec<_>, Vec<_>) =
            enabled.into_iter().partition(|planned| selection.matches(planned.model, planned.case));
        Plan {
            cases,
            files: suites.len(),
            deselected: rest.len(),
            disabled: disabled.len(),
            shard: None,
            in_other_shards: 0,
        }
    }

    /// Keeps only the cases of `shard`.
    #[must_use]
    pub fn select_shard(mut self, shard: Option<Shard>) -> Plan<'s> {
        let Some(own) = shard else { return self };
        let all = self.cases.len();
        let mut position = 0..all;
        self.cases.retain(|_| position.next().is_some_and(|position| own.contains(position)));
        Plan { in_other_shards: all - self.cases.len(), shard, ..self }
    }

    /// Keeps only the cases for which `wanted` is true.
    #[must_use]
    pub fn retain(mut self, wanted: impl Fn(&Planned<'_>) -> bool) -> Plan<'s> {
        self.cases.retain(wanted);
        let files: BTreeSet<&Path> = self.cases.iter().map(|planned| planned.suite.path.as_path()).collect();
        Plan { files: files.len(), deselected: 0, disabled: 0, ..self }
    }

    /// Whether no shard has a case.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.in_other_shards == 0
    }
}
