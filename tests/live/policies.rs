//! The policies that `iam` writes and checks, compared with the decisions of MiniStack.

use std::ffi::OsString;

use serde_json::{Value, json};

use crate::common::Project;
use crate::servers::{MiniStack, installed};

/// The account of MiniStack.
const ACCOUNT: &str = "000000000000";

/// A config with a streaming model for each of `roles`, called with that role.
fn config(roles: &[&str]) -> String {
    let mut config = "version = 1\n".to_owned();
    for role in roles {
        config += &format!(
            r#"[credentials.{role}]
role_arn = "arn:aws:iam::{ACCOUNT}:role/{role}"
trusted_principal = "arn:aws:iam::{ACCOUNT}:user/ci"
external_id = "kore-1"
[models.{role}]
credentials = "{role}"
region = "us-east-1"
model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
stream = true
request.body = '{{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{{ "role": "user", "content": "Hi" }}] }}'
mapping.output_text = "$.content[0].text"
cases = [{{ name = "greeting" }}]
"#
        );
    }
    config
}

/// Adapts a policy to MiniStack, which supports only `*` as the resource of models, and no condition on the profile.
fn adapt_to_ministack(mut policy: Value) -> Value {
    for statement in policy["Statement"].as_array_mut().expect("statements") {
        statement["Resource"] = json!("*");
        statement.as_object_mut().expect("a statement").remove("Condition");
    }
    policy
}

/// The output of `iam check` for the policies of `role`.
fn checked(project: &Project, role: &str) -> String {
    let (policy, trust) = (format!("{role}.policy.json"), format!("{role}.trust.json"));
    let args = ["iam", "check", &policy, "--trust", &trust, "--credentials", role, "--model", role];
    project.run_command(project.command().args(args))
}

#[test]
fn ministack_and_iam_check_agree_on_written_policies() {
    let Some(installed) = installed() else { return };
    let roles = ["whole", "without-stream", "other-id"];
    let project = Project::with(&[("bedrock.toml", &config(&roles))]);
    let written = |args: &[&str]| -> Value {
        let output = project.output(&[&["iam"], args].concat());
        serde_json::from_slice(&output.stdout).expect("a policy")
    };
    let mut made: Vec<OsString> = Vec::new();
    for role in roles {
        let mut policy = written(&["policy", "--credentials", role]).to_string();
        let mut trust = written(&["trust", "--credentials", role]).to_string();
        match role {
            "without-stream" => policy = policy.replace("InvokeModelWithResponseStream", "InvokeModel"),
            "other-id" => trust = trust.replace("kore-1", "kore-2"),
            _ => {}
        }
        project.write(&format!("{role}.policy.json"), &policy);
        project.write(&format!("{role}.trust.json"), &trust);
        let patched = adapt_to_ministack(serde_json::from_str(&policy).expect("JSON"));
        project.write(&format!("{role}.ministack.json"), patched.to_string());
        let file = |kind: &str| project.path().join(format!("{role}.{kind}.json")).into();
        made.extend([role.into(), file("trust"), file("ministack")]);
    }
    let stack = MiniStack::with_roles(&installed, None, &made);
    assert_eq!(stack.account, ACCOUNT);
    for (role, of_check, exit, of_call) in [
        ("whole", "no findings", "exit 0\n", "1 passed"),
        ("without-stream", "error[policy-lacks]", "exit 3\n", "explain iam-denied"),
        ("other-id", "error[trust-lacks]", "exit 3\n", "explain sts-"),
    ] {
        let printed = checked(&project, role);
        assert!(printed.contains(of_check), "{role}: {printed}");
        assert_eq!(printed.starts_with("exit 0\n"), role == "whole", "{role}: {printed}");
        let printed = stack.run(&project, &["test", "--mode", "live", "--model", role]);
        assert!(printed.starts_with(exit) && printed.contains(of_call), "{role}: {printed}");
    }
}
