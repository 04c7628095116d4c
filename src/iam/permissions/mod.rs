//! The rights that a call of a model needs, and the policy that grants them.

mod behind;
mod document;
mod note;
mod right;
mod rights;

pub(in crate::iam) use document::one_or_list;
pub use document::{document, statements, too_long};
pub use note::Note;
pub use right::{Condition, Right, Topic};
pub use rights::{NoAccount, Options, Rights, rights};

#[cfg(test)]
mod tests;
