//! Reports actions that don't exist, and resources that their actions never match.

use std::collections::BTreeSet;

use super::Document;
use crate::aws::arn::Arn;
use crate::diagnose::{Code, Finding};
use crate::iam::actions::{Action, action, actions, correction, is_unknown, matching};
use crate::iam::evaluator::{Located, Statement};
use crate::words::nearest;

pub(super) fn check(document: &Document) -> Vec<Finding> {
    let statements = document.policy.statements.iter();
    statements
        .flat_map(|statement| {
            let mut findings = unknown_actions(document, statement);
            findings.extend(actions_without_resource(document, statement));
            findings.extend(unmatched_resources(document, statement));
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
            format!("no AWS action matches `{name}`")
        } else {
            format!("the action `{name}` does not exist")
        };
        let finding = Finding::new(Code::PolicyUnknownAction, document.locate(&pattern.pointer), message);
        match correction(name) {
            Some(action) => finding.help(format!("write `{action}`, the action of this operation")),
            None => finding.suggest(nearest(name, actions().map(|action| action.name)), "remove it"),
        }
    });
    findings.collect()
}

/// Reports actions that have no resource types and so can only be allowed on `*`.
fn actions_without_resource(document: &Document, statement: &Statement) -> Vec<Finding> {
    let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else {
        return Vec::new();
    };
    if statement.actions.negated || resources.patterns.iter().any(|pattern| pattern.text == "*") {
        return Vec::new();
    }
    let known =
        statement.actions.patterns.iter().filter_map(|pattern| Some((pattern, action(&pattern.text)?)));
    let without_types = known.filter(|(_, action)| action.resource_types.is_empty());
    let findings = without_types.map(|(pattern, action)| {
        let message = format!("`{}` can only be allowed on `*`, so these resources never match", action.name);
        Finding::new(Code::PolicyNoMatch, document.locate(&pattern.pointer), message)
            .help("move it to a separate statement with `\"Resource\": \"*\"`")
    });
    findings.collect()
}

/// For each type of resource in Bedrock's ARNs: its names in the table of actions, and whether its ARNs contain an
/// account.
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

fn unmatched_resources(document: &Document, statement: &Statement) -> Vec<Finding> {
    let resources = statement.resources.iter().filter(|resources| !resources.negated);
    let patterns = resources.flat_map(|resources| &resources.patterns);
    let findings = patterns.filter_map(|pattern| {
        let (message, help) = mismatch(statement, pattern)?;
        Some(Finding::new(Code::PolicyNoMatch, document.locate(&pattern.pointer), message).help(help))
    });
    findings.collect()
}

fn mismatch(statement: &Statement, pattern: &Located) -> Option<(String, String)> {
    let arn = Arn::parse(&pattern.text).filter(|arn| arn.service == "bedrock")?;
    let resource_type = arn.resource.split(['/', ':']).next()?;
    let (name, types, has_account) = TYPES.into_iter().find(|(name, ..)| *name == resource_type)?;
    let is_wild = |text: &str| text.contains(['*', '?', '$']);
    if !has_account && !arn.account.is_empty() && arn.account != "*" && !arn.account.contains('$') {
        let corrected = pattern.text.replacen(&format!(":{}:", arn.account), "::", 1);
        return Some((
            format!(
                "the ARN of a foundation model contains no account, so the account `{}` never matches",
                arn.account
            ),
            format!("write `{corrected}`"),
        ));
    }
    if has_account && arn.account.is_empty() {
        return Some((
            format!(
                "an ARN of the type `{name}` contains an account, so an ARN without account never matches"
            ),
            format!(
                "add the account: `arn:{}:bedrock:{}:ACCOUNT:{}`",
                arn.partition, arn.region, arn.resource
            ),
        ));
    }
    if has_account && arn.region.is_empty() && !is_wild(arn.region) {
        return Some((
            format!("an ARN of the type `{name}` contains a Region, so an ARN without Region never matches"),
            "add the Region in which the model is called".to_owned(),
        ));
    }
    unused_type(statement, name, types)
}

/// The message and help if no action of the statement accepts a resource of this type.
fn unused_type(statement: &Statement, name: &str, types: &[&str]) -> Option<(String, String)> {
    if statement.actions.negated {
        return None;
    }
    let patterns = || statement.actions.patterns.iter().map(|pattern| pattern.text.as_str());
    let accepts = |action: &Action| types.iter().any(|kind| action.resource_types.contains(kind));
    // An action that is not in the table may accept any resource.
    let may_accept = |pattern: &str| {
        let mut known = matching(pattern).peekable();
        known.peek().is_none() && !is_unknown(pattern) || known.any(accepts)
    };
    // Unknown actions and actions without resource are reported separately.
    let accepts_any = |pattern: &&str| {
        !is_unknown(pattern) && !action(pattern).is_some_and(|action| action.resource_types.is_empty())
    };
    let all: BTreeSet<&str> = patterns().filter(accepts_any).collect();
    if all.is_empty() || patterns().any(may_accept) {
        return None;
    }
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    let verb = if all.len() == 1 { "accepts" } else { "accept" };
    let help = match name {
        "custom-model" => {
            "replace it by the deployment of the custom model (`custom-model-deployment/…`) or its provisioned throughput (`provisioned-model/…`)"
        }
        "prompt" => {
            "allow `bedrock:RenderPrompt` on the prompt, and `bedrock:InvokeModel` on the model of the prompt"
        }
        _ => "remove it, or add an action that accepts it",
    };
    Some((format!("{} {verb} no resource of the type `{name}`", super::list_names(&all)), help.to_owned()))
}
