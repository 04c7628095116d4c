//! The commands as functions: a session in a folder, its settings, checked configs, the run of a plan.
//!
//! This module does not use clap, does not print, and does not read the state of the process: `cli` passes it the
//! arguments, the environment and the working directory.

mod calls;
mod environment;
mod failure;
mod outputs;
mod run;
mod session;
mod settings;

pub use calls::{Controls, connect, mode, prices};
pub use environment::Environment;
pub use failure::Failure;
pub use outputs::KeptFile;
pub use run::{
    PlanRun, RunEnd, RunListener, RunProblem, UnreferencedFiles, changes_cases, check_for_run, refuse,
};
pub use session::{Configs, Session};
