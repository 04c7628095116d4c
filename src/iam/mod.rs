//! IAM policies: what a model's call needs, and what a policy gives.

pub mod evaluator;

pub use evaluator::*;
