//! The types of a parsed policy.

use super::operator::Operator;
use super::principal::Principals;

/// A permission policy or a trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub version: Version,
    pub statements: Vec<Statement>,
}

/// The kind of a policy, which decides the elements that it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Grants rights to the identity that it is attached to. It has `Resource`, and no `Principal`.
    Permissions,
    /// Decides who can assume the role that it is attached to. It has `Principal`, and no `Resource`.
    Trust,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// `2008-10-17`, which is also the version of a document without `Version`. `${…}` is plain text.
    #[default]
    V2008,
    /// `2012-10-17`, which supports policy variables.
    V2012,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// JSON pointer of the statement.
    pub pointer: String,
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Matcher,
    /// `None` in a trust policy, whose resource is the role itself.
    pub resources: Option<Matcher>,
    /// `None` in a permission policy, whose principal is the identity itself.
    pub principals: Option<Principals>,
    pub conditions: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

/// The patterns of `Action` or `Resource`, or, if negated, of `NotAction` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    pub negated: bool,
    pub patterns: Vec<Located>,
}

/// A condition of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// JSON pointer of the key.
    pub pointer: String,
    pub operator: Operator,
    /// The condition key as written. Its name is not case-sensitive.
    pub key: String,
    /// One or more values, one of which must match.
    pub values: Vec<Located>,
}

/// A string of the document, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// JSON pointer of the string.
    pub pointer: String,
    pub text: String,
}
