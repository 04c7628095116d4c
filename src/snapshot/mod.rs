//! Snapshots of mapped output in insta's format: rendering, comparing, accepting and rejecting.

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

pub use compare::{matches, matches_fully};
pub use conflict::{MergeSide, ResolvedSide, split_conflict};
pub use contents::render_contents;
pub use file::{Accepted, SnapshotError, has_exact_text, is_in_conflict, read, read_from};
pub use format::{Header, render};
pub use parse::{Fields, ParseError, parse_contents};
pub use pending::{
    AcceptError, OutsideRoot, accept, accept_copy, keep_side, pending_path, reject, write_pending,
};
pub use policy::{Policy, PolicyError, PolicyTable};
pub use selector::{Selector, SelectorError};
pub use unreferenced::find_unreferenced;
pub use update::{Action, Comparison, UnknownUpdate, Update, decide, is_ci};
