//! Reports violations of the published JSON Schemas as findings.

pub mod body;
mod check;
pub mod family;
mod float;
mod key;
mod lookup;
#[cfg(test)]
pub(crate) mod published;
mod remedy;
mod value;
mod view;

pub use check::Schema;

/// JSON Schema (draft-07) of config files, which editors and other validators also read.
pub const SCHEMA: &str = include_str!("../../schemas/bedrock-check.schema.json");

/// JSON Schema (draft-07) of the settings file.
pub const SETTINGS_SCHEMA: &str = include_str!("../../schemas/bedrock-check-settings.schema.json");
