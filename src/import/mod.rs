//! Makes configs and fixtures from exchanges that other tools recorded.

mod body;
mod case;
mod config;
mod files;
mod group;
mod name;
mod plan;
mod recording;
mod toml_text;

pub use case::{CaseError, render_fixture};
pub use config::toml_entry;
pub use files::{ReadError, WriteError, find_recordings, read, read_all, write};
pub use plan::{DataFile, Import, ImportedFixture, plan_import, recorded_mapping};
pub use recording::{ErrorKind, ImportError, Recording, read_recording};
