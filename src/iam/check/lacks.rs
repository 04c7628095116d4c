//! Reports the rights that a policy does not grant, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, Needs, list_names};
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding};
use crate::iam::call::ModelCall;
use crate::iam::evaluator::{Effect, Policy, Request, Statement, Verdict};
use crate::iam::permissions::{Right, statements};

/// Rights that a policy does not grant for the same reason, and the names of the cases that need them.
#[derive(Default)]
struct MissingRights<'n> {
    rights: BTreeSet<&'n Right>,
    names: BTreeSet<String>,
}

/// Why a policy does not grant a right. Findings are reported in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// No statement allows the action.
    Action(&'static str),
    /// The action is allowed only on other resources. Contains the names of the cases that need the right.
    Resource(&'static str, Vec<String>),
    /// The statement with this index would allow the action if its condition held.
    Condition(&'static str, usize),
    /// The statement with this index denies the action.
    Denied(usize),
    /// A part of the policy can't be evaluated.
    Unknown { pointer: String, what: String },
}

pub(super) fn check(document: &Document, needs: &Needs<'_>, role: Option<&str>) -> Vec<Finding> {
    let mut missing: BTreeMap<Reason, MissingRights<'_>> = BTreeMap::new();
    for (right, names, reasons) in find_ungranted_rights(&document.policy, needs, role) {
        for reason in reasons {
            let entry = missing.entry(reason).or_default();
            entry.rights.insert(right);
            entry.names.extend(names.iter().cloned());
        }
    }
    missing.iter().map(|(reason, missing)| finding(document, reason, missing)).collect()
}

/// A right, the names of the cases that need it, and the reasons why it is not granted.
type UngrantedRight<'n> = (&'n Right, Vec<String>, Vec<Reason>);

/// The rights that the policy does not grant.
fn find_ungranted_rights<'n>(
    policy: &Policy,
    needs: &'n Needs<'_>,
    role: Option<&str>,
) -> Vec<UngrantedRight<'n>> {
    let mut ungranted: BTreeMap<(&Right, Vec<Reason>), BTreeSet<String>> = BTreeMap::new();
    for (model_call, needed) in needs {
        for right in &needed.rights {
            let reasons = find_reasons(policy, model_call, right, role);
            if !reasons.is_empty() {
                ungranted.entry((right, reasons)).or_default().extend(model_call.names());
            }
        }
    }
    let rights = ungranted.into_iter().map(|((right, reasons), names)| {
        let names: Vec<String> = names.into_iter().collect();
        let reasons = reasons.into_iter().map(|reason| with_names(reason, &names)).collect();
        (right, names, reasons)
    });
    rights.collect()
}

/// Adds `names` to a missing resource. Resources that the same cases need then have the same reason and one finding.
fn with_names(reason: Reason, names: &[String]) -> Reason {
    match reason {
        Reason::Resource(action, _) => Reason::Resource(action, names.to_vec()),
        other => other,
    }
}

fn find_reasons(
    policy: &Policy,
    model_call: &ModelCall<'_>,
    right: &Right,
    role: Option<&str>,
) -> Vec<Reason> {
    let context = right.context(&model_call.call, role);
    let request =
        Request { action: right.action, resource: &right.resource, principal: None, context: &context };
    match policy.evaluate(&request) {
        Verdict::Allowed { .. } => Vec::new(),
        Verdict::Denied { by } => vec![Reason::Denied(by)],
        Verdict::NotAllowed => {
            vec![unless_region_unknown(policy, right, explain_not_allowed(policy, right.action, &request))]
        }
        Verdict::Unknown { reasons } => {
            let unknown = reasons.into_iter();
            unknown.map(|reason| Reason::Unknown { pointer: reason.pointer, what: reason.what }).collect()
        }
    }
}

