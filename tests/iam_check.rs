//! The findings of `iam check` about policies.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;
use crate::iam::{STREAM, TRUSTED, WHOLE, model, project, written};

fn policy(statements: &Value) -> String {
    format!("{:#}", json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The exit code and the finding codes of `iam check`.
#[track_caller]
fn checked(project: &Project, args: &[&str]) -> (i32, Vec<String>) {
    let output = project.output(&[&["iam", "check"], args, &["--format", "json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let codes = document["findings"].as_array().expect("findings").iter();
    let codes = codes.map(|finding| finding["code"].as_str().expect("a code").to_owned());
    (output.status.code().expect("no signal"), codes.collect())
}

#[test]
fn written_policies_pass_the_check() {
    let keys = format!("{TRUSTED}\nsession_tags = {{ team = \"x\" }}");
    let models = [
        model("chat", WHOLE),
        model("chat-stream", STREAM),
        model("everywhere", "enabled = true\nmodel_id = \"global.anthropic.claude-haiku-4-5-20251001-v1:0\""),
    ];
    let project = project(&keys, &models);
    project.write("policy.json", written(&project, &["policy"]).to_string());
    project.write("trust.json", written(&project, &["trust"]).to_string());
    assert_eq!(checked(&project, &["policy.json", "--trust", "trust.json"]), (0, vec![]));
}

#[test]
fn a_bare_resource_and_a_missing_stream_action_are_one_finding_each() {
    let project = project(TRUSTED, &[model("chat-stream", STREAM)]);
    let actions = ["bedrock:InvokeModel", "bedrock:ListFoundationModels"];
    let trap = policy(&json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }]));
    project.write("policy.json", trap);
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 1
    --- stdout
    error[policy-lacks]: no statement allows `bedrock:InvokeModelWithResponseStream`
     --> policy.json:6:17
      |
    6 |         "Action": [
      |  _________________^
    7 | |         "bedrock:InvokeModel",
    8 | |         "bedrock:ListFoundationModels"
    9 | |       ],
      | |_______^ streaming needs a separate action
      |
      = note: on arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
      = note: cases that would fail: `chat-stream::hello`
      = help: add the statements
              {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModelWithResponseStream",
                "Resource": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
              },
              {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModelWithResponseStream",
                "Resource": [
                  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
                  "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6",
                  "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"
                ],
                "Condition": {
                  "ArnEquals": {
                    "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
                  }
                }
              }

    warning[policy-too-broad]: `*` allows more resources than the models need
      --> policy.json:10:19
       |
    10 |       "Resource": "*"
       |                   ^^^
       |
       = note: `bedrock:ListFoundationModels` can only be allowed on `*`: move it to a separate statement
       = help: replace it by the resources that they need:
               arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    1 call, 4 rights: 1 error, 1 warning
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn a_missing_region_is_reported() {
    let project = project(TRUSTED, &[model("chat", WHOLE), model("chat-stream", STREAM)]);
    let text = format!("{:#}", written(&project, &["policy"]));
    let text = text.replace("arn:aws:bedrock:us-east-2::", "arn:aws:bedrock:us-east-3::");
    project.write("policy.json", text);
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 1
    --- stdout
    error[policy-lacks]: `bedrock:InvokeModel` is not allowed on a resource that the models need
      --> policy.json:20:19
       |
    20 |         "Resource": [
       |  ___________________^
    21 | |         "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
    22 | |         "arn:aws:bedrock:us-east-3::foundation-model/anthropic.claude-sonnet-4-6",
    23 | |         "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"
    24 | |       ],
       | |_______^
       |
       = note: on arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
       = note: cases that would fail: `chat::hello`
       = help: add the statement
               {
                 "Effect": "Allow",
                 "Action": "bedrock:InvokeModel",
                 "Resource": "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6",
                 "Condition": {
                   "ArnEquals": {
                     "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
                   }
                 }
               }

    error[policy-lacks]: `bedrock:InvokeModelWithResponseStream` is not allowed on a resource that the models need
      --> policy.json:20:19
       |
    20 |         "Resource": [
       |  ___________________^
    21 | |         "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
    22 | |         "arn:aws:bedrock:us-east-3::foundation-model/anthropic.claude-sonnet-4-6",
    23 | |         "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"
    24 | |       ],
       | |_______^
       |
       = note: on arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
       = note: cases that would fail: `chat-stream::hello`
       = help: add the statement
               {
                 "Effect": "Allow",
                 "Action": "bedrock:InvokeModelWithResponseStream",
                 "Resource": "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6",
                 "Condition": {
                   "ArnEquals": {
                     "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
                   }
                 }
               }

    2 calls, 8 rights: 2 errors
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn regions_that_the_catalogue_does_not_know_are_no_error() {
    let unknown = "enabled = true\nmodel_id = \"us.anthropic.claude-not-known-v1:0\"";
    let project = project(TRUSTED, &[model("new", unknown)]);
    let text = written(&project, &["policy"]).to_string();
    assert!(text.contains("arn:aws:bedrock:*::foundation-model/anthropic.claude-not-known-v1:0"), "{text}");
    let output = project.run(["iam", "policy"]);
    assert!(output.contains("note: the catalogue lacks the Regions"), "{output}");
    project.write("policy.json", &text);
    assert_eq!(checked(&project, &["policy.json"]), (0, vec![]));
    project.write("policy.json", text.replace("bedrock:*::", "bedrock:us-east-1::"));
    assert_eq!(checked(&project, &["policy.json"]), (0, vec!["policy-not-evaluated".to_owned()]));
    project.write("policy.json", text.replace("foundation-model", "imported-model"));
    assert_eq!(checked(&project, &["policy.json"]).0, 1);
}

#[test]
fn a_condition_that_does_not_hold_is_reported() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    let text = written(&project, &["policy"]).to_string();
    project.write(
        "policy.json",
        text.replacen(
            "\"bedrock:InferenceProfileArn\":\"arn:aws:bedrock:us-east-1",
            "\"bedrock:InferenceProfileArn\":\"arn:aws:bedrock:us-west-1",
            1,
        ),
    );
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 1
    --- stdout
    error[policy-lacks]: `bedrock:InvokeModel` is only allowed under a condition that does not hold: `bedrock:InferenceProfileArn`
     --> policy.json:1:552
      |
    1 | ...n":{"ArnEquals":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:us-west-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"}}}]}
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: on arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
      = note: cases that would fail: `chat::hello`
      = help: change the condition so that it holds for these calls, or add the statement
              {
                "Effect": "Allow",
                "Action": "bedrock:InvokeModel",
                "Resource": [
                  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
                  "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6",
                  "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6"
                ],
                "Condition": {
                  "ArnEquals": {
                    "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
                  }
                }
              }

    1 call, 4 rights: 1 error
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn unknown_actions_and_resources_are_reported() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    let mut policy = written(&project, &["policy"]);
    let statements = policy["Statement"].as_array_mut().expect("statements");
    statements.push(json!({
        "Effect": "Allow",
        "Action": ["bedrock:Converse", "bedrock:InvokeModelWithResponceStream"],
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/x.y"
    }));
    statements.push(json!({
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "Resource": [
            "arn:aws:bedrock:us-east-1:123456789012:custom-model/x.y/abcdefghijkl",
            "arn:aws:bedrock:us-east-1:123456789012:foundation-model/x.y",
            "arn:aws:bedrock:us-east-1::inference-profile/us.x.y"
        ]
    }));
    statements.push(json!({
        "Effect": "Allow",
        "Action": "bedrock:ListFoundationModels",
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/x.y"
    }));
    project.write("policy.json", format!("{policy:#}"));
    assert_snapshot!(project.run(["iam", "check", "policy.json", "-q"]), @"
    exit 0
    --- stdout
    1 call, 4 rights: 6 warnings
    ");
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 0
    --- stdout
    warning[policy-unknown-action]: the action `bedrock:Converse` does not exist
      --> policy.json:28:9
       |
    28 |         "bedrock:Converse",
       |         ^^^^^^^^^^^^^^^^^^
       |
       = help: write `bedrock:InvokeModel`, the action of this operation

    warning[policy-unknown-action]: the action `bedrock:InvokeModelWithResponceStream` does not exist
      --> policy.json:29:9
       |
    29 |         "bedrock:InvokeModelWithResponceStream"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `bedrock:InvokeModelWithResponseStream`?

    warning[policy-no-match]: `bedrock:InvokeModel` accepts no resource of the type `custom-model`
      --> policy.json:37:9
       |
    37 |         "arn:aws:bedrock:us-east-1:123456789012:custom-model/x.y/abcdefghijkl",
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: replace it by the deployment of the custom model (`custom-model-deployment/…`) or its provisioned throughput (`provisioned-model/…`)

    warning[policy-no-match]: the ARN of a foundation model contains no account, so the account `123456789012` never matches
      --> policy.json:38:9
       |
    38 |         "arn:aws:bedrock:us-east-1:123456789012:foundation-model/x.y",
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `arn:aws:bedrock:us-east-1::foundation-model/x.y`

    warning[policy-no-match]: an ARN of the type `inference-profile` contains an account, so an ARN without account never matches
      --> policy.json:39:9
       |
    39 |         "arn:aws:bedrock:us-east-1::inference-profile/us.x.y"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: add the account: `arn:aws:bedrock:us-east-1:ACCOUNT:inference-profile/us.x.y`

    warning[policy-no-match]: `bedrock:ListFoundationModels` can only be allowed on `*`, so these resources never match
      --> policy.json:44:17
       |
    44 |       "Action": "bedrock:ListFoundationModels",
       |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: move it to a separate statement with `"Resource": "*"`

    1 call, 4 rights: 6 warnings
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn wildcards_are_reported_with_the_resources_that_suffice() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    let everything = policy(&json!([
        { "Effect": "Allow", "Action": "bedrock:*", "Resource": "arn:aws:bedrock:*:*:*" },
        { "Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:iam::*:user/x" },
        { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
        { "Effect": "Allow", "Action": "bedrock:ListFoundationModels", "Resource": "*" },
        { "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*",
          "Condition": { "StringEquals": { "aws:RequestedRegion": "us-east-1" } } }
    ]));
    project.write("policy.json", everything);
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 0
    --- stdout
    warning[policy-too-broad]: `bedrock:*` allows 234 actions that no model needs
     --> policy.json:6:17
      |
    6 |       "Action": "bedrock:*",
      |                 ^^^^^^^^^^^
      |
      = note: for example `bedrock:BatchDeleteEvaluationJob`, `bedrock:CreateAgent`, `bedrock:CreateAgentActionGroup`
      = help: replace it by the actions that the models need: `bedrock:InvokeModel`

    warning[policy-too-broad]: `arn:aws:bedrock:*:*:*` allows more resources than the models need
     --> policy.json:7:19
      |
    7 |       "Resource": "arn:aws:bedrock:*:*:*"
      |                   ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: replace it by the resources that they need:
              arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    warning[policy-too-broad]: `NotAction` allows everything that it does not contain
      --> policy.json:11:20
       |
    11 |       "NotAction": "iam:*",
       |                    ^^^^^^^
       |
       = help: replace it by `Action`, with only what the models need

    warning[policy-too-broad]: `NotResource` allows everything that it does not contain
      --> policy.json:12:22
       |
    12 |       "NotResource": "arn:aws:iam::*:user/x"
       |                      ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: replace it by `Resource`, with only what the models need

    hint[policy-too-broad]: `*` allows more resources than the models need
      --> policy.json:27:19
       |
    27 |       "Resource": "*",
       |                   ^^^
       |
       = help: replace it by the resources that they need:
               arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    1 call, 4 rights: 4 warnings, 1 hint
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn a_deny_and_conditions_on_the_call_are_reported() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    let mut policy = written(&project, &["policy"]);
    let statements = policy["Statement"].as_array_mut().expect("statements");
    for condition in [
        json!({ "StringNotEquals": { "aws:RequestedRegion": "us-east-1" } }),
        json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
    ] {
        statements.push(json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition }));
    }
    project.write("policy.json", format!("{policy:#}"));
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 1
    --- stdout
    error[policy-denies]: a `Deny` statement denies `bedrock:InvokeModel`
      --> policy.json:26:17
       |
    26 |       "Effect": "Deny",
       |                 ^^^^^^
       |
       = note: on arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                  arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
       = note: cases that would fail: `chat::hello`
       = help: remove these resources from the statement, or restrict it by a condition: no `Allow` can override it

    warning[policy-not-evaluated]: whether `bedrock:InvokeModel` is allowed can't be decided offline: it depends on the condition key `aws:SourceIp`
      --> policy.json:41:27
       |
    41 |           "aws:SourceIp": "203.0.113.0/24"
       |                           ^^^^^^^^^^^^^^^^
       |
       = note: on arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
                  arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
       = note: needed by `chat::hello`
       = help: test it with a call: `bedrock-check doctor MODEL`

    1 call, 4 rights: 1 error, 1 warning
    --- stderr
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn a_trust_policy_is_checked_against_what_assume_role_sends() {
    let keys = format!("{TRUSTED}\nsession_tags = {{ team = \"x\" }}");
    let project = project(&keys, &[model("chat", WHOLE)]);
    project.write("policy.json", written(&project, &["policy"]).to_string());
    let root = json!({ "AWS": "arn:aws:iam::999999999999:root" });
    let equals = |id: &str| json!({ "StringEquals": { "sts:ExternalId": id } });
    let both = json!(["sts:AssumeRole", "sts:TagSession"]);
    let cases = [
        (root.clone(), both.clone(), Some(equals("kore-1")), 0, &[][..]),
        (root.clone(), both.clone(), Some(equals("kore-2")), 1, &["trust-lacks"]),
        (root.clone(), json!("sts:AssumeRole"), Some(equals("kore-2")), 1, &["trust-lacks", "trust-lacks"]),
        (root.clone(), json!("sts:AssumeRole"), Some(equals("kore-1")), 1, &["trust-lacks"]),
        (root.clone(), json!("sts:TagSession"), Some(equals("kore-1")), 1, &["trust-lacks"]),
        (json!({ "AWS": "888888888888" }), both.clone(), Some(equals("kore-1")), 1, &["trust-lacks"]),
        (
            json!({ "AWS": "arn:aws:iam::999999999999:role/kore" }),
            both.clone(),
            Some(equals("kore-1")),
            0,
            &["policy-not-evaluated"],
        ),
        (root.clone(), both.clone(), None, 0, &["trust-too-broad"]),
        (json!("*"), both.clone(), None, 0, &["trust-too-broad"]),
        (
            root.clone(),
            both.clone(),
            Some(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })),
            0,
            &["policy-not-evaluated", "trust-too-broad"],
        ),
        (
            root.clone(),
            both.clone(),
            Some(json!({ "StringEquals": { "aws:RequestTag/team": "y" } })),
            1,
            &["trust-lacks", "trust-too-broad"],
        ),
    ];
    for (principal, action, condition, exit, codes) in cases {
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        project.write("trust.json", policy(&json!([statement])));
        let (status, mut found) = checked(&project, &["policy.json", "--trust", "trust.json"]);
        found.sort();
        assert_eq!(
            (status, found),
            (exit, codes.iter().map(|code| (*code).to_owned()).collect()),
            "{statement}"
        );
    }
    let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:*" });
    project.write("trust.json", policy(&json!([statement])));
    assert_eq!(
        checked(&project, &["policy.json", "--trust", "trust.json"]),
        (1, vec!["policy-denies".to_owned(); 2])
    );
}

