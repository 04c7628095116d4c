use serde_json::{Value, json};

use crate::iam::evaluator::{Context, Policy, PolicyKind, Request, Verdict};

const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2";
const USER: &str = "arn:aws:iam::111122223333:user/ann";

fn context() -> Context {
    Context::new().set("k:is", ["yes"]).absent("k:absent")
}

fn verdict(statements: &Value, action: &str) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let policy = Policy::read(&document, PolicyKind::Permissions).expect("no mistakes");
    let context = context();
    let request = Request { action, resource: MODEL, principal: None, context: &context };
    show(policy.evaluate(&request))
}

fn show(verdict: Verdict) -> String {
    match verdict {
        Verdict::Allowed { by } => format!("allowed by {by}"),
        Verdict::Denied { by } => format!("denied by {by}"),
        Verdict::NotAllowed => "not allowed".to_owned(),
        Verdict::Unknown { reasons } => {
            let reasons: Vec<String> =
                reasons.iter().map(|reason| format!("{} {}", reason.pointer, reason.what)).collect();
            format!("unknown: {}", reasons.join("; "))
        }
    }
}

/// A statement about all actions of Bedrock that applies if the key has the value `yes`.
fn statement(effect: &str, key: &str) -> Value {
    let condition = json!({"StringEquals": {key: "yes"}});
    json!({"Effect": effect, "Action": "bedrock:*", "Resource": "*", "Condition": condition})
}

#[track_caller]
fn check(statements: &[(&str, &str)], expected: &str) {
    let statements: Value = statements.iter().map(|(effect, key)| statement(effect, key)).collect();
    assert_eq!(verdict(&statements, "bedrock:InvokeModel"), expected, "{statements}");
}

#[test]
fn a_deny_overrides_every_allow() {
    check(&[("Allow", "k:is"), ("Deny", "k:is")], "denied by 1");
    check(&[("Deny", "k:is"), ("Allow", "k:is")], "denied by 0");
    check(&[("Allow", "k:absent"), ("Allow", "k:is"), ("Deny", "k:absent")], "allowed by 1");
    check(&[("Allow", "k:absent")], "not allowed");
    check(&[("Deny", "k:is")], "denied by 0");
}

#[test]
fn an_unknown_key_matters_only_if_it_can_change_the_verdict() {
    let key = "the condition key `k:new`";
    let place = |index| format!("/Statement/{index}/Condition/StringEquals/k:new {key}");
    check(&[("Allow", "k:is"), ("Allow", "k:new")], "allowed by 0");
    check(&[("Allow", "k:is"), ("Deny", "k:new")], &format!("unknown: {}", place(1)));
    check(&[("Allow", "k:new")], &format!("unknown: {}", place(0)));
    check(&[("Deny", "k:new")], "not allowed");
    check(&[("Deny", "k:new"), ("Allow", "k:new")], &format!("unknown: {}; {}", place(1), place(0)));
    check(&[("Deny", "k:new"), ("Deny", "k:is"), ("Allow", "k:is")], "denied by 1");
}

#[test]
fn a_condition_that_fails_decides_even_if_another_is_unknown() {
    let condition = json!({"StringEquals": {"k:new": "yes", "k:is": "no"}});
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    assert_eq!(verdict(&statement, "bedrock:InvokeModel"), "not allowed");
}

#[test]
fn actions_match_in_any_case_and_with_wildcards() {
    let cases = [
        ("Action", json!("*"), true),
        ("Action", json!("*:*"), true),
        ("Action", json!(["s3:*", "BEDROCK:invokemodel"]), true),
        ("Action", json!("bedrock:Invoke*"), true),
        ("Action", json!("bedrock:InvokeMode?"), true),
        ("Action", json!("bedrock:Invoke"), false),
        ("Action", json!("bedrock-agent:*"), false),
        ("NotAction", json!("bedrock:Invoke*"), false),
        ("NotAction", json!(["bedrock:Get*", "s3:*"]), true),
    ];
    for (member, actions, applies) in cases {
        let statement = json!({"Effect": "Allow", member: actions, "Resource": "*"});
        let expected = if applies { "allowed by 0" } else { "not allowed" };
        assert_eq!(verdict(&statement, "bedrock:InvokeModel"), expected, "{statement}");
    }
}

