use super::select::Selection;
use crate::suite::{Case, Model, Suite};

/// The cases of a run, in the order of files, models and cases.
pub struct Plan<'s> {
    pub cases: Vec<Planned<'s>>,
    pub files: usize,
    /// How many cases the selection left out.
    pub deselected: usize,
    /// How many cases belong to models that are switched off.
    pub disabled: usize,
}

/// One case with what it belongs to.
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
            enabled.into_iter().partition(|planned| selection.takes(planned.model, planned.case));
        Plan { cases, files: suites.len(), deselected: rest.len(), disabled: disabled.len() }
    }
}
