//! Checks whether a trust policy allows the platform to assume the role.

use std::collections::BTreeMap;

use super::{Document, sorted};
use crate::aws::arn::Arn;
use crate::config::model::StringOrEnv;
use crate::diagnose::{Code, Finding};
use crate::iam::evaluator::{
    Condition, Context, Effect, Policy, Principal, PrincipalEntry, Principals, Request, Statement, Verdict,
};
use crate::iam::trust::{Trust, text_or_variable};
use crate::suite::Credentials;

/// The inputs of a check of a trust policy.
pub struct TrustCheck<'c> {
    pub credentials: &'c Credentials,
    /// What the trust policy must allow.
    pub trust: Trust,
    /// The environment variables of the process, one of which may contain the external ID.
    pub environment: &'c BTreeMap<String, String>,
}

const EXTERNAL_ID: &str = "sts:ExternalId";

/// Checks the trust policy of a role. The findings are in the order of their places.
pub fn check(document: &Document, checked: &TrustCheck<'_>) -> Vec<Finding> {
    let mut findings = check_actions(document, checked);
    findings.extend(find_broad_statements(document));
    sorted(findings)
}

fn check_actions(document: &Document, checked: &TrustCheck<'_>) -> Vec<Finding> {
    let context = checked.context();
    let mut findings: Vec<Finding> = Vec::new();
    for action in checked.trust.actions() {
        // The first action failed for a reason that also applies to this action, so it is not reported again.
        if !findings.is_empty() && allows(&document.policy, action) {
            continue;
        }
        let request = Request {
            action,
            resource: &checked.trust.role_arn,
            principal: Some(&checked.trust.principal),
            context: &context,
        };
        findings.extend(check_request(document, checked, &request));
    }
    findings
}

fn allows(policy: &Policy, action: &str) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|statement| statement.effect == Effect::Allow && statement.actions.covers_action(action))
}

/// Reports why the policy does not allow the request.
fn check_request(document: &Document, checked: &TrustCheck<'_>, request: &Request<'_>) -> Vec<Finding> {
    match document.policy.evaluate(request) {
        Verdict::Allowed { .. } => Vec::new(),
        Verdict::Denied { by } => {
            let statement = &document.policy.statements[by];
            let at = document.locate(&format!("{}/Effect", statement.pointer));
            let message =
                format!("a `Deny` statement denies `{}` to {}", request.action, checked.trust.principal);
            let help = "restrict the statement: no `Allow` can override it";
            vec![Finding::new(Code::PolicyDenies, at, message).help(help)]
        }
        Verdict::NotAllowed => vec![explain_not_allowed(document, checked, request)],
        Verdict::Unknown { reasons } => {
            let findings = reasons.into_iter().map(|reason| {
                let message = format!(
                    "whether `{}` is allowed can't be decided offline: it depends on {}",
                    request.action, reason.what
                );
                Finding::new(Code::PolicyNotEvaluated, document.locate(&reason.pointer), message)
                    .help(checked.how_to_decide(&reason.what))
            });
            findings.collect()
        }
    }
}

