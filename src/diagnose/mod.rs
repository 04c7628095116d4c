//! Findings as data: what is wrong, where, and what to do about it.
//!
//! Stages return findings and go on. Only the renderers here know what one looks like.

mod code;
mod finding;
mod secret;
mod source;
mod terminal;
mod visible;

pub use code::{Code, Severity, UnknownCode};
pub use finding::{FINDINGS_LIMIT, Finding, Label, Span};
pub use secret::{Secret, masked, masked_member, masked_text, masked_value, secrets};
pub use source::{FileId, LineColumn, Sources};
pub use terminal::Terminal;
pub use visible::{excerpt, is_hidden, short, visible, visible_in_color};
