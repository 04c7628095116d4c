//! What commands do, as functions: a session in a folder, its settings, checked configs, a plan that runs.
//!
//! No clap type, no printing, no look at the process: what comes from there is an argument.

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
