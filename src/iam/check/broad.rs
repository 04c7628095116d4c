//! Reports what a policy grants in addition to what the models need.

use std::collections::BTreeSet;

use super::{Document, Needs, all_rights};
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding, Severity};
use crate::iam::actions::{action, matching};
use crate::iam::evaluator::{Context, Effect, Located, Matcher, Policy, Request, Statement, Verdict};
use crate::iam::permissions::Right;
use crate::words::quoted_commas;

/// The services of the actions that call models.
const SERVICES: [&str; 4] = ["bedrock", "bedrock-mantle", "sagemaker", "*"];

pub(super) fn check(document: &Document, needs: &Needs<'_>) -> Vec<Finding> {
    let statements = document.policy.statements.iter();
    let allowing =
        statements.filter(|statement| statement.effect == Effect::Allow && is_about_models(statement));
    allowing.flat_map(|statement| check_statement(document, statement, needs)).collect()
}

/// Whether any of its actions belongs to a service that calls models.
fn is_about_models(statement: &Statement) -> bool {
    let is_of_service =
        |pattern: &Located| pattern.text.split(':').next().is_some_and(|service| SERVICES.contains(&service));
    statement.actions.negated || statement.actions.patterns.iter().any(is_of_service)
}

fn check_statement(document: &Document, statement: &Statement, needs: &Needs<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(check_negated(document, statement));
    if !statement.actions.negated {
        let patterns = statement.actions.patterns.iter();
        findings.extend(patterns.filter_map(|pattern| check_action(document, pattern, needs)));
    }
    let listed = statement.resources.iter().filter(|resources| !resources.negated);
    let resources = listed.flat_map(|resources| &resources.patterns);
    findings.extend(resources.filter_map(|pattern| check_resource(document, statement, pattern, needs)));
    // A condition can restrict what a wildcard allows.
    let severity = if statement.conditions.is_empty() { Severity::Warning } else { Severity::Hint };
    findings.into_iter().map(|finding| finding.severity(severity)).collect()
}

/// Reports `NotAction` and `NotResource`, which allow everything that they don't contain.
fn check_negated(document: &Document, statement: &Statement) -> Vec<Finding> {
    let is_negated = |matcher: Option<&Matcher>| matcher.is_some_and(|matcher| matcher.negated);
    let elements = [
        ("NotAction", "Action", is_negated(Some(&statement.actions))),
        ("NotResource", "Resource", is_negated(statement.resources.as_ref())),
    ];
    let negated = elements.into_iter().filter(|(.., is_negated)| *is_negated).map(|(element, instead, _)| {
        let at = document.locate(&format!("{}/{element}", statement.pointer));
        Finding::new(
            Code::PolicyTooBroad,
            at,
            format!("`{element}` allows everything that it does not contain"),
        )
        .help(format!("replace it by `{instead}`, with only what the models need"))
    });
    negated.collect()
}

fn check_action(document: &Document, pattern: &Located, needs: &Needs<'_>) -> Option<Finding> {
    let is_of_service = pattern.text.split(':').next().is_some_and(|service| SERVICES.contains(&service));
    if !is_of_service || !(pattern.text.contains(['*', '?']) || streams(&pattern.text)) {
        return None;
    }
    let needed: BTreeSet<&str> = all_rights(needs).map(|right| right.action).collect();
    let granted: BTreeSet<&str> = matching(&pattern.text).map(|action| action.name).collect();
    let excess: Vec<&str> = granted.difference(&needed).copied().collect();
    let first = excess.first()?;
    let message = match excess.len() {
        1 if streams(&pattern.text) => format!("no model needs `{first}`"),
        1 => format!("`{}` allows `{first}`, which no model needs", pattern.text),
        count => format!("`{}` allows {count} actions that no model needs", pattern.text),
    };
    let names: Vec<&&str> = needed.intersection(&granted).collect();
    let help = match names.as_slice() {
        [] => "remove it".to_owned(),
        names => format!("replace it by the actions that the models need: {}", quoted_commas(names)),
    };
    let finding = Finding::new(Code::PolicyTooBroad, document.locate(&pattern.pointer), message).help(help);
    Some(if excess.len() > 1 { finding.note(format!("for example {}", examples(&excess))) } else { finding })
}

