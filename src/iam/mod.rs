//! IAM policies: what a model's call needs, and what a policy gives.

pub mod actions;
pub mod call;
pub mod caller;
pub mod check;
pub mod evaluator;
pub mod permissions;
pub mod ticket;
pub mod trust;

pub use evaluator::*;
