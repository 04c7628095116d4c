//! Configs and fixtures out of exchanges that somebody else recorded.

mod body;
mod case;
mod config;
mod files;
mod group;
mod name;
mod plan;
mod recording;
mod toml_text;

pub use case::{CaseError, fixture_text};
pub use config::toml_entry;
pub use files::{LeftOut, WriteError, read, read_all, recordings, write};
pub use plan::{DataFile, Import, ImportedFixture, plan_import, recorded_mapping};
pub use recording::{ErrorKind, ImportError, Recording, read_recording};
