//! Rules that need meaning: across the keys of a file, and across files. One group a file.

pub mod claims;
pub mod credentials;
pub mod duplicates;
pub mod secrets;
pub mod unreferenced;
