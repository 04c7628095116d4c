//! What commands do, as functions: a session in a folder, its settings, checked configs, a plan that runs.
//!
//! This module knows no clap type, prints nothing, and does not read the process: `cli` passes all of that as arguments.

mod calls;
mod environment;
mod failure;
mod run;
mod session;
mod settings;

pub use calls::{Controls, connect, mode, prices};
pub use environment::Environment;
pub use failure::Failure;
pub use run::{PlanRun, RunEnd, RunListener, RunProblem, UnreferencedFiles, check_for_run, refuse};
pub use session::{Configs, Session};