#[test]
fn an_external_id_from_the_environment_is_compared_but_not_printed() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }";
    let project = project(keys, &[model("chat", WHOLE)]);
    project.write("policy.json", written(&project, &["policy"]).to_string());
    project
        .write("trust.json", format!("{:#}", written(&project, &["trust"])).replace("${EXTERNAL}", "kore-1"));
    for (value, exit, message) in [
        (None, "exit 0\n", "set the environment variable EXTERNAL to the external ID"),
        (Some("kore-1"), "exit 0\n", "no findings"),
        (Some("hush-hush"), "exit 1\n", "another external ID"),
    ] {
        let mut command = project.command();
        command
            .args(["iam", "check", "policy.json", "--trust", "trust.json"])
            .envs(value.map(|value| ("EXTERNAL", value)));
        let printed = project.run_command(&mut command);
        assert!(
            printed.starts_with(exit) && printed.contains(message) && !printed.contains("hush"),
            "{printed}"
        );
    }
}

#[test]
fn an_invalid_policy_is_reported_at_its_place() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    for (text, place, message) in [
        ("{ \"Version\": \"2012-10-17\", }", ":1:28", "expected"),
        (
            "{\n \"Statement\": [{ \"Efect\": \"Allow\", \"Action\": \"bedrock:x\", \"Resource\": \"*\" }] }",
            ":2:",
            "did you mean `Effect`?",
        ),
        ("{ \"Statement\": {{x}} }", ":1:", "expected JSON"),
        ("[]", ":1:1", "expected an object, found an array"),
        ("", "policy.json", "expected"),
        ("{ \"Statement\": [], \"Statement\": [] }", ":1:", "`Statement` twice"),
        (
            "{ \"Statement\": [{ \"Effect\": \"Allow\", \"Action\": \"bedrock:*\", \"Resource\": \"*\", \"Principal\": \"*\" }] }",
            ":1:",
            "`Principal` is not allowed in a permission policy",
        ),
    ] {
        project.write("policy.json", text);
        let printed = project.run(["iam", "check", "policy.json"]);
        assert!(printed.starts_with("exit 2\n") && printed.contains("error[policy-invalid]"), "{printed}");
        assert!(printed.contains(place) && printed.contains(message), "{text}: {printed}");
    }
    let deep = "[".repeat(5000);
    project.write("policy.json", &deep);
    assert!(project.run(["iam", "check", "policy.json"]).starts_with("exit 2\n"));
    assert!(project.run(["iam", "check", "absent.json"]).starts_with("exit 2\n"));
}
