//! Turns config files into typed models: discovery, TOML with positions, layers, inheritance, types.

pub mod discover;
pub mod edit;
pub mod effective;
pub mod layers;
pub mod model;
pub mod overrides;
pub mod preferences;
pub mod resolve;
pub mod root;
pub mod settings;
pub mod source;
mod syntax;
pub mod syntax_error;
pub mod value;
pub mod variables;
