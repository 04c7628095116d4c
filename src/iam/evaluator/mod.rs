//! Reads IAM policies and evaluates them for requests.
//!
//! Evaluation is a pure function from a policy and a request to a [`Verdict`]. The rules are those of the IAM User
//! Guide ("IAM JSON policy elements reference"). Where the guide leaves a question open, the verdict is
//! [`Verdict::Unknown`] with the place in the policy, so that no finding contradicts AWS.

mod address;
mod arn;
mod comparison;
mod condition;
mod context;
mod date;
mod document;
mod elements;
mod error;
mod evaluate;
mod operator;
mod pattern;
mod policy;
mod principal;
mod reader;
mod resource;
mod statement;
mod template;
mod truth;

pub use context::Context;
pub use error::{PolicyError, PolicyErrorKind};
pub use evaluate::{Request, Verdict, action_matches};
pub use operator::{Comparison, Operator, Order, SetOperator};
pub use policy::{Condition, Effect, Located, Matcher, Policy, PolicyKind, Statement, Version};
pub use principal::{Principal, PrincipalEntry, Principals};
pub use truth::Unevaluated;
