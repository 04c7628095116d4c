//! Finds the rights that a call of a model needs, and writes the policy that grants them.

mod behind;
mod document;
mod note;
mod right;
mod rights;

pub(in crate::iam) use document::one_or_array;
pub use document::{document, statements, too_long};
pub use note::Note;
pub use right::{Condition, Right, Topic};
pub use rights::{Options, Rights, UnknownAccount, rights};

#[cfg(test)]
mod tests;
