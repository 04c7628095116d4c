//! Accepted mapped output in insta's format: rendering, comparing, pending files.

mod compare;
mod conflict;
mod contents;
mod file;
mod format;
mod parse;
mod pending;
mod policy;
mod redact;
mod round;
mod scalar;
mod selector;
mod shape;
mod unreferenced;
mod update;

pub use compare::{same, same_in_full};
pub use conflict::{Side, Whose, sides};
pub use contents::contents;
pub use file::{Accepted, SnapshotError, is_exactly, is_in_conflict, read, read_from};
pub use format::{Header, render};
pub use parse::{Fields, ParseError, parse};
pub use pending::{AcceptError, OutsideRoot, accept, keep, pending_path, reject, take, write_pending};
pub use policy::{Layer, Policy, PolicyError};
pub use selector::{Selector, SelectorError};
pub use unreferenced::unreferenced;
pub use update::{Action, Kind, UnknownUpdate, Update, decide, is_ci};
