//! Mistakes in a policy document.

use thiserror::Error;

/// A mistake in a policy document, and its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct PolicyError {
    /// JSON pointer of the place.
    pub pointer: String,
    pub kind: PolicyErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyErrorKind {
    #[error("expected {expected}, found {found}")]
    WrongType { expected: &'static str, found: &'static str },
    #[error("the policy is longer than {limit} characters")]
    TooLong { limit: usize },
    #[error("the {place} has no `{member}`")]
    Missing { place: &'static str, member: &'static str },
    #[error("unknown member `{name}`")]
    UnknownMember { name: String, known: &'static [&'static str] },
    #[error("`{member}` is not allowed in a {policy} policy")]
    Misplaced { member: &'static str, policy: &'static str },
    #[error("the statement has both `{first}` and `{second}`")]
    Conflict { first: &'static str, second: &'static str },
    #[error("`{member}` is empty")]
    Empty { member: String },
    #[error("expected the version `2012-10-17` or `2008-10-17`, found `{found}`")]
    Version { found: String },
    #[error("expected the effect `Allow` or `Deny`, found `{found}`")]
    Effect { found: String },
    #[error("expected a `Sid` of letters and digits, found `{found}`")]
    SidCharacters { found: String },
    #[error("the `Sid` `{found}` is used twice")]
    SidTwice { found: String },
    #[error("expected an action such as `bedrock:InvokeModel`, found `{found}`")]
    Action { found: String },
    #[error("expected an ARN or `*`, found `{found}`")]
    Resource { found: String },
    #[error("unknown principal type `{found}`")]
    PrincipalType { found: String, known: &'static [&'static str] },
    #[error("expected an account ID, an IAM or STS ARN without wildcards, or `*`, found `{found}`")]
    Principal { found: String },
    #[error("unknown condition operator `{found}`")]
    Operator { found: String },
    #[error("expected {expected}, found `{found}`")]
    ConditionValue { expected: &'static str, found: String },
}

impl PolicyError {
    pub(super) fn new(pointer: impl Into<String>, kind: PolicyErrorKind) -> Self {
        Self { pointer: pointer.into(), kind }
    }

    /// How to correct the mistake, if that is certain. For a misspelled name, the caller can suggest one of the known
    /// names in the error.
    pub fn help(&self) -> Option<String> {
        let help = match &self.kind {
            PolicyErrorKind::Missing { member: "Principal", .. } => {
                "add who can assume the role: `\"Principal\": {\"AWS\": \"arn:aws:iam::ACCOUNT:root\"}`"
            }
            PolicyErrorKind::Missing { member: "Resource", .. } => {
                "add the ARNs of the resources, or `*` for all resources"
            }
            PolicyErrorKind::Misplaced { member: "Principal" | "NotPrincipal", .. } => {
                "remove it: the principal of a permission policy is the identity that it is attached to"
            }
            PolicyErrorKind::Misplaced { .. } => {
                "remove it: the resource of a trust policy is the role itself"
            }
            PolicyErrorKind::Conflict { .. } => "split the statement into two",
            PolicyErrorKind::Version { .. } => "write `2012-10-17`",
            PolicyErrorKind::Action { .. } => "write the service and the action, or `*` for all actions",
            PolicyErrorKind::Principal { .. } => {
                "list each principal, or trust the account and restrict it with `aws:PrincipalArn` in `Condition`"
            }
            PolicyErrorKind::Effect { found } if found.eq_ignore_ascii_case("allow") => "write `Allow`",
            PolicyErrorKind::Effect { found } if found.eq_ignore_ascii_case("deny") => "write `Deny`",
            PolicyErrorKind::Operator { found } if found.to_ascii_lowercase().contains("null") => {
                "write `Null` without `IfExists`, `ForAllValues` and `ForAnyValue`"
            }
            _ => return None,
        };
        Some(help.to_owned())
    }
}
