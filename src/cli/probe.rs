//! `probe`: runs `test` for the cases that prove the features that models claim.

use super::arguments::{Filter, Test};
use super::output::Output;
use super::{CommandResult, test};
use crate::app::Environment;

pub(super) fn run(arguments: &Test, environment: Environment, output: &mut Output) -> CommandResult {
    let filter = Filter { only_probes: true, ..arguments.filter.clone() };
    test::run(&Test { filter, ..arguments.clone() }, environment, output)
}
