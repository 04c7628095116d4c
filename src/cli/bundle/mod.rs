//! `bundle`, `bundle verify` and `test --bundle`.

mod make;
mod origin;
mod replay;
mod scratch;
mod verify;

use super::arguments::{BundleArguments, BundleCommand, TestArguments};
use super::output::Output;
use super::{CommandResult, test};
use crate::app::Environment;

pub(super) fn run(
    arguments: &BundleArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    match &arguments.command {
        Some(BundleCommand::Verify(arguments)) => verify::run(arguments, output),
        None => make::run(&arguments.make, environment, output),
    }
}

/// Runs `test` for configs, or for a bundle with `--bundle`.
pub(super) fn test(
    arguments: &TestArguments,
    environment: Environment,
    output: &mut Output,
) -> CommandResult {
    match &arguments.bundle {
        Some(bundle) => replay::run(bundle, &arguments.test, &environment, output),
        None => test::run(&arguments.test, environment, output),
    }
}
