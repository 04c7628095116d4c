//! Whether a trust policy lets the platform become the role.

use std::collections::BTreeMap;

use super::{Document, in_order};
use crate::aws::arn::Arn;
use crate::config::model::Text;
use crate::diagnose::{Code, Finding};
use crate::iam::evaluator::{
    Condition, Context, Effect, Policy, Principal, PrincipalEntry, Principals, Request, Statement, Verdict,
};
use crate::iam::trust::{Trust, shown};
use crate::suite::Credentials;

/// A role, who assumes it, and what is sent along.
pub struct Trusted<'c> {
    pub credentials: &'c Credentials,
    /// What the trust policy has to allow.
    pub trust: Trust,
    /// The process's variables: an external ID may be held by one.
    pub environment: &'c BTreeMap<String, String>,
}

const EXTERNAL_ID: &str = "sts:ExternalId";

/// What is wrong with the trust policy of a role, in the order of its places.
pub fn check(document: &Document, trusted: &Trusted<'_>) -> Vec<Finding> {
    let mut findings = lacks(document, trusted);
    findings.extend(too_broad(document));
    in_order(findings)
}

fn lacks(document: &Document, trusted: &Trusted<'_>) -> Vec<Finding> {
    let context = trusted.context();
    let mut findings: Vec<Finding> = Vec::new();
    for action in trusted.trust.actions() {
        // What keeps the caller from the role keeps it from this, too: that is told once.
        if !findings.is_empty() && allows(&document.policy, action) {
            continue;
        }
        let request = Request {
            action,
            resource: &trusted.trust.role_arn,
            principal: Some(&trusted.trust.principal),
            context: &context,
        };
        findings.extend(judge(document, trusted, &request));
    }
    findings
}

fn allows(policy: &Policy, action: &str) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|statement| statement.effect == Effect::Allow && statement.actions.covers_action(action))
}

/// What keeps the request from being allowed.
fn judge(document: &Document, trusted: &Trusted<'_>, request: &Request<'_>) -> Vec<Finding> {
    match document.policy.evaluate(request) {
        Verdict::Allowed { .. } => Vec::new(),
        Verdict::Denied { by } => {
            let statement = &document.policy.statements[by];
            let at = document.at(&format!("{}/Effect", statement.pointer));
            let message = format!("a `Deny` hits `{}` of {}", request.action, trusted.trust.principal);
            let help = "narrow the statement: no `Allow` wins over it";
            vec![Finding::new(Code::PolicyDenies, at, message).help(help)]
        }
        Verdict::NotAllowed => vec![missing(document, trusted, request)],
        Verdict::Unknown { reasons } => {
            let findings = reasons.into_iter().map(|reason| {
                let message = format!(
                    "whether `{}` is allowed depends on what is not known here: {}",
                    request.action, reason.what
                );
                Finding::new(Code::PolicyNotEvaluated, document.at(&reason.pointer), message)
                    .help(trusted.how_to_know(&reason.what))
            });
            findings.collect()
        }
    }
}