impl TrustCheck<'_> {
    fn how_to_decide(&self, what: &str) -> String {
        match &self.trust.external_id {
            Some(StringOrEnv::Env(name)) if what.contains(EXTERNAL_ID) => {
                format!(
                    "set the environment variable {name} to the external ID of the platform, and run the check again"
                )
            }
            _ => "test it by assuming the role: `bedrock-check doctor MODEL`".to_owned(),
        }
    }

    /// The known condition keys of the request.
    fn context(&self) -> Context {
        let credentials = self.credentials;
        let mut context = Context::new().set("aws:SecureTransport", ["true"]);
        context = match &self.trust.external_id {
            None => context.absent(EXTERNAL_ID),
            Some(StringOrEnv::Literal(text)) => context.set(EXTERNAL_ID, [text.as_str()]),
            Some(StringOrEnv::Env(name)) => {
                match self.environment.get(name).filter(|value| !value.is_empty()) {
                    Some(value) => context.set(EXTERNAL_ID, [value.as_str()]),
                    None => context,
                }
            }
        };
        context = match &credentials.source_identity {
            Some(identity) => context.set("sts:SourceIdentity", [identity.as_str()]),
            None => context.absent("sts:SourceIdentity"),
        };
        if let Some(name) = credentials.hops.last().and_then(|hop| hop.session_name.as_deref()) {
            context = context.set("sts:RoleSessionName", [name]);
        }
        context = context.set("aws:TagKeys", credentials.session_tags.keys().cloned());
        for (key, value) in &credentials.session_tags {
            context = context.set(&format!("aws:RequestTag/{key}"), [value.as_str()]);
        }
        if self.trust.has_mfa {
            context = context.set("aws:MultiFactorAuthPresent", ["true"]);
        }
        self.with_principal(context)
    }

    /// Adds the keys of the principal. If the principal is a whole account, the caller in it is unknown.
    fn with_principal(&self, context: Context) -> Context {
        let Some(arn) = Arn::parse(&self.trust.principal) else { return context };
        let context = context.set("aws:PrincipalAccount", [arn.account]);
        if self.trust.is_of_account() {
            return context;
        }
        context.set("aws:PrincipalArn", [self.trust.principal.as_str()])
    }
}

/// Reports why no statement allows the request. Evaluates the policy again without its conditions, and then also
/// without its principals, to find out which of them are the reason.
fn explain_not_allowed(document: &Document, checked: &TrustCheck<'_>, request: &Request<'_>) -> Finding {
    let policy = &document.policy;
    let without_conditions = |statement: Statement| Statement { conditions: Vec::new(), ..statement };
    if let Some(by) = allowed_by(policy, request, without_conditions) {
        return condition_finding(document, &policy.statements[by], checked, request);
    }
    let trusting_anyone = |statement: Statement| Statement {
        conditions: Vec::new(),
        principals: statement.principals.map(replace_by_anyone),
        ..statement
    };
    match allowed_by(policy, request, trusting_anyone) {
        Some(by) => principal_not_trusted(document, &policy.statements[by], checked),
        None => action_not_allowed(document, checked, request.action),
    }
}

fn replace_by_anyone(principals: Principals) -> Principals {
    let entry = PrincipalEntry { pointer: principals.pointer.clone(), principal: Principal::Anyone };
    Principals { negated: false, entries: vec![entry], ..principals }
}

/// The index of the statement that would allow the request if `changed` were applied to every `Allow` statement.
fn allowed_by(
    policy: &Policy,
    request: &Request<'_>,
    changed: impl Fn(Statement) -> Statement,
) -> Option<usize> {
    let numbered = policy.statements.iter().enumerate();
    let allowing = numbered.filter(|(_, statement)| statement.effect == Effect::Allow);
    let (indices, statements): (Vec<usize>, Vec<Statement>) =
        allowing.map(|(index, statement)| (index, changed(statement.clone()))).unzip();
    match (Policy { version: policy.version, statements }).evaluate(request) {
        Verdict::Allowed { by } => Some(indices[by]),
        _ => None,
    }
}

fn condition_finding(
    document: &Document,
    statement: &Statement,
    checked: &TrustCheck<'_>,
    request: &Request<'_>,
) -> Finding {
    let is_external_id = |condition: &&Condition| condition.key.eq_ignore_ascii_case(EXTERNAL_ID);
    let external_id = statement.conditions.iter().find(is_external_id);
    let Some(condition) =
        external_id.filter(|condition| prevents(&document.policy, statement, condition, request))
    else {
        let at = document.locate(&format!("{}/Condition", statement.pointer));
        let message = format!("the condition of `{}` does not hold for the request", request.action);
        return lacks_statement(at, message, checked);
    };
    let at = document.locate(&condition.pointer);
    let name = &checked.credentials.name;
    match &checked.trust.external_id {
        None => Finding::new(
            Code::TrustLacks,
            at,
            format!("the policy requires an external ID, but the credentials `{name}` send none"),
        )
        .help(format!("add `external_id` to `[credentials.{name}]`")),
        Some(text) => {
            let message =
                format!("the policy requires another external ID than the credentials `{name}` send");
            let help = match text {
                StringOrEnv::Literal(text) => format!("write `{text}` here, or correct `external_id`"),
                StringOrEnv::Env(_) => {
                    format!("write the value of `{}` here, or correct the variable", text_or_variable(text))
                }
            };
            Finding::new(Code::TrustLacks, at, message).help(help)
        }
    }
}

