//! Evaluates a policy for a request.

use super::context::Context;
use super::pattern;
use super::policy::{Effect, Matcher, Policy, Statement, Version};
use super::resource;
use super::truth::{Truth, Unevaluated};

/// A request that a policy allows or denies.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action, such as `bedrock:InvokeModel`.
    pub action: &'a str,
    /// An ARN, or `*` for an action without resource types. Trust policies ignore it.
    pub resource: &'a str,
    /// The ARN of the caller, or the name of the service or identity provider. Only trust policies use it.
    pub principal: Option<&'a str>,
    pub context: &'a Context,
}

/// The result of evaluating a policy for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The statement with this index allows the request.
    Allowed { by: usize },
    /// The statement with this index denies the request, even if another one allows it.
    Denied { by: usize },
    /// No statement allows or denies the request.
    NotAllowed,
    /// The result depends on something unknown.
    Unknown { reasons: Vec<Unevaluated> },
}

impl Policy {
    /// A deny overrides every allow, and a request that no statement allows is denied. Something unknown matters only
    /// if it can change the result: in a deny of an allowed request, or in an allow of a request that nothing else
    /// allows.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let mut allowed_by = None;
        let (mut unknown_deny, mut unknown_allow) = (Vec::new(), Vec::new());
        for (index, statement) in self.statements.iter().enumerate() {
            match (statement.applies(request, self.version), statement.effect) {
                (Truth::No, _) => {}
                (Truth::Yes, Effect::Deny) => return Verdict::Denied { by: index },
                (Truth::Yes, Effect::Allow) => allowed_by = allowed_by.or(Some(index)),
                (Truth::Unknown(reasons), Effect::Deny) => unknown_deny.extend(reasons),
                (Truth::Unknown(reasons), Effect::Allow) => unknown_allow.extend(reasons),
            }
        }
        match allowed_by {
            Some(by) if unknown_deny.is_empty() => Verdict::Allowed { by },
            Some(_) => Verdict::Unknown { reasons: unknown_deny },
            None if unknown_allow.is_empty() => Verdict::NotAllowed,
            None => {
                unknown_allow.extend(unknown_deny);
                Verdict::Unknown { reasons: unknown_allow }
            }
        }
    }
}

impl Statement {
    fn applies(&self, request: &Request<'_>, version: Version) -> Truth {
        if !self.actions.covers_action(request.action) {
            return Truth::No;
        }
        let resources = self.resources.iter().map(|resources| resources.covers_resource(request, version));
        let principals = self.principals.iter().map(|principals| principals.include(request.principal));
        let conditions = self.conditions.iter().map(|condition| condition.holds(version, request.context));
        Truth::all(principals.chain(resources).chain(conditions))
    }
}

/// "The prefix and the action name are case insensitive" (IAM, "Action").
pub fn action_matches(pattern: &str, action: &str) -> bool {
    pattern::matches(&pattern::wildcards(&pattern.to_ascii_lowercase()), &action.to_ascii_lowercase())
}

impl Matcher {
    pub fn covers_action(&self, action: &str) -> bool {
        self.patterns.iter().any(|pattern| action_matches(&pattern.text, action)) != self.negated
    }

    fn covers_resource(&self, request: &Request<'_>, version: Version) -> Truth {
        let matched = self.patterns.iter().map(|pattern| {
            resource::matches(pattern, request.resource, self.negated, version, request.context)
        });
        Truth::any(matched).not_if(self.negated)
    }
}

#[cfg(test)]
mod tests;
