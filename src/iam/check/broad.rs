//! What a policy grants beyond what the models need.

use std::collections::BTreeSet;

use super::{Document, Needs, all};
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding, Severity};
use crate::iam::actions::{action, matching};
use crate::iam::evaluator::{Context, Effect, Located, Matcher, Policy, Request, Statement, Verdict};
use crate::iam::permissions::Right;
use crate::words::quoted_commas;

/// Services that models are called through.
const SERVICES: [&str; 4] = ["bedrock", "bedrock-mantle", "sagemaker", "*"];

pub(super) fn check(document: &Document, needs: &Needs<'_>) -> Vec<Finding> {
    let statements = document.policy.statements.iter();
    let allowing =
        statements.filter(|statement| statement.effect == Effect::Allow && is_about_models(statement));
    allowing.flat_map(|statement| of_statement(document, statement, needs)).collect()
}

/// Some action of it is one that calling a model has to do with.
fn is_about_models(statement: &Statement) -> bool {
    let of_service =
        |pattern: &Located| pattern.text.split(':').next().is_some_and(|service| SERVICES.contains(&service));
    statement.actions.negated || statement.actions.patterns.iter().any(of_service)
}

fn of_statement(document: &Document, statement: &Statement, needs: &Needs<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(negated(document, statement));
    if !statement.actions.negated {
        let patterns = statement.actions.patterns.iter();
        findings.extend(patterns.filter_map(|pattern| of_action(document, pattern, needs)));
    }
    let listed = statement.resources.iter().filter(|resources| !resources.negated);
    let resources = listed.flat_map(|resources| &resources.patterns);
    findings.extend(resources.filter_map(|pattern| of_resource(document, statement, pattern, needs)));
    // A condition may narrow what a wildcard opens.
    let severity = if statement.conditions.is_empty() { Severity::Warning } else { Severity::Hint };
    findings.into_iter().map(|finding| finding.severity(severity)).collect()
}

/// `NotAction` and `NotResource` allow whatever they don't name.
fn negated(document: &Document, statement: &Statement) -> Vec<Finding> {
    let is_negated = |matcher: Option<&Matcher>| matcher.is_some_and(|matcher| matcher.negated);
    let elements = [
        ("NotAction", "Action", is_negated(Some(&statement.actions))),
        ("NotResource", "Resource", is_negated(statement.resources.as_ref())),
    ];
    let negated = elements.into_iter().filter(|(.., is_negated)| *is_negated).map(|(element, instead, _)| {
        let at = document.at(&format!("{}/{element}", statement.pointer));
        Finding::new(Code::PolicyTooBroad, at, format!("`{element}` allows everything that it does not name"))
            .help(format!("write `{instead}` with what the models need"))
    });
    negated.collect()
}

fn of_action(document: &Document, pattern: &Located, needs: &Needs<'_>) -> Option<Finding> {
    let is_of_service = pattern.text.split(':').next().is_some_and(|service| SERVICES.contains(&service));
    if !is_of_service || !(pattern.text.contains(['*', '?']) || streams(&pattern.text)) {
        return None;
    }
    let wanted: BTreeSet<&str> = all(needs).map(|right| right.action).collect();
    let granted: BTreeSet<&str> = matching(&pattern.text).map(|action| action.name).collect();
    let beyond: Vec<&str> = granted.difference(&wanted).copied().collect();
    let first = beyond.first()?;
    let message = match beyond.len() {
        1 if streams(&pattern.text) => format!("no model needs `{first}`"),
        1 => format!("`{}` allows `{first}`, which no model needs", pattern.text),
        count => format!("`{}` allows {count} actions that no model needs", pattern.text),
    };
    let needed: Vec<&&str> = wanted.intersection(&granted).collect();
    let help = match needed.as_slice() {
        [] => "remove it".to_owned(),
        needed => format!("name what the models need: {}", quoted_commas(needed)),
    };
    let finding = Finding::new(Code::PolicyTooBroad, document.at(&pattern.pointer), message).help(help);
    Some(if beyond.len() > 1 { finding.note(format!("among them {}", examples(&beyond))) } else { finding })
}

/// Whether a named action streams: granted only where something is streamed. Other names may be there for a person.
fn streams(action: &str) -> bool {
    action.eq_ignore_ascii_case("bedrock:InvokeModelWithResponseStream")
}

/// Those that change something tell most.
fn examples(names: &[&str]) -> String {
    const CHANGES: [&str; 3] = ["Delete", "Create", "Update"];
    let changes = |name: &&&str| CHANGES.iter().any(|verb| name.contains(verb));
    let (mut first, rest): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| changes(name));
    first.extend(rest);
    quoted_commas(first.iter().take(3))
}

fn of_resource(
    document: &Document,
    statement: &Statement,
    pattern: &Located,
    needs: &Needs<'_>,
) -> Option<Finding> {
    if !pattern.text.contains(['*', '?']) || !can_be_of_models(&pattern.text) || !takes_resources(statement) {
        return None;
    }
    let needed: BTreeSet<&str> =
        all(needs).filter(|right| matches(pattern, right)).map(|right| right.resource.as_str()).collect();
    // Where a profile leads to may not be known: then the Region is a wildcard that is needed.
    if needed.contains(pattern.text.as_str()) {
        return None;
    }
    let message = format!("`{}` allows more resources than the models need", pattern.text);
    let help = match needed.len() {
        0 => "remove it: no model needs a resource that it matches".to_owned(),
        _ => format!("name what they need:\n{}", needed.into_iter().collect::<Vec<_>>().join("\n")),
    };
    let finding = Finding::new(Code::PolicyTooBroad, document.at(&pattern.pointer), message).help(help);
    let without: Vec<&str> = named_actions(statement)
        .filter(|action| action.resource_types.is_empty())
        .map(|action| action.name)
        .collect();
    Some(match without.as_slice() {
        [] => finding,
        names if pattern.text == "*" => finding.note(format!(
            "{} takes no resource: it keeps `*`, in a statement of its own",
            quoted_commas(names)
        )),
        _ => finding,
    })
}

fn can_be_of_models(pattern: &str) -> bool {
    pattern == "*" || Arn::parse(pattern).is_none_or(|arn| SERVICES.contains(&arn.service))
}

/// The actions of the table that a statement allows by name or pattern.
fn named_actions(statement: &Statement) -> impl Iterator<Item = &'static crate::iam::actions::Action> {
    let actions = &statement.actions;
    crate::iam::actions::actions().filter(move |action| actions.covers_action(action.name))
}

/// Some action of it takes a resource; an action that the table lacks may.
fn takes_resources(statement: &Statement) -> bool {
    let is_plain =
        |pattern: &Located| action(&pattern.text).is_some_and(|action| action.resource_types.is_empty());
    !statement.actions.patterns.iter().all(is_plain)
}

/// Whether `pattern` alone matches the resource of `right`, whatever the action.
fn matches(pattern: &Located, right: &Right) -> bool {
    let every = |text: &str| Matcher {
        negated: false,
        patterns: vec![Located { pointer: String::new(), text: text.to_owned() }],
    };
    let statement = Statement {
        pointer: String::new(),
        sid: None,
        effect: Effect::Allow,
        actions: every("*"),
        resources: Some(every(&pattern.text)),
        principals: None,
        conditions: Vec::new(),
    };
    let policy = Policy { version: crate::iam::evaluator::Version::V2012, statements: vec![statement] };
    let context = Context::new();
    let request =
        Request { action: right.action, resource: &right.resource, principal: None, context: &context };
    right.resource != "*" && !matches!(policy.evaluate(&request), Verdict::NotAllowed)
}
