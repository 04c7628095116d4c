//! `probe`: `test` for the cases that prove what models claim.

use super::arguments::{Filter, Test};
use super::output::Output;
use super::{Ended, test};
use crate::app::Environment;
use crate::check::Checked;
use crate::suite::Suite;

pub(super) fn run(arguments: &Test, environment: Environment, output: &mut Output) -> Ended {
    let filter = Filter { only_probes: true, ..arguments.filter.clone() };
    test::run(&Test { filter, ..arguments.clone() }, environment, output)
}

/// Why there is no probe, if that is what is missing.
pub(super) fn why_empty(filter: &Filter, checked: &Checked) -> Option<&'static str> {
    let mut cases = checked.suites.iter().flat_map(Suite::cases);
    let nothing = filter.only_probes && !cases.any(|(_, case)| case.claim.is_some());
    nothing.then_some("no model claims what a probe could prove; declare it in `[models.NAME.features]`")
}