/// Replaces `reason` by `Unknown` if the destinations of a profile are unknown and the policy allows the model in some
/// Regions, because the profile may need no others.
fn unless_region_unknown(policy: &Policy, right: &Right, reason: Reason) -> Reason {
    let is_known = Arn::parse(&right.resource).is_none_or(|arn| arn.region != "*");
    let mut allowing = policy.statements.iter().filter(|statement| allows_action(statement, right.action));
    let similar = allowing.find(|statement| has_resource_type(statement, &right.resource));
    match similar {
        Some(statement) if !is_known => Reason::Unknown {
            pointer: format!("{}/Resource", statement.pointer),
            what: "the Regions that the profile routes calls to".to_owned(),
        },
        _ => reason,
    }
}

/// Whether any resource of the statement has the same type as that of `arn`.
fn has_resource_type(statement: &Statement, arn: &str) -> bool {
    let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
    patterns.filter_map(|pattern| resource_type(&pattern.text)).any(|found| resource_type(arn) == Some(found))
}

/// Why no statement allows the request. Evaluates the policy again without its conditions, to find out whether they are
/// the reason.
fn explain_not_allowed(policy: &Policy, action: &'static str, request: &Request<'_>) -> Reason {
    if !policy.statements.iter().any(|statement| allows_action(statement, action)) {
        return Reason::Action(action);
    }
    let unconditional =
        policy.statements.iter().map(|statement| Statement { conditions: Vec::new(), ..statement.clone() });
    let allowing = unconditional.enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    let (indices, statements): (Vec<usize>, Vec<Statement>) = allowing.unzip();
    match (Policy { version: policy.version, statements }).evaluate(request) {
        Verdict::Allowed { by } => Reason::Condition(action, indices[by]),
        _ => Reason::Resource(action, Vec::new()),
    }
}

fn allows_action(statement: &Statement, action: &str) -> bool {
    statement.effect == Effect::Allow && statement.actions.covers_action(action)
}

fn finding(document: &Document, reason: &Reason, missing: &MissingRights<'_>) -> Finding {
    let names: Vec<String> = missing.names.iter().cloned().collect();
    let finding = match reason {
        Reason::Action(action) => lacks_action(document, action),
        Reason::Resource(action, _) => lacks_resource(document, action, missing),
        Reason::Condition(action, by) => lacks_condition(document, action, *by),
        Reason::Denied(by) => denied(document, *by, missing),
        Reason::Unknown { pointer, what } => {
            return unknown(document, pointer, what, missing).note(needed_by(&names));
        }
    };
    let finding =
        with_resources(finding, missing).note(format!("cases that would fail: {}", list_names(&names)));
    match reason {
        Reason::Action(_) | Reason::Resource(..) => finding.help(format!("add {}", statement_for(missing))),
        Reason::Condition(..) => finding.help(format!(
            "change the condition so that it holds for these calls, or add {}",
            statement_for(missing)
        )),
        _ => finding,
    }
}

fn needed_by(names: &[String]) -> String {
    format!("needed by {}", list_names(names))
}

/// Adds a note with the resources, one per line, other than `*`.
fn with_resources(finding: Finding, missing: &MissingRights<'_>) -> Finding {
    let resources: BTreeSet<&str> = missing.rights.iter().map(|right| right.resource.as_str()).collect();
    match resources.into_iter().filter(|resource| *resource != "*").collect::<Vec<_>>().as_slice() {
        [] => finding,
        resources => finding.note(format!("on {}", resources.join("\n   "))),
    }
}

fn statement_for(missing: &MissingRights<'_>) -> String {
    let rights: Vec<Right> = missing.rights.iter().map(|right| (*right).clone()).collect();
    let statements = without_sids(statements(&rights));
    let noun = if statements.len() == 1 { "the statement" } else { "the statements" };
    let texts: Vec<String> = statements.iter().map(|statement| format!("{statement:#}")).collect();
    format!("{noun}\n{}", texts.join(",\n"))
}