/// Whether the action is that of streaming calls. It is reported even without wildcard. Other actions without wildcard
/// aren't, since they may be meant for people.
fn streams(action: &str) -> bool {
    action.eq_ignore_ascii_case("bedrock:InvokeModelWithResponseStream")
}

/// Up to three of `names`, starting with actions that change something.
fn examples(names: &[&str]) -> String {
    const CHANGES: [&str; 3] = ["Delete", "Create", "Update"];
    let changes = |name: &&&str| CHANGES.iter().any(|verb| name.contains(verb));
    let (mut first, rest): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| changes(name));
    first.extend(rest);
    quoted_commas(first.iter().take(3))
}

fn check_resource(
    document: &Document,
    statement: &Statement,
    pattern: &Located,
    needs: &Needs<'_>,
) -> Option<Finding> {
    if !pattern.text.contains(['*', '?']) || !can_match_models(&pattern.text) || !accepts_resources(statement)
    {
        return None;
    }
    let needed: BTreeSet<&str> = all_rights(needs)
        .filter(|right| matches(pattern, right))
        .map(|right| right.resource.as_str())
        .collect();
    // If the destinations of a profile are unknown, the right itself has a wildcard as Region.
    if needed.contains(pattern.text.as_str()) {
        return None;
    }
    let message = format!("`{}` allows more resources than the models need", pattern.text);
    let help = match needed.len() {
        0 => "remove it: no model needs a resource that it matches".to_owned(),
        _ => format!(
            "replace it by the resources that they need:\n{}",
            needed.into_iter().collect::<Vec<_>>().join("\n")
        ),
    };
    let finding = Finding::new(Code::PolicyTooBroad, document.locate(&pattern.pointer), message).help(help);
    let without_resource: Vec<&str> = named_actions(statement)
        .filter(|action| action.resource_types.is_empty())
        .map(|action| action.name)
        .collect();
    Some(match without_resource.as_slice() {
        [] => finding,
        names if pattern.text == "*" => finding.note(format!(
            "{} can only be allowed on `*`: move it to a separate statement",
            quoted_commas(names)
        )),
        _ => finding,
    })
}

fn can_match_models(pattern: &str) -> bool {
    pattern == "*" || Arn::parse(pattern).is_none_or(|arn| SERVICES.contains(&arn.service))
}

/// The actions of the table that a statement matches.
fn named_actions(statement: &Statement) -> impl Iterator<Item = &'static crate::iam::actions::Action> {
    let actions = &statement.actions;
    crate::iam::actions::actions().filter(move |action| actions.covers_action(action.name))
}

/// Whether any of its actions accepts a resource, as an action that is not in the table may.
fn accepts_resources(statement: &Statement) -> bool {
    let has_no_resource =
        |pattern: &Located| action(&pattern.text).is_some_and(|action| action.resource_types.is_empty());
    !statement.actions.patterns.iter().all(has_no_resource)
}

/// Whether `pattern` matches the resource of `right`.
fn matches(pattern: &Located, right: &Right) -> bool {
    let matcher = |text: &str| Matcher {
        negated: false,
        patterns: vec![Located { pointer: String::new(), text: text.to_owned() }],
    };
    let statement = Statement {
        pointer: String::new(),
        sid: None,
        effect: Effect::Allow,
        actions: matcher("*"),
        resources: Some(matcher(&pattern.text)),
        principals: None,
        conditions: Vec::new(),
    };
    let policy = Policy { version: crate::iam::evaluator::Version::V2012, statements: vec![statement] };
    let context = Context::new();
    let request =
        Request { action: right.action, resource: &right.resource, principal: None, context: &context };
    right.resource != "*" && !matches!(policy.evaluate(&request), Verdict::NotAllowed)
}
