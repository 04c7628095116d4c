//! IAM policies: the rights that calls of models need, and the rights that policies grant.

pub mod actions;
pub mod call;
pub mod caller;
pub mod check;
pub mod evaluator;
pub mod permissions;
pub mod ticket;
pub mod trust;

pub use evaluator::*;
