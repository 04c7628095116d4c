//! Generates varied policies and requests with our verdicts. `tests/support/iam-simulate.sh` compares the verdicts with
//! those of an independent evaluator.

mod conditions;
mod permissions;
mod random;
mod trust;

use std::fmt::Write;

use bedrock_check::iam::{Context, Policy, PolicyKind, Request, Verdict};
use random::Random;
use serde_json::{Map, Value, json};

const CASES: usize = 2400;

/// A policy and a request. Condition keys that are not in the context are absent from the request.
struct Case {
    kind: PolicyKind,
    policy: Value,
    action: &'static str,
    resource: String,
    principal: &'static str,
    context: Map<String, Value>,
}

fn case(random: &mut Random) -> Case {
    if random.chance(70) { permissions::case(random) } else { trust::case(random) }
}

fn verdict(case: &Case) -> &'static str {
    let policy = Policy::read(&case.policy, case.kind);
    let policy = policy.unwrap_or_else(|errors| panic!("{}: {errors:?}", case.policy));
    let context =
        case.context.iter().fold(Context::new().others_absent(), |context, (key, value)| match value {
            Value::Array(values) => context.set(key, values.iter().filter_map(Value::as_str)),
            value => context.set(key, value.as_str()),
        });
    let principal = (case.kind == PolicyKind::Trust).then_some(case.principal);
    let request = Request { action: case.action, resource: &case.resource, principal, context: &context };
    match policy.evaluate(&request) {
        Verdict::Allowed { .. } => "allowed",
        Verdict::Denied { .. } => "denied",
        Verdict::NotAllowed => "not allowed",
        Verdict::Unknown { .. } => "unknown",
    }
}

#[test]
fn verdicts() {
    let mut random = Random::seeded(20_121_017);
    let (mut lines, mut counts) = (String::new(), std::collections::BTreeMap::new());
    for id in 0..CASES {
        let case = case(&mut random);
        let ours = verdict(&case);
        *counts.entry(ours).or_insert(0) += 1;
        let kind = if case.kind == PolicyKind::Trust { "trust" } else { "permissions" };
        let Case { policy, action, resource, principal, context, .. } = case;
        let request =
            json!({"action": action, "resource": resource, "principal": principal, "context": context});
        let line = json!({"id": id, "kind": kind, "policy": policy, "request": request, "ours": ours});
        writeln!(lines, "{line}").expect("writing to a string never fails");
    }
    println!("{counts:?}");
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/iam-cases.jsonl");
    #[expect(clippy::disallowed_methods, reason = "nobody reads it while it is written")]
    std::fs::write(file, lines).expect("the folder for temporary files exists");
    // The comparison is only useful if each verdict occurs often.
    assert!(["allowed", "denied", "not allowed"].iter().all(|verdict| counts[verdict] > CASES / 10));
}