/// Whether this condition alone prevents the request.
fn prevents(policy: &Policy, statement: &Statement, condition: &Condition, request: &Request<'_>) -> bool {
    let statement = Statement { conditions: vec![condition.clone()], ..statement.clone() };
    let alone = Policy { version: policy.version, statements: vec![statement] };
    matches!(alone.evaluate(request), Verdict::NotAllowed)
}

fn principal_not_trusted(document: &Document, statement: &Statement, checked: &TrustCheck<'_>) -> Finding {
    let principals = statement.principals.as_ref();
    let pointer = principals.map_or(statement.pointer.as_str(), |principals| principals.pointer.as_str());
    let at = document.locate(pointer);
    let trust = &checked.trust;
    let account = Arn::parse(&trust.principal).map(|arn| arn.account);
    let is_in_account = |entry: &&PrincipalEntry| match &entry.principal {
        Principal::Arn(arn) => Arn::parse(arn).map(|arn| arn.account) == account,
        _ => false,
    };
    let identity = principals.and_then(|principals| principals.entries.iter().find(is_in_account));
    match identity.filter(|_| trust.is_of_account()) {
        Some(entry) => {
            let message =
                "the policy trusts one identity of the platform's account, but the config contains only the account"
                    .to_owned();
            Finding::new(Code::PolicyNotEvaluated, document.locate(&entry.pointer), message)
                .help(format!("if the platform calls as this identity, set `trusted_principal` in `[credentials.{}]` to its ARN", checked.credentials.name))
        }
        None => lacks_statement(at, format!("the policy does not trust `{}`", trust.principal), checked),
    }
}

fn action_not_allowed(document: &Document, checked: &TrustCheck<'_>, action: &str) -> Finding {
    const NEEDED_FOR: [(&str, &str); 2] =
        [("sts:TagSession", "session tags"), ("sts:SetSourceIdentity", "a source identity")];
    let allowing = document.policy.statements.iter().find(|statement| statement.effect == Effect::Allow);
    let pointer =
        allowing.map_or("/Statement".to_owned(), |statement| format!("{}/Action", statement.pointer));
    let message = match NEEDED_FOR.iter().find(|(name, _)| *name == action) {
        Some((_, feature)) => format!("no statement allows `{action}`, but the credentials send {feature}"),
        None => format!("no statement allows `{action}`"),
    };
    lacks_statement(document.locate(&pointer), message, checked)
}

fn lacks_statement(at: crate::diagnose::Span, message: String, checked: &TrustCheck<'_>) -> Finding {
    let statement = checked.trust.statement();
    Finding::new(Code::TrustLacks, at, message)
        .help(format!("add this statement to the policy:\n{statement:#}"))
}

/// Reports statements that trust a whole account, or everyone, without an external ID.
fn find_broad_statements(document: &Document) -> Vec<Finding> {
    let allowing = document.policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let open = allowing.filter(|statement| {
        let mut conditions = statement.conditions.iter();
        statement.actions.covers_action("sts:AssumeRole")
            && !conditions.any(|condition| condition.key.eq_ignore_ascii_case(EXTERNAL_ID))
    });
    open.flat_map(|statement| {
        let entries = statement.principals.iter().flat_map(|principals| &principals.entries);
        entries.filter_map(|entry| {
            let (who, help) = match &entry.principal {
                Principal::Anyone => ("every AWS account", "replace it by the principal of the platform"),
                Principal::Account { .. } => (
                    "every identity of the account",
                    "require the external ID of the platform: `\"Condition\": {\"StringEquals\": {\"sts:ExternalId\": \"…\"}}`",
                ),
                _ => return None,
            };
            let message = format!("{who} can assume the role without an external ID");
            Some(Finding::new(Code::TrustTooBroad, document.locate(&entry.pointer), message).help(help))
        })
    })
    .collect()
}
