//! Reads files within size limits, replaces them atomically, and reads and writes ZIP archives. `layout` has the paths
//! of the files of a case.
//!
//! No other module reads or writes whole files.

pub mod archive;
mod base;
pub mod containment;
pub mod fence;
#[cfg(unix)]
mod handle;
pub mod layout;
mod lock;
mod place;
pub mod portable;
mod read;
mod stream;
mod temporary;
mod write;

use std::io;

pub use base::Base;
pub use lock::FolderLock;
pub use place::{FileTarget, Place};
pub use read::{CONFIG_LIMIT, FIXTURE_LIMIT, ReadError, read_bytes, read_lines, read_lossy, read_text};
pub use stream::Stream;
pub use temporary::{TemporaryFolder, remove_leftovers_beside};
pub use write::write_whole;

/// The message of `cause` without the error number of the operating system, beginning in lower case.
pub(crate) fn describe_io_error(cause: &io::Error) -> String {
    let full = cause.to_string();
    let words = full.rsplit_once(" (os error").map_or(full.as_str(), |(words, _)| words);
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
