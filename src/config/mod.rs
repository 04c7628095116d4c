//! From files to typed models: discovery, TOML with places, layers, the typed model.

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
