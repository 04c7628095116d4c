//! What calls would be denied, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, Needs, few};
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding};
use crate::iam::call::Asked;
use crate::iam::evaluator::{Effect, Policy, Request, Statement, Verdict};
use crate::iam::permissions::{Right, statements};

/// Rights that fail for one reason, and the cases that need them.
#[derive(Default)]
struct Failing<'n> {
    rights: BTreeSet<&'n Right>,
    names: BTreeSet<String>,
}

/// Why a right is not there. The order is that of the findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// The action is allowed nowhere.
    Action(&'static str),
    /// The action is allowed, on other resources, to nobody who is named here.
    Resource(&'static str, Vec<String>),
    /// A statement would allow it, if its condition held.
    Condition(&'static str, usize),
    Denied(usize),
    Unknown {
        pointer: String,
        what: String,
    },
}

pub(super) fn check(document: &Document, needs: &Needs<'_>, role: Option<&str>) -> Vec<Finding> {
    let mut failing: BTreeMap<Reason, Failing<'_>> = BTreeMap::new();
    for (right, names, reasons) in judged(&document.policy, needs, role) {
        for reason in reasons {
            let entry = failing.entry(reason).or_default();
            entry.rights.insert(right);
            entry.names.extend(names.iter().cloned());
        }
    }
    failing.iter().map(|(reason, failing)| finding(document, reason, failing)).collect()
}

type Judged<'n> = (&'n Right, Vec<String>, Vec<Reason>);

/// Each right that is not allowed, with all who need it and the reasons.
fn judged<'n>(policy: &Policy, needs: &'n Needs<'_>, role: Option<&str>) -> Vec<Judged<'n>> {
    let mut refused: BTreeMap<(&Right, Vec<Reason>), BTreeSet<String>> = BTreeMap::new();
    for (asked, needed) in needs {
        for right in &needed.rights {
            let reasons = reasons(policy, asked, right, role);
            if !reasons.is_empty() {
                refused.entry((right, reasons)).or_default().extend(asked.names());
            }
        }
    }
    let judged = refused.into_iter().map(|((right, reasons), names)| {
        let names: Vec<String> = names.into_iter().collect();
        let reasons = reasons.into_iter().map(|reason| with_names(reason, &names)).collect();
        (right, names, reasons)
    });
    judged.collect()
}

/// Resources that the same cases lack are told together.
fn with_names(reason: Reason, names: &[String]) -> Reason {
    match reason {
        Reason::Resource(action, _) => Reason::Resource(action, names.to_vec()),
        other => other,
    }
}

fn reasons(policy: &Policy, asked: &Asked<'_>, right: &Right, role: Option<&str>) -> Vec<Reason> {
    let context = right.context(&asked.call, role);
    let request =
        Request { action: right.action, resource: &right.resource, principal: None, context: &context };
    match policy.evaluate(&request) {
        Verdict::Allowed { .. } => Vec::new(),
        Verdict::Denied { by } => vec![Reason::Denied(by)],
        Verdict::NotAllowed => vec![of_known_region(policy, right, missing(policy, right.action, &request))],
        Verdict::Unknown { reasons } => {
            let unknown = reasons.into_iter();
            unknown.map(|reason| Reason::Unknown { pointer: reason.pointer, what: reason.what }).collect()
        }
    }
}

/// Where the Regions behind a profile are not known, a policy that names some may be right.
fn of_known_region(policy: &Policy, right: &Right, reason: Reason) -> Reason {
    let is_known = Arn::parse(&right.resource).is_none_or(|arn| arn.region != "*");
    let mut allowing = policy.statements.iter().filter(|statement| allows_action(statement, right.action));
    let like = allowing.find(|statement| names_kind(statement, &right.resource));
    match like {
        Some(statement) if !is_known => Reason::Unknown {
            pointer: format!("{}/Resource", statement.pointer),
            what: "the Regions that the profile leads to".to_owned(),
        },
        _ => reason,
    }
}

/// Some resource of the statement is of the type that `arn` has.
fn names_kind(statement: &Statement, arn: &str) -> bool {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
    patterns.filter_map(|pattern| kind(&pattern.text)).any(|found| kind(arn) == Some(found))
}

/// What keeps the request from being allowed: found by leaving out what might.
fn missing(policy: &Policy, action: &'static str, request: &Request<'_>) -> Reason {
    if !policy.statements.iter().any(|statement| allows_action(statement, action)) {
        return Reason::Action(action);
    }
    let without =
        policy.statements.iter().map(|statement| Statement { conditions: Vec::new(), ..statement.clone() });
    let allowing = without.enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    let (indices, statements): (Vec<usize>, Vec<Statement>) = allowing.unzip();
    match (Policy { version: policy.version, statements }).evaluate(request) {
        Verdict::Allowed { by } => Reason::Condition(action, indices[by]),
        _ => Reason::Resource(action, Vec::new()),
    }
}

fn allows_action(statement: &Statement, action: &str) -> bool {
    statement.effect == Effect::Allow && statement.actions.covers_action(action)
}

fn finding(document: &Document, reason: &Reason, failing: &Failing<'_>) -> Finding {
    let names: Vec<String> = failing.names.iter().cloned().collect();
    let about = match reason {
        Reason::Action(action) => lacks_action(document, action),
        Reason::Resource(action, _) => lacks_resource(document, action, failing),
        Reason::Condition(action, by) => lacks_condition(document, action, *by),
        Reason::Denied(by) => denied(document, *by, failing),
        Reason::Unknown { pointer, what } => {
            return unknown(document, pointer, what, failing).note(needed_by(&names));
        }
    };
    let finding = on(about, failing).note(format!("would fail: {}", few(&names)));
    match reason {
        Reason::Action(_) | Reason::Resource(..) => finding.help(format!("add {}", statement_for(failing))),
        Reason::Condition(..) => {
            finding.help(format!("let the condition hold for these calls, or add {}", statement_for(failing)))
        }
        _ => finding,
    }
}

fn needed_by(names: &[String]) -> String {
    format!("needed by {}", few(names))
}

/// The resources, one a line; `*` says nothing.
fn on(finding: Finding, failing: &Failing<'_>) -> Finding {
    let resources: BTreeSet<&str> = failing.rights.iter().map(|right| right.resource.as_str()).collect();
    match resources.into_iter().filter(|resource| *resource != "*").collect::<Vec<_>>().as_slice() {
        [] => finding,
        resources => finding.note(format!("on {}", resources.join("\n   "))),
    }
}

fn statement_for(failing: &Failing<'_>) -> String {
    let rights: Vec<Right> = failing.rights.iter().map(|right| (*right).clone()).collect();
    let statements = without_names(statements(&rights));
    let noun = if statements.len() == 1 { "the statement" } else { "the statements" };
    let texts: Vec<String> = statements.iter().map(|statement| format!("{statement:#}")).collect();
    format!("{noun}\n{}", texts.join(",\n"))
}

/// A `Sid` may be taken in the policy that a statement is added to.
pub fn without_names(mut statements: Vec<Value>) -> Vec<Value> {
    for statement in statements.iter_mut().filter_map(Value::as_object_mut) {
        statement.shift_remove("Sid");
    }
    statements
}

fn lacks_action(document: &Document, action: &str) -> Finding {
    let service = action.split(':').next().unwrap_or_default();
    let allowing = |statement: &&Statement| {
        let names_service = |pattern: &str| pattern.split(':').next() == Some(service);
        statement.effect == Effect::Allow
            && statement.actions.patterns.iter().any(|pattern| names_service(&pattern.text))
    };
    let near = document.policy.statements.iter().find(allowing);
    let at = near.map_or_else(
        || document.at("/Statement"),
        |statement| document.at(&format!("{}/Action", statement.pointer)),
    );
    let message = format!("no statement allows `{action}`");
    let finding = Finding::new(Code::PolicyLacks, at, message);
    let is_stream = action == "bedrock:InvokeModelWithResponseStream";
    if is_stream && near.is_some() { finding.label("streaming is an action of its own") } else { finding }
}

fn lacks_resource(document: &Document, action: &str, failing: &Failing<'_>) -> Finding {
    let allowing = || document.policy.statements.iter().filter(|statement| allows_action(statement, action));
    let is_alike =
        |statement: &&Statement| failing.rights.iter().any(|right| names_kind(statement, &right.resource));
    let nearest = allowing().find(is_alike).or_else(|| allowing().next());
    let pointer = nearest.map_or_else(String::new, |statement| statement.pointer.clone());
    let at = document.at_first(&[format!("{pointer}/Resource"), format!("{pointer}/NotResource"), pointer]);
    let message = match failing.rights.len() {
        1 => format!("`{action}` is not allowed on a resource that is called"),
        count => format!("`{action}` is not allowed on {count} resources that are called"),
    };
    Finding::new(Code::PolicyLacks, at, message)
}

/// The type of resource that an ARN names.
fn kind(arn: &str) -> Option<&str> {
    Some(Arn::parse(arn)?.typed()?.0)
}

fn lacks_condition(document: &Document, action: &str, by: usize) -> Finding {
    let statement = &document.policy.statements[by];
    let at = document.at(&format!("{}/Condition", statement.pointer));
    let keys: BTreeSet<String> = statement.conditions.iter().map(|condition| condition.key.clone()).collect();
    let keys_shown = few(&keys.into_iter().collect::<Vec<_>>());
    let message = format!("`{action}` is allowed under a condition that does not hold: {keys_shown}");
    Finding::new(Code::PolicyLacks, at, message)
}

fn denied(document: &Document, by: usize, failing: &Failing<'_>) -> Finding {
    let statement = &document.policy.statements[by];
    let actions: BTreeSet<String> = failing.rights.iter().map(|right| right.action.to_owned()).collect();
    let at = document.at(&format!("{}/Effect", statement.pointer));
    let message = format!("a `Deny` hits {}", few(&actions.into_iter().collect::<Vec<_>>()));
    Finding::new(Code::PolicyDenies, at, message).help(
        "leave these resources out of the statement, or narrow it by a condition: no `Allow` wins over it",
    )
}

fn unknown(document: &Document, pointer: &str, what: &str, failing: &Failing<'_>) -> Finding {
    let actions: BTreeSet<String> = failing.rights.iter().map(|right| right.action.to_owned()).collect();
    let actions_shown = few(&actions.into_iter().collect::<Vec<_>>());
    let message = format!("whether {actions_shown} is allowed depends on what is not known here: {what}");
    on(Finding::new(Code::PolicyNotEvaluated, document.at(pointer), message), failing)
        .help("make sure that it holds for the calls; `bedrock-check doctor MODEL` makes one")
}