/// Removes the `Sid` of each statement, since the policy that it is added to may already contain the same one.
pub fn without_sids(mut statements: Vec<Value>) -> Vec<Value> {
    for statement in statements.iter_mut().filter_map(Value::as_object_mut) {
        statement.shift_remove("Sid");
    }
    statements
}

fn lacks_action(document: &Document, action: &str) -> Finding {
    let service = action.split(':').next().unwrap_or_default();
    let allowing = |statement: &&Statement| {
        let is_of_service = |pattern: &str| pattern.split(':').next() == Some(service);
        statement.effect == Effect::Allow
            && statement.actions.patterns.iter().any(|pattern| is_of_service(&pattern.text))
    };
    let similar = document.policy.statements.iter().find(allowing);
    let at = similar.map_or_else(
        || document.locate("/Statement"),
        |statement| document.locate(&format!("{}/Action", statement.pointer)),
    );
    let message = format!("no statement allows `{action}`");
    let finding = Finding::new(Code::PolicyLacks, at, message);
    let is_stream = action == "bedrock:InvokeModelWithResponseStream";
    if is_stream && similar.is_some() { finding.label("streaming needs a separate action") } else { finding }
}

fn lacks_resource(document: &Document, action: &str, missing: &MissingRights<'_>) -> Finding {
    let allowing = || document.policy.statements.iter().filter(|statement| allows_action(statement, action));
    let is_similar = |statement: &&Statement| {
        missing.rights.iter().any(|right| has_resource_type(statement, &right.resource))
    };
    let nearest = allowing().find(is_similar).or_else(|| allowing().next());
    let pointer = nearest.map_or_else(String::new, |statement| statement.pointer.clone());
    let at =
        document.locate_first(&[format!("{pointer}/Resource"), format!("{pointer}/NotResource"), pointer]);
    let message = match missing.rights.len() {
        1 => format!("`{action}` is not allowed on a resource that the models need"),
        count => format!("`{action}` is not allowed on {count} resources that the models need"),
    };
    Finding::new(Code::PolicyLacks, at, message)
}

/// The type of the resource in an ARN.
fn resource_type(arn: &str) -> Option<&str> {
    Some(Arn::parse(arn)?.type_and_name()?.0)
}

fn lacks_condition(document: &Document, action: &str, by: usize) -> Finding {
    let statement = &document.policy.statements[by];
    let at = document.locate(&format!("{}/Condition", statement.pointer));
    let keys: BTreeSet<String> = statement.conditions.iter().map(|condition| condition.key.clone()).collect();
    let key_names = list_names(&keys.into_iter().collect::<Vec<_>>());
    let message = format!("`{action}` is only allowed under a condition that does not hold: {key_names}");
    Finding::new(Code::PolicyLacks, at, message)
}

fn denied(document: &Document, by: usize, missing: &MissingRights<'_>) -> Finding {
    let statement = &document.policy.statements[by];
    let actions: BTreeSet<String> = missing.rights.iter().map(|right| right.action.to_owned()).collect();
    let at = document.locate(&format!("{}/Effect", statement.pointer));
    let message =
        format!("a `Deny` statement denies {}", list_names(&actions.into_iter().collect::<Vec<_>>()));
    Finding::new(Code::PolicyDenies, at, message).help(
        "remove these resources from the statement, or restrict it by a condition: no `Allow` can override it",
    )
}

fn unknown(document: &Document, pointer: &str, what: &str, missing: &MissingRights<'_>) -> Finding {
    let actions: BTreeSet<String> = missing.rights.iter().map(|right| right.action.to_owned()).collect();
    let action_names = list_names(&actions.into_iter().collect::<Vec<_>>());
    let message = format!("whether {action_names} is allowed can't be decided offline: it depends on {what}");
    with_resources(Finding::new(Code::PolicyNotEvaluated, document.locate(pointer), message), missing)
        .help("test it with a call: `bedrock-check doctor MODEL`")
}
