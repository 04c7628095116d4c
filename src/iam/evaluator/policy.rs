//! A policy as it was written, read.

use super::operator::Operator;
use super::principal::Principals;

/// A permission or trust policy, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub version: Version,
    pub statements: Vec<Statement>,
}

/// What a policy is attached to decides which elements it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Says what the identity it is attached to may do: has `Resource`, no `Principal`.
    Permissions,
    /// Says who may assume the role it is attached to: has `Principal`, no `Resource`.
    Trust,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// `2008-10-17`, which is also what a document without `Version` is written in: `${…}` is plain text.
    #[default]
    V2008,
    /// `2012-10-17`: with policy variables.
    V2012,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// JSON pointer of the statement.
    pub pointer: String,
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Matcher,
    /// Absent in a trust policy, where the role itself is the resource.
    pub resources: Option<Matcher>,
    /// Absent in a permission policy, where the identity itself is the principal.
    pub principals: Option<Principals>,
    pub conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

/// `Action` and `Resource`, or, negated, `NotAction` and `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    pub negated: bool,
    pub patterns: Vec<Located>,
}

/// An operator, a key, and values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// JSON pointer of the key.
    pub pointer: String,
    pub operator: Operator,
    /// As written; names of condition keys are not case-sensitive.
    pub key: String,
    /// At least one; any of them may match.
    pub values: Vec<Located>,
}

/// A string of the document and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// JSON pointer of the string.
    pub pointer: String,
    pub text: String,
}
