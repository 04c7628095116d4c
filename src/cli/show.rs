//! `show MODEL`: the sheet of fields for the platform's form.

use super::arguments::ShowModel;
use super::environment::Environment;
use super::output::Output;
use super::{Ended, Exit};

pub(super) fn run(_arguments: &ShowModel, _environment: Environment, _output: &mut Output) -> Ended {
    Ok(Exit::Clean)
}
