//! Actions that there are not, and resources that their actions never match.

use std::collections::BTreeSet;

use super::Document;
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding};
use crate::iam::actions::{Action, action, actions, is_unknown, matching, mistaken};
use crate::iam::evaluator::{Located, Statement};
use crate::words::nearest;

pub(super) fn check(document: &Document) -> Vec<Finding> {
    let statements = document.policy.statements.iter();
    statements
        .flat_map(|statement| {
            let mut findings = unknown_actions(document, statement);
            findings.extend(without_resource(document, statement));
            findings.extend(never_matched(document, statement));
            findings
        })
        .collect()
}

fn unknown_actions(document: &Document, statement: &Statement) -> Vec<Finding> {
    let unknown = statement.actions.patterns.iter().filter(|pattern| is_unknown(&pattern.text));
    let findings = unknown.map(|pattern| {
        let name = &pattern.text;
        let is_pattern = name.contains(['*', '?']);
        let message = if is_pattern {
            format!("no action of AWS fits `{name}`")
        } else {
            format!("AWS has no action `{name}`")
        };
        let near = mistaken(name).or_else(|| nearest(name, actions().map(|action| action.name)));
        let finding = Finding::new(Code::PolicyUnknownAction, document.at(&pattern.pointer), message);
        match mistaken(name) {
            Some(meant) => finding.help(format!("write `{meant}`: that is the action of this operation")),
            None => finding.suggest(near, "remove it"),
        }
    });
    findings.collect()
}

/// An action without resource types is allowed on `*` only.
fn without_resource(document: &Document, statement: &Statement) -> Vec<Finding> {
    let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else {
        return Vec::new();
    };
    if statement.actions.negated || resources.patterns.iter().any(|pattern| pattern.text == "*") {
        return Vec::new();
    }
    let known =
        statement.actions.patterns.iter().filter_map(|pattern| Some((pattern, action(&pattern.text)?)));
    let plain = known.filter(|(_, action)| action.resource_types.is_empty());
    let findings = plain.map(|(pattern, action)| {
        let message = format!("`{}` takes no resource, so these never match", action.name);
        Finding::new(Code::PolicyNoMatch, document.at(&pattern.pointer), message)
            .help("give it a statement of its own with `\"Resource\": \"*\"`")
    });
    findings.collect()
}

/// Types of resources as ARNs of Bedrock begin, with their names in the table of actions, and whether an ARN of the
/// type has an account.
const TYPES: [(&str, &[&str], bool); 13] = [
    ("foundation-model", &["foundation-model"], false),
    ("inference-profile", &["inference-profile"], true),
    ("application-inference-profile", &["application-inference-profile"], true),
    ("provisioned-model", &["provisioned-model"], true),
    ("custom-model", &["custom-model"], true),
    ("custom-model-deployment", &["custom-model-deployment"], true),
    ("imported-model", &["imported-model"], true),
    ("prompt-router", &["prompt-router"], true),
    ("default-prompt-router", &["default-prompt-router"], true),
    ("prompt", &["prompt", "prompt-version"], true),
    ("guardrail", &["guardrail"], true),
    ("guardrail-profile", &["guardrail-profile"], true),
    ("marketplace", &["bedrock-marketplace-model-endpoint"], true),
];

fn never_matched(document: &Document, statement: &Statement) -> Vec<Finding> {
    let resources = statement.resources.iter().filter(|resources| !resources.negated);
    let patterns = resources.flat_map(|resources| &resources.patterns);
    let findings = patterns.filter_map(|pattern| {
        let (message, help) = mismatch(statement, pattern)?;
        Some(Finding::new(Code::PolicyNoMatch, document.at(&pattern.pointer), message).help(help))
    });
    findings.collect()
}

fn mismatch(statement: &Statement, pattern: &Located) -> Option<(String, String)> {
    let arn = Arn::parse(&pattern.text).filter(|arn| arn.service == "bedrock")?;
    let kind = arn.resource.split(['/', ':']).next()?;
    let (name, types, has_account) = TYPES.into_iter().find(|(name, ..)| *name == kind)?;
    let is_wild = |text: &str| text.contains(['*', '?', '$']);
    if !has_account && !arn.account.is_empty() && arn.account != "*" && !arn.account.contains('$') {
        let right = pattern.text.replacen(&format!(":{}:", arn.account), "::", 1);
        return Some((
            format!("the ARN of a foundation model has no account, so `{}` never matches", arn.account),
            format!("write `{right}`"),
        ));
    }
    if has_account && arn.account.is_empty() {
        return Some((
            format!("an ARN of the type `{name}` has an account, so this never matches"),
            format!(
                "write the account: `arn:{}:bedrock:{}:ACCOUNT:{}`",
                arn.partition, arn.region, arn.resource
            ),
        ));
    }
    if has_account && arn.region.is_empty() && !is_wild(arn.region) {
        return Some((
            format!("an ARN of the type `{name}` has a Region, so this never matches"),
            "write the Region that the model is called in".to_owned(),
        ));
    }
    untaken(statement, name, types)
}

/// No action of the statement takes a resource of this type.
fn untaken(statement: &Statement, name: &str, types: &[&str]) -> Option<(String, String)> {
    if statement.actions.negated {
        return None;
    }
    let patterns = || statement.actions.patterns.iter().map(|pattern| pattern.text.as_str());
    let takes = |action: &Action| types.iter().any(|kind| action.resource_types.contains(kind));
    // What the table lacks may take anything.
    let may_take = |pattern: &str| {
        let mut known = matching(pattern).peekable();
        known.peek().is_none() && !is_unknown(pattern) || known.any(takes)
    };
    // Those that there are not, or that take no resource at all, are told as that.
    let takes_any = |pattern: &&str| {
        !is_unknown(pattern) && !action(pattern).is_some_and(|action| action.resource_types.is_empty())
    };
    let all: BTreeSet<&str> = patterns().filter(takes_any).collect();
    if all.is_empty() || patterns().any(may_take) {
        return None;
    }
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    let verb = if all.len() == 1 { "takes" } else { "take" };
    let help = match name {
        "custom-model" => {
            "name its deployment (`custom-model-deployment/…`) or its provisioned throughput (`provisioned-model/…`)"
        }
        "prompt" => {
            "`bedrock:RenderPrompt` is what a prompt takes, and `bedrock:InvokeModel` the model of it"
        }
        _ => "remove it, or name the action that takes it",
    };
    Some((format!("{} {verb} no resource of the type `{name}`", super::few(&all)), help.to_owned()))
}