impl Trusted<'_> {
    fn how_to_know(&self, what: &str) -> String {
        match &self.trust.external_id {
            Some(Text::Env(name)) if what.contains(EXTERNAL_ID) => {
                format!("set {name} to what the platform gave you, and check again")
            }
            _ => "make sure that it holds; `bedrock-check doctor MODEL` assumes the role".to_owned(),
        }
    }

    /// What is known of the request.
    fn context(&self) -> Context {
        let credentials = self.credentials;
        let mut context = Context::new().set("aws:SecureTransport", ["true"]);
        context = match &self.trust.external_id {
            None => context.absent(EXTERNAL_ID),
            Some(Text::Literal(text)) => context.set(EXTERNAL_ID, [text.as_str()]),
            Some(Text::Env(name)) => match self.environment.get(name).filter(|value| !value.is_empty()) {
                Some(value) => context.set(EXTERNAL_ID, [value.as_str()]),
                None => context,
            },
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

    /// Of a whole account it isn't known which of its principals calls.
    fn with_principal(&self, context: Context) -> Context {
        let Some(arn) = Arn::parse(&self.trust.principal) else { return context };
        let context = context.set("aws:PrincipalAccount", [arn.account]);
        if self.trust.is_of_account() {
            return context;
        }
        context.set("aws:PrincipalArn", [self.trust.principal.as_str()])
    }
}

/// Found by leaving out what might be in the way: the conditions, then the principals.
fn missing(document: &Document, trusted: &Trusted<'_>, request: &Request<'_>) -> Finding {
    let policy = &document.policy;
    let without_conditions = |statement: Statement| Statement { conditions: Vec::new(), ..statement };
    if let Some(by) = allowed_by(policy, request, without_conditions) {
        return of_condition(document, &policy.statements[by], trusted, request);
    }
    let to_anyone = |statement: Statement| Statement {
        conditions: Vec::new(),
        principals: statement.principals.map(anyone),
        ..statement
    };
    match allowed_by(policy, request, to_anyone) {
        Some(by) => of_principal(document, &policy.statements[by], trusted),
        None => of_action(document, trusted, request.action),
    }
}

fn anyone(principals: Principals) -> Principals {
    let entry = PrincipalEntry { pointer: principals.pointer.clone(), principal: Principal::Anyone };
    Principals { negated: false, entries: vec![entry], ..principals }
}

/// The statement that would allow the request if every `Allow` were `changed`.
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

fn of_condition(
    document: &Document,
    statement: &Statement,
    trusted: &Trusted<'_>,
    request: &Request<'_>,
) -> Finding {
    let is_external_id = |condition: &&Condition| condition.key.eq_ignore_ascii_case(EXTERNAL_ID);
    let external_id = statement.conditions.iter().find(is_external_id);
    let Some(condition) =
        external_id.filter(|condition| fails(&document.policy, statement, condition, request))
    else {
        let at = document.at(&format!("{}/Condition", statement.pointer));
        let message = format!("the condition of `{}` does not hold for what is sent", request.action);
        return lacking(at, message, trusted);
    };
    let at = document.at(&condition.pointer);
    let name = &trusted.credentials.name;
    match &trusted.trust.external_id {
        None => Finding::new(
            Code::TrustLacks,
            at,
            format!("an external ID is asked for, and `{name}` sends none"),
        )
        .help(format!("write `external_id` into `[credentials.{name}]`")),
        Some(text) => {
            let message = format!("another external ID is asked for than `{name}` sends");
            let help = match text {
                Text::Literal(text) => format!("write `{text}` here, or correct `external_id`"),
                Text::Env(_) => format!("write here what `{}` holds, or correct that", shown(text)),
            };
            Finding::new(Code::TrustLacks, at, message).help(help)
        }
    }
}

/// Whether this condition alone keeps the request out.
fn fails(policy: &Policy, statement: &Statement, condition: &Condition, request: &Request<'_>) -> bool {
    let statement = Statement { conditions: vec![condition.clone()], ..statement.clone() };
    let alone = Policy { version: policy.version, statements: vec![statement] };
    matches!(alone.evaluate(request), Verdict::NotAllowed)
}

fn of_principal(document: &Document, statement: &Statement, trusted: &Trusted<'_>) -> Finding {
    let principals = statement.principals.as_ref();
    let pointer = principals.map_or(statement.pointer.as_str(), |principals| principals.pointer.as_str());
    let at = document.at(pointer);
    let trust = &trusted.trust;
    let account = Arn::parse(&trust.principal).map(|arn| arn.account);
    let of_account = |entry: &&PrincipalEntry| match &entry.principal {
        Principal::Arn(arn) => Arn::parse(arn).map(|arn| arn.account) == account,
        _ => false,
    };
    let inside = principals.and_then(|principals| principals.entries.iter().find(of_account));
    match inside.filter(|_| trust.is_of_account()) {
        Some(entry) => {
            let message =
                "one identity of the platform's account is trusted, and the config names the account"
                    .to_owned();
            Finding::new(Code::PolicyNotEvaluated, document.at(&entry.pointer), message)
                .help(format!("make sure that the platform calls as this one, and name it in `trusted_principal` of `[credentials.{}]`", trusted.credentials.name))
        }
        None => lacking(at, format!("`{}` is not trusted", trust.principal), trusted),
    }
}

fn of_action(document: &Document, trusted: &Trusted<'_>, action: &str) -> Finding {
    const WHY: [(&str, &str); 2] =
        [("sts:TagSession", "session tags are sent"), ("sts:SetSourceIdentity", "a source identity is sent")];
    let allowing = document.policy.statements.iter().find(|statement| statement.effect == Effect::Allow);
    let pointer =
        allowing.map_or("/Statement".to_owned(), |statement| format!("{}/Action", statement.pointer));
    let message = match WHY.iter().find(|(name, _)| *name == action) {
        Some((_, why)) => format!("no statement allows `{action}`, and {why}"),
        None => format!("no statement allows `{action}`"),
    };
    lacking(document.at(&pointer), message, trusted)
}

fn lacking(at: crate::diagnose::Span, message: String, trusted: &Trusted<'_>) -> Finding {
    let statement = trusted.trust.statement();
    Finding::new(Code::TrustLacks, at, message)
        .help(format!("let the policy have the statement\n{statement:#}"))
}

/// A whole account, or anybody, is trusted without an external ID.
fn too_broad(document: &Document) -> Vec<Finding> {
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
                Principal::Anyone => ("everybody at AWS", "name the platform's principal"),
                Principal::Account { .. } => (
                    "every identity of the account",
                    "ask for the external ID that the platform gave you: `\"Condition\": {\"StringEquals\": {\"sts:ExternalId\": \"…\"}}`",
                ),
                _ => return None,
            };
            let message = format!("{who} may become the role, and no external ID is asked for");
            Some(Finding::new(Code::TrustTooBroad, document.at(&entry.pointer), message).help(help))
        })
    })
    .collect()
}
