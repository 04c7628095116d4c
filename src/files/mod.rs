//! Files: reading within limits, writing whole or not at all, where the files of a case are, ZIP archives.
//!
//! Nothing else reads or writes a whole file.

pub mod archive;
mod base;
pub mod containment;
pub mod fence;
pub mod layout;
mod read;
mod stream;
mod write;

use std::io;

pub use base::Base;
pub use read::{CONFIG_LIMIT, FIXTURE_LIMIT, ReadError, read_bytes, read_lossy, read_text};
pub use stream::Stream;
pub use write::write_whole;

/// Without the number that the operating system has for it.
pub(crate) fn reason(cause: &io::Error) -> String {
    let full = cause.to_string();
    let words = full.rsplit_once(" (os error").map_or(full.as_str(), |(words, _)| words);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
