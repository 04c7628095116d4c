//! A set-up that follows the platform's documentation literally: each of its known mistakes has one finding.

use serde_json::Value;

use crate::common::Project;

/// A config with the values of that documentation: short IDs of provisioned throughput, `$.output.text`, base model IDs.
const CONFIG: &str = r#"version = 1

[credentials.platform]
role_arn = "arn:aws:iam::123456789012:role/BedrockAccess"
sts_endpoint = "https://sts.us-east-1.amazonaws.com/"
trusted_principal = "arn:aws:iam::999999999999:root"

[models.claude]
credentials = "platform"
region = "us-east-1"
model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
stream = true
[models.claude.variables]
prompt = { type = "string" }
[models.claude.request]
body = '{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{ "role": "user", "content": "{{prompt}}" }] }'
[models.claude.mapping]
output_text = "$.output.text"
[[models.claude.cases]]
name = "greeting"
variables = { prompt = "Say hello" }

[models.claude-3]
extends = "claude"
model_id = "anthropic.claude-3-5-sonnet-20241022-v2:0"
mapping = { output_text = "$.content[0].text" }
cases = [{ name = "greeting", variables = { prompt = "Say hello" } }]

[models.sonnet]
extends = "claude"
model_id = "anthropic.claude-sonnet-4-6"
mapping = { output_text = "$.content[0].text" }
cases = [{ name = "greeting", variables = { prompt = "Say hello" } }]

[models.provisioned]
extends = "claude"
model_id = "bedrock:provisioned-model-inference/my-throughput-id"
mapping = { output_text = "$.content[0].text" }
cases = [{ name = "greeting", variables = { prompt = "Say hello" } }]
"#;

/// The sample policy of that documentation: the stream action is missing, and the resource is `*`.
const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["bedrock:InvokeModel", "bedrock:ListFoundationModels"],
      "Resource": "*"
    }
  ]
}
"#;

/// The code and place of each finding, as `code line:column`.
fn codes_and_places(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().expect("findings");
    let printed = findings.iter().map(|finding| {
        let at = &finding["at"]["start"];
        format!("{} {}:{}", finding["code"].as_str().expect("a code"), at["line"], at["column"])
    });
    printed.collect()
}

fn json(project: &Project, args: &[&str]) -> Value {
    let output = project.output(args);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn each_config_mistake_has_one_finding() {
    let project = Project::with(&[("bedrock.toml", CONFIG)]);
    let printed = codes_and_places(&json(&project, &["validate", "--format", "json"]));
    println!("{}", printed.join("\n"));
    assert_eq!(
        printed,
        ["mapping-impossible 18:17", "model-ended 25:12", "model-not-in-region 31:12", "model-id-form 37:12",]
    );
}

#[test]
fn each_policy_mistake_has_one_finding() {
    let of_claude = CONFIG
        .split("\n[models.claude-3]")
        .next()
        .expect("a start")
        .replace("$.output.text", "$.content[0].text");
    let project = Project::with(&[("bedrock.toml", &of_claude), ("policy.json", POLICY)]);
    let printed = codes_and_places(&json(&project, &["iam", "check", "policy.json", "--format", "json"]));
    println!("{}", printed.join("\n"));
    assert_eq!(printed, ["policy-lacks 6:17", "policy-too-broad 7:19"]);
}
