//! Trust policies of a role in account 111122223333.

use bedrock_check::iam::PolicyKind;
use serde_json::{Value, json};

use super::Case;
use super::conditions::{self, ASSUME_ROLE, GLOBAL, TRUST};
use super::permissions::{action_pattern, one_or_more, version};
use super::random::Random;

const ROLE: &str = "arn:aws:iam::111122223333:role/target";
const ACTIONS: &[&str] = &["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

const CALLERS: &[&str] = &[
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:user/ann",
    "arn:aws:iam::444455556666:role/path/app",
    "arn:aws:sts::444455556666:assumed-role/app/two",
    "arn:aws:iam::444455556666:user/ann",
];
/// Principals similar to the callers; each matches some of them.
const PRINCIPALS: &[&str] = &[
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:iam::444455556666:role/path/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:sts::444455556666:assumed-role/app/other",
    "arn:aws:iam::111122223333:user/ann",
    "*",
];

pub(super) fn case(random: &mut Random) -> Case {
    let action = *random.pick(ACTIONS);
    let count = *random.pick(&[1, 1, 2, 3]);
    let statements: Vec<Value> = (0..count).map(|_| statement(random, action)).collect();
    let mut policy = json!({"Statement": statements});
    if let Some(version) = version(random) {
        policy["Version"] = json!(version);
    }
    let keys = if action == "sts:AssumeRole" { ASSUME_ROLE } else { &[] };
    let context = conditions::context(random, &[TRUST, keys, GLOBAL]);
    let principal = *random.pick(CALLERS);
    Case { kind: PolicyKind::Trust, policy, action, resource: ROLE.to_owned(), principal, context }
}

fn statement(random: &mut Random, action: &str) -> Value {
    let effect = if random.chance(75) { "Allow" } else { "Deny" };
    let mut statement = json!({"Effect": effect});
    let member = if random.chance(8) { "NotAction" } else { "Action" };
    statement[member] = one_or_more(random, |random| action_pattern(random, action));
    let member = if random.chance(5) { "NotPrincipal" } else { "Principal" };
    statement[member] = match random.below(10) {
        0 if member == "Principal" => json!("*"),
        1 => json!({"Service": "bedrock.amazonaws.com"}),
        2 => json!({"Federated": "accounts.google.com", "AWS": random.pick(PRINCIPALS)}),
        _ => json!({"AWS": one_or_more(random, |random| (*random.pick(PRINCIPALS)).to_owned())}),
    };
    if let Some(conditions) = conditions::conditions(random, &[TRUST, ASSUME_ROLE, GLOBAL]) {
        statement["Condition"] = conditions;
    }
    statement
}
