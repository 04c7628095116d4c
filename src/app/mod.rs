//! What commands do, as functions: a session in a folder, its settings, checked configs.
//!
//! No clap type, no printing, no look at the process: what comes from there is an argument.

mod environment;
mod failure;
mod session;
mod settings;

pub use environment::Environment;
pub use failure::Failure;
pub use session::{Configs, Session};
pub use settings::SETTINGS_FILES;
