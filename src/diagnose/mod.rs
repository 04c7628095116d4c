//! Findings: a problem, its place, and what to do about it.
//!
//! A stage returns its findings and continues. The renderers in this module print them.

mod code;
mod finding;
mod secret;
mod short;
mod source;
mod terminal;
mod visible;
mod weakened;

pub use code::{Code, Severity, UnknownCode};
pub use finding::{FINDINGS_LIMIT, Finding, Label, Span};
pub use secret::{
    Secret, find_open_key, masked, masked_member, masked_text, masked_value, masked_with_styles, secrets,
};
pub use short::{excerpt, short};
pub use source::{FileId, LineColumn, LineIndex, Sources};
pub use terminal::Terminal;
pub use visible::{is_hidden, visible, visible_in_color, visible_line, visible_with_styles};
pub use weakened::Weakened;
