//! What a policy does with a request.

use super::context::Context;
use super::pattern;
use super::policy::{Effect, Matcher, Policy, Statement, Version};
use super::resource;
use super::truth::{Truth, Unevaluated};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Such as `bedrock:InvokeModel`.
    pub action: &'a str,
    /// An ARN, or `*` for an action that takes no resource. Trust policies don't look at it.
    pub resource: &'a str,
    /// The ARN of the caller, or the name of the service or identity provider. Only trust policies look at it.
    pub principal: Option<&'a str>,
    pub context: &'a Context,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// By the statement of this index.
    Allowed { by: usize },
    /// By the statement of this index, whatever others allow.
    Denied { by: usize },
    /// No statement allows it.
    NotAllowed,
    /// It depends on something that is not known.
    Unknown { reasons: Vec<Unevaluated> },
}

impl Policy {
    /// A deny wins over any allow, and what is not allowed is denied. What is not known matters only where it
    /// would change this: in a deny of what is allowed, or in an allow of what is not.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let (mut allowed_by, mut unsure_deny, mut unsure_allow) = (None, Vec::new(), Vec::new());
        for (index, statement) in self.statements.iter().enumerate() {
            match (statement.applies(request, self.version), statement.effect) {
                (Truth::No, _) => {}
                (Truth::Yes, Effect::Deny) => return Verdict::Denied { by: index },
                (Truth::Yes, Effect::Allow) => allowed_by = allowed_by.or(Some(index)),
                (Truth::Unknown(reasons), Effect::Deny) => unsure_deny.extend(reasons),
                (Truth::Unknown(reasons), Effect::Allow) => unsure_allow.extend(reasons),
            }
        }
        match allowed_by {
            Some(by) if unsure_deny.is_empty() => Verdict::Allowed { by },
            Some(_) => Verdict::Unknown { reasons: unsure_deny },
            None if unsure_allow.is_empty() => Verdict::NotAllowed,
            None => {
                unsure_allow.extend(unsure_deny);
                Verdict::Unknown { reasons: unsure_allow }
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