#[test]
fn a_resource_must_match_one_pattern_or_no_negated_pattern() {
    let models = "arn:aws:bedrock:*::foundation-model/*";
    let cases = [
        ("Resource", json!(["arn:aws:s3:::*", models]), "allowed by 0"),
        ("Resource", json!("arn:aws:bedrock:*::foundation-model/amazon.*"), "not allowed"),
        ("NotResource", json!(["arn:aws:s3:::*", models]), "not allowed"),
        ("NotResource", json!("arn:aws:s3:::*"), "allowed by 0"),
    ];
    for (member, resources, expected) in cases {
        let statement = json!({"Effect": "Allow", "Action": "*", member: resources});
        assert_eq!(verdict(&statement, "bedrock:InvokeModel"), expected, "{statement}");
    }
}

#[test]
fn variables_are_plain_text_in_the_older_version() {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:bedrock:*${k:is}"});
    let resource = "arn:aws:bedrock:us-east-1:111122223333:prompt/yes";
    let context = context();
    for (version, expected) in [("2012-10-17", "not allowed"), ("2008-10-17", "not allowed")] {
        let document = json!({"Version": version, "Statement": statement});
        let policy = Policy::read(&document, PolicyKind::Permissions).expect("no mistakes");
        let request = Request { action: "bedrock:GetPrompt", resource, principal: None, context: &context };
        assert_eq!(show(policy.evaluate(&request)), expected, "{version}");
    }
    let statement =
        json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:bedrock:*:*:prompt/${k:is}"});
    for (document, expected) in [
        (json!({"Version": "2012-10-17", "Statement": statement}), "allowed by 0"),
        (json!({"Version": "2008-10-17", "Statement": statement}), "not allowed"),
        (json!({"Statement": statement}), "not allowed"),
    ] {
        let policy = Policy::read(&document, PolicyKind::Permissions).expect("no mistakes");
        let request = Request { action: "bedrock:GetPrompt", resource, principal: None, context: &context };
        assert_eq!(show(policy.evaluate(&request)), expected, "{document}");
    }
}

#[test]
fn a_trust_policy_matches_the_caller_and_ignores_the_resource() {
    let statements = json!([
        {
            "Effect": "Allow",
            "Principal": {"AWS": "111122223333"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
        },
        {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:user/eve"}, "Action": "*"},
    ]);
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let policy = Policy::read(&document, PolicyKind::Trust).expect("no mistakes");
    let known = Context::new().set("sts:ExternalId", ["secret"]);
    let absent = Context::new().absent("sts:ExternalId");
    let eve = "arn:aws:iam::111122223333:user/eve";
    let external_id = "unknown: /Statement/0/Condition/StringEquals/sts:ExternalId \
        the condition key `sts:ExternalId`";
    for (action, principal, context, expected) in [
        ("sts:AssumeRole", Some(USER), &known, "allowed by 0"),
        ("sts:TagSession", Some(USER), &known, "allowed by 0"),
        ("sts:SetSourceIdentity", Some(USER), &known, "not allowed"),
        ("sts:AssumeRole", Some(USER), &absent, "not allowed"),
        ("sts:AssumeRole", Some(USER), &Context::new(), external_id),
        ("sts:AssumeRole", Some(eve), &known, "denied by 1"),
        ("sts:AssumeRole", Some("arn:aws:iam::444455556666:root"), &known, "not allowed"),
    ] {
        let request = Request { action, resource: "", principal, context };
        assert_eq!(show(policy.evaluate(&request)), expected, "{action} {principal:?}");
    }
    let request = Request { action: "sts:AssumeRole", resource: "", principal: None, context: &known };
    assert!(matches!(policy.evaluate(&request), Verdict::Unknown { reasons } if reasons.len() == 2));
}
