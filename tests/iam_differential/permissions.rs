//! Permission policies for Bedrock's actions and resources.

use bedrock_check::iam::PolicyKind;
use serde_json::{Value, json};

use super::Case;
use super::conditions::{self, GLOBAL, PERMISSIONS};
use super::random::Random;

const MODELS: &[&str] = &[
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0",
    "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.titan-text-express-v1",
];
const PROFILES: &[&str] = &[
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:eu-west-1:444455556666:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/red",
];
const DEPLOYMENTS: &[&str] = &[
    "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl",
    "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abcdefghijkl",
    "arn:aws:bedrock:us-east-1:111122223333:imported-model/abcdefghijkl",
    "arn:aws:bedrock:us-east-1:111122223333:marketplace/model-endpoint/all-access",
];
const GUARDRAILS: &[&str] = &["arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123"];
const NONE: &[&str] = &["*"];

const REQUESTS: &[(&str, &[&[&str]])] = &[
    ("bedrock:InvokeModel", &[MODELS, PROFILES, DEPLOYMENTS]),
    ("bedrock:InvokeModelWithResponseStream", &[MODELS, PROFILES, DEPLOYMENTS]),
    ("bedrock:GetFoundationModel", &[MODELS]),
    ("bedrock:GetInferenceProfile", &[PROFILES]),
    ("bedrock:ApplyGuardrail", &[GUARDRAILS]),
    ("bedrock:ListFoundationModels", &[NONE]),
    ("bedrock:CallWithBearerToken", &[NONE]),
];

const PRINCIPAL: &str = "arn:aws:iam::111122223333:role/app";

pub(super) fn case(random: &mut Random) -> Case {
    // Half of the requests are about a model.
    let (action, resources) = REQUESTS[if random.chance(45) { 0 } else { random.below(REQUESTS.len()) }];
    let kind = *random.pick(resources);
    let resource = *random.pick(kind);
    let tables: &[&[conditions::Key]] = if resource == "*" { &[GLOBAL] } else { &[PERMISSIONS, GLOBAL] };
    let count = *random.pick(&[1, 1, 2, 3]);
    let statements: Vec<Value> = (0..count).map(|_| statement(random, action, resource, tables)).collect();
    let mut policy = json!({"Statement": if count == 1 && random.chance(50) { statements[0].clone() } else {
        Value::Array(statements)
    }});
    if let Some(version) = version(random) {
        policy["Version"] = json!(version);
    }
    let context = conditions::context(random, tables);
    let resource = resource.to_owned();
    Case { kind: PolicyKind::Permissions, policy, action, resource, principal: PRINCIPAL, context }
}

/// The version of the policy language, mostly the newer one.
pub(super) fn version(random: &mut Random) -> Option<&'static str> {
    match random.below(10) {
        0 => Some("2008-10-17"),
        1 => None,
        _ => Some("2012-10-17"),
    }
}

fn statement(random: &mut Random, action: &str, resource: &str, tables: &[&[conditions::Key]]) -> Value {
    let effect = if random.chance(72) { "Allow" } else { "Deny" };
    let mut statement = json!({"Effect": effect});
    let member = if random.chance(12) { "NotAction" } else { "Action" };
    statement[member] = one_or_more(random, |random| action_pattern(random, action));
    let member = if random.chance(12) { "NotResource" } else { "Resource" };
    statement[member] = one_or_more(random, |random| resource_pattern(random, resource));
    if let Some(conditions) = conditions::conditions(random, tables) {
        statement["Condition"] = conditions;
    }
    statement
}

pub(super) fn one_or_more(random: &mut Random, mut one: impl FnMut(&mut Random) -> String) -> Value {
    match random.below(3) {
        0 => json!([one(random), one(random)]),
        1 => json!([one(random)]),
        _ => json!(one(random)),
    }
}

/// A pattern similar to the action; most patterns match it.
pub(super) fn action_pattern(random: &mut Random, action: &str) -> String {
    let (service, name) = action.split_once(':').expect("an action has a service");
    match random.below(10) {
        0 => "*".to_owned(),
        1 => format!("{service}:*"),
        2 => action.to_lowercase(),
        3 => action.to_uppercase(),
        4 => format!("{service}:{}*", &name[..4]),
        5 => format!("{service}:*{}", &name[3..]),
        6 => format!("{service}:?{}", &name[1..]),
        7 => random.pick(REQUESTS).0.to_owned(),
        8 => format!("{service}:{}", &name[..4]),
        _ => action.to_owned(),
    }
}

/// A pattern similar to the resource; most patterns match it.
fn resource_pattern(random: &mut Random, resource: &str) -> String {
    if resource == "*" {
        return if random.chance(70) { "*".to_owned() } else { "arn:aws:bedrock:*:*:*".to_owned() };
    }
    let mut parts: Vec<String> = resource.splitn(6, ':').map(ToOwned::to_owned).collect();
    let (kind, name) = parts[5].split_once('/').expect("these resources have a type");
    let (kind, name) = (kind.to_owned(), name.to_owned());
    let any = || "*".to_owned();
    match random.below(17) {
        0 => return "*".to_owned(),
        1 => return "arn:aws:bedrock:*".to_owned(),
        2 => parts[3] = any(),
        3 => parts[4] = any(),
        4 => (parts[3], parts[4]) = (any(), any()),
        5 => parts[1] = any(),
        6 => parts[5] = format!("{kind}/*"),
        7 => parts[5] = format!("{kind}/{}*", &name[..name.len() / 2]),
        8 => parts[5] = format!("{kind}/*{}", &name[name.len() / 2..]),
        9 => parts[5] = format!("{kind}/{}?", &name[..name.len() - 1]),
        10 => parts[5] = any(),
        11 => parts[3].replace_range(.., "us-*-1"),
        12 => parts[5] = format!("{kind}/{}", random.pick(VARIABLES)),
        13 => {
            let kind = *random.pick(&[MODELS, PROFILES, DEPLOYMENTS, GUARDRAILS]);
            return (*random.pick(kind)).to_owned();
        }
        14 | 15 => return (*random.pick(UNUSUAL)).to_owned(),
        _ => {}
    }
    parts.join(":")
}

const VARIABLES: &[&str] =
    &["${aws:PrincipalTag/team}", "${aws:PrincipalTag/team}*", "*${aws:PrincipalTag/none, 'v1:0'}", "${*}"];

/// Patterns about which the evaluators, or AWS's own pages, disagree.
const UNUSUAL: &[&str] = &[
    "arn:aws:bedrock:*:foundation-model/*",
    "arn:aws:bedrock:us-east-1*",
    "arn:aws:bedrock:us-*foundation-model/*",
    "arn:aws:bedrock:us-east-1?:foundation-model/*",
    "arn:aws:bedrock:*:*:*inference-profile/*",
    "arn:aws:*:*:*:foundation-model/*",
    "arn:aws:bedrock:*:111122223333:foundation-model/*",
    "arn:aws:bedrock:us-east-1:${aws:PrincipalTag/account}:inference-profile/*",
    "arn:aws:s3:::*",
];
