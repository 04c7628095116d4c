//! Counts the records of a run.

use std::collections::BTreeMap;

use crate::diagnose::Severity;
use crate::record::Record;
use crate::run::Outcome;
use crate::words::{commas, plural};

#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub cases: usize,
    /// The number of cases for each known outcome.
    outcomes: BTreeMap<Outcome, usize>,
    /// Whether an error or a case makes the run fail.
    fails: bool,
    pub refused: bool,
    pub interrupted: bool,
}

impl Totals {
    pub(super) fn add_record(&mut self, record: &Record) {
        match record {
            Record::Start(_) => (),
            Record::Finding { finding } => self.fails |= finding.severity() == Severity::Error,
            Record::Case(case) => {
                self.cases += 1;
                self.fails |= case.fails();
                if let Some(outcome) = case.outcome.to_known() {
                    *self.outcomes.entry(outcome).or_default() += 1;
                }
            }
            Record::End(end) => {
                self.refused |= end.refused > 0;
                self.interrupted |= end.interrupted;
            }
        }
    }

    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Whether the run is complete and nothing in it failed.
    pub(super) fn is_success(&self, missing: &[String]) -> bool {
        !self.fails && missing.is_empty() && !self.interrupted && !self.refused
    }

    /// Sentences about the run as a whole.
    pub(super) fn asides(&self) -> impl Iterator<Item = &'static str> {
        let asides = [
            (self.refused, "The configs have errors: no case ran."),
            (self.interrupted, "The run was interrupted."),
        ];
        asides.into_iter().filter(|(applies, _)| *applies).map(|(_, aside)| aside)
    }

    /// `3 cases: 2 passed, 1 failed`.
    pub(super) fn counted(&self) -> String {
        let cases = plural(self.cases, "case");
        if self.outcomes.is_empty() {
            return cases;
        }
        let counts = self.outcomes.iter().map(|(outcome, count)| outcome.counted(*count));
        format!("{cases}: {}", commas(counts))
    }
}
