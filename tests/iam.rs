//! Policies: what `iam` writes, and what it says about those that are given.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;

const ROLE: &str = "arn:aws:iam::123456789012:role/BedrockAccess";

/// A model `NAME` of credentials `kore` with `more` of its keys.
fn model(name: &str, more: &str) -> String {
    format!(
        "[models.{name}]\nextends = \"base\"\n{more}\n[[models.{name}.cases]]\nname = \"hello\"\nvariables.prompt = \"Hi\"\n"
    )
}

/// A config whose credentials have `keys`, with `models`.
fn config(keys: &str, models: &[String]) -> String {
    format!(
        r#"version = 1
[credentials.kore]
role_arn = "{ROLE}"
{keys}
[models.base]
enabled = false
credentials = "kore"
region = "us-east-1"
model_id = "us.anthropic.claude-sonnet-4-6"
[models.base.variables]
prompt = {{}}
[models.base.request]
body = '{{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{{ "role": "user", "content": "{{{{prompt}}}}" }}] }}'
[models.base.mapping]
output_text = "$.content[0].text"
{}"#,
        models.concat()
    )
}

const STREAM: &str = "enabled = true\nstream = true";
const WHOLE: &str = "enabled = true";
const TRUSTED: &str = "trusted_principal = \"arn:aws:iam::999999999999:root\"\nexternal_id = \"kore-1\"";

fn project(keys: &str, models: &[String]) -> Project {
    Project::with(&[("bedrock.toml", &config(keys, models))])
}

fn policy(statements: &Value) -> String {
    format!("{:#}", json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What `iam ARGUMENTS` writes as JSON.
#[track_caller]
fn written(project: &Project, args: &[&str]) -> Value {
    let output = project.output(&[&["iam"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The codes and exit of `iam check`.
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
fn a_policy_grants_the_profile_and_the_model_in_each_of_its_regions() {
    let project = project("", &[model("chat", WHOLE), model("chat-stream", STREAM)]);
    assert_snapshot!(project.run(["iam", "policy"]), @r#"
    exit 0
    --- stdout
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "InvokeAndStreamInferenceProfiles",
          "Effect": "Allow",
          "Action": [
            "bedrock:InvokeModel",
            "bedrock:InvokeModelWithResponseStream"
          ],
          "Resource": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"
        },
        {
          "Sid": "InvokeAndStreamModelsBehindProfiles",
          "Effect": "Allow",
          "Action": [
            "bedrock:InvokeModel",
            "bedrock:InvokeModelWithResponseStream"
          ],
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
      ]
    }
    --- stderr
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn what_calls_carry_along_is_granted() {
    let guarded = "enabled = true\noperation = \"converse\"\nmodel_id = \"amazon.nova-pro-v1:0\"\nrequest.body = '{ \"messages\": [{ \"role\": \"user\", \"content\": [{ \"text\": \"{{prompt}}\" }] }], \"guardrailConfig\": { \"guardrailIdentifier\": \"gr4kq1xw8zt2\", \"guardrailVersion\": \"1\" } }'\nmapping.output_text = \"$.output.message.content[0].text\"";
    let endpoint = "enabled = true\nmodel_id = \"arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine\"";
    let own = "enabled = true\nmodel_id = \"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd\"";
    let models = [model("guarded", guarded), model("endpoint", endpoint), model("own", own)];
    let project = project("source = \"bedrock-api-key\"", &models);
    let args = ["iam", "policy", "--behind", "amazon.nova-lite-v1:0", "--with-doctor", "--first-use"];
    assert_snapshot!(project.run(args), @r#"
    exit 0
    --- stdout
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "InvokeModels",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
        },
        {
          "Sid": "InvokeInferenceProfiles",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd"
        },
        {
          "Sid": "InvokeModelsBehindProfiles",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
          "Condition": {
            "ArnEquals": {
              "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd"
            }
          }
        },
        {
          "Sid": "InvokeMarketplaceModels",
          "Effect": "Allow",
          "Action": "bedrock:InvokeModel",
          "Resource": "arn:aws:bedrock:us-east-1:123456789012:marketplace/model-endpoint/all-access"
        },
        {
          "Sid": "InvokeMarketplaceEndpoints",
          "Effect": "Allow",
          "Action": "sagemaker:InvokeEndpoint",
          "Resource": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine",
          "Condition": {
            "StringEquals": {
              "aws:CalledViaLast": "bedrock.amazonaws.com"
            }
          }
        },
        {
          "Sid": "ApplyGuardrails",
          "Effect": "Allow",
          "Action": "bedrock:ApplyGuardrail",
          "Resource": "arn:aws:bedrock:us-east-1:123456789012:guardrail/gr4kq1xw8zt2"
        },
        {
          "Sid": "CallWithApiKey",
          "Effect": "Allow",
          "Action": "bedrock:CallWithBearerToken",
          "Resource": "*"
        },
        {
          "Sid": "SubscribeToModels",
          "Effect": "Allow",
          "Action": [
            "aws-marketplace:Subscribe",
            "aws-marketplace:ViewSubscriptions"
          ],
          "Resource": "*"
        },
        {
          "Sid": "ListModels",
          "Effect": "Allow",
          "Action": [
            "bedrock:ListFoundationModels",
            "bedrock:ListInferenceProfiles"
          ],
          "Resource": "*"
        },
        {
          "Sid": "ReadInferenceProfiles",
          "Effect": "Allow",
          "Action": "bedrock:GetInferenceProfile",
          "Resource": "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd"
        }
      ]
    }
    --- stderr
    note: if the guardrail `gr4kq1xw8zt2` uses cross-Region inference, add `bedrock:ApplyGuardrail` on its `guardrail-profile/…` in each of that profile's Regions
    note: `aws-marketplace:Subscribe` is for the first call only: the subscription is the account's, so remove the statement afterwards
    "#);
    let told = project.run(["iam", "policy", "--model", "own"]);
    assert!(told.contains("--behind MODEL_ID"), "{told}");
}

#[test]
fn every_role_has_a_policy_of_its_own() {
    let other = "[credentials.other]\nrole_arn = \"arn:aws:iam::210987654321:role/Other\"";
    let models = [
        model("one", WHOLE),
        model(
            "two",
            "enabled = true\ncredentials = \"other\"\nmodel_id = \"anthropic.claude-3-haiku-20240307-v1:0\"",
        ),
    ];
    let project = project(&format!("{TRUSTED}\n{other}"), &models);
    assert_snapshot!(project.run(["iam", "policy"]), @"
    exit 2
    --- stderr
    error: the models are called as 2 roles: `arn:aws:iam::123456789012:role/BedrockAccess`, `arn:aws:iam::210987654321:role/Other`
      = help: select one with `--credentials NAME`, or write them all with `--split-by-role`
    ");
    let split = written(&project, &["policy", "--split-by-role"]);
    let roles: Vec<_> = split.as_object().expect("roles").keys().collect();
    assert_eq!(roles, [ROLE, "arn:aws:iam::210987654321:role/Other"]);
    let one = written(&project, &["policy", "--credentials", "other"]);
    assert_eq!(one, split["arn:aws:iam::210987654321:role/Other"]);
    assert_snapshot!(project.run(["iam", "policy", "--credentials", "othre"]), @"
    exit 2
    --- stderr
    error: no selected model is called with the credentials `othre`
      = help: did you mean `other`?
    ");
    assert_snapshot!(project.run(["iam", "trust"]), @"
    exit 2
    --- stderr
    error: the models use several credentials: `kore` (arn:aws:iam::123456789012:role/BedrockAccess), `other` (arn:aws:iam::210987654321:role/Other)
      = help: select one with `--credentials NAME`: each role has a trust policy of its own
    ");
    assert_snapshot!(project.run(["iam", "trust", "--credentials", "other"]), @r#"
    exit 2
    --- stderr
    error: the credentials `other` do not say whom the role trusts
      = help: write the platform's principal into `[credentials.other]`, as its form shows it: `trusted_principal = "arn:aws:iam::ACCOUNT:root"`
    "#);
}

#[test]
fn an_account_that_nothing_tells_is_asked_for() {
    let config = config("", &[model("chat", WHOLE)])
        .replace(&format!("role_arn = \"{ROLE}\""), "source = \"default\"");
    let project = Project::with(&[("bedrock.toml", &config)]);
    assert_snapshot!(project.run(["iam", "policy"]), @"
    exit 2
    --- stderr
    error: the model `chat`: the account that is called is not known
      = help: write `role_arn`, or `allowed_account_ids` with one account, into `[credentials.kore]`; or pass `--account ID`
    ");
    let policy = written(&project, &["policy", "--account", "210987654321"]);
    assert!(policy.to_string().contains(":210987654321:inference-profile/"), "{policy}");
}

#[test]
fn a_trust_policy_has_what_the_call_sends() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }\nsession_tags = { team = \"x\" }\nsource_identity = \"kore\"\nmfa_serial = \"arn:aws:iam::999999999999:mfa/ann\"";
    let project = project(keys, &[model("chat", WHOLE)]);
    let mut command = project.command();
    let told = project.told(command.env("EXTERNAL", "hush-hush").args(["iam", "trust"]));
    assert!(!told.contains("hush-hush"), "{told}");
    assert_snapshot!(told, @r#"
    exit 0
    --- stdout
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::999999999999:root"
          },
          "Action": [
            "sts:AssumeRole",
            "sts:TagSession",
            "sts:SetSourceIdentity"
          ],
          "Condition": {
            "StringEquals": {
              "sts:ExternalId": "${EXTERNAL}"
            },
            "Bool": {
              "aws:MultiFactorAuthPresent": "true"
            }
          }
        }
      ]
    }
    --- stderr
    note: this is the trust policy of arn:aws:iam::123456789012:role/BedrockAccess
    note: replace `${EXTERNAL}` by the external ID that the variable EXTERNAL holds; as it stands the policy lets nobody in
    "#);
    let own = "arn:aws:sts::123456789012:assumed-role/kore-on-site/session";
    let trust = written(&project, &["trust", "--on-premises", own]);
    assert_eq!(
        trust["Statement"][0]["Principal"],
        json!({ "AWS": "arn:aws:iam::123456789012:role/kore-on-site" })
    );
    let told = project.run(["iam", "trust", "--on-premises", "arn:aws:iam::123456789012:root"]);
    assert!(told.starts_with("exit 2\n") && told.contains("expected the ARN of a role or user"), "{told}");
}

#[test]
fn the_role_before_is_trusted_if_nobody_else_is_named() {
    let chain = "chain = [{ role_arn = \"arn:aws:iam::999999999999:role/hub\" }]";
    let trust = written(&project(chain, &[model("chat", WHOLE)]), &["trust"]);
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::999999999999:role/hub");
}

#[test]
fn what_is_written_passes_its_own_check() {
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
      | |_______^ streaming is an action of its own
      |
      = note: on arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
      = note: would fail: `chat-stream::hello`
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
       = note: `bedrock:ListFoundationModels` takes no resource: it keeps `*`, in a statement of its own
       = help: name what they need:
               arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    1 call, 4 rights: 1 error, 1 warning
    --- stderr
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn a_region_that_is_left_out_is_missed() {
    let project = project(TRUSTED, &[model("chat", WHOLE), model("chat-stream", STREAM)]);
    let text = format!("{:#}", written(&project, &["policy"]));
    let text = text.replace("arn:aws:bedrock:us-east-2::", "arn:aws:bedrock:us-east-3::");
    project.write("policy.json", text);
    assert_snapshot!(project.run(["iam", "check", "policy.json"]), @r#"
    exit 1
    --- stdout
    error[policy-lacks]: `bedrock:InvokeModel` is not allowed on a resource that is called
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
       = note: would fail: `chat::hello`
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

    error[policy-lacks]: `bedrock:InvokeModelWithResponseStream` is not allowed on a resource that is called
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
       = note: would fail: `chat-stream::hello`
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
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn a_condition_that_does_not_hold_is_told() {
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
    error[policy-lacks]: `bedrock:InvokeModel` is allowed under a condition that does not hold: `bedrock:InferenceProfileArn`
     --> policy.json:1:552
      |
    1 | ...n":{"ArnEquals":{"bedrock:InferenceProfileArn":"arn:aws:bedrock:us-west-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6"}}}]}
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: on arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                 arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
      = note: would fail: `chat::hello`
      = help: let the condition hold for these calls, or add the statement
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
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn names_that_aws_does_not_have_are_told() {
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
    warning[policy-unknown-action]: AWS has no action `bedrock:Converse`
      --> policy.json:28:9
       |
    28 |         "bedrock:Converse",
       |         ^^^^^^^^^^^^^^^^^^
       |
       = help: write `bedrock:InvokeModel`: that is the action of this operation

    warning[policy-unknown-action]: AWS has no action `bedrock:InvokeModelWithResponceStream`
      --> policy.json:29:9
       |
    29 |         "bedrock:InvokeModelWithResponceStream"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `bedrock:InvokeModelWithResponseStream`?

    warning[policy-no-match]: `bedrock:InvokeModel` takes no resource of the type `custom-model`
      --> policy.json:37:9
       |
    37 |         "arn:aws:bedrock:us-east-1:123456789012:custom-model/x.y/abcdefghijkl",
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: name its deployment (`custom-model-deployment/…`) or its provisioned throughput (`provisioned-model/…`)

    warning[policy-no-match]: the ARN of a foundation model has no account, so `123456789012` never matches
      --> policy.json:38:9
       |
    38 |         "arn:aws:bedrock:us-east-1:123456789012:foundation-model/x.y",
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `arn:aws:bedrock:us-east-1::foundation-model/x.y`

    warning[policy-no-match]: an ARN of the type `inference-profile` has an account, so this never matches
      --> policy.json:39:9
       |
    39 |         "arn:aws:bedrock:us-east-1::inference-profile/us.x.y"
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write the account: `arn:aws:bedrock:us-east-1:ACCOUNT:inference-profile/us.x.y`

    warning[policy-no-match]: `bedrock:ListFoundationModels` takes no resource, so these never match
      --> policy.json:44:17
       |
    44 |       "Action": "bedrock:ListFoundationModels",
       |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: give it a statement of its own with `"Resource": "*"`

    1 call, 4 rights: 6 warnings
    --- stderr
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn wildcards_are_told_with_what_is_needed() {
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
      = note: among them `bedrock:BatchDeleteEvaluationJob`, `bedrock:CreateAgent`, `bedrock:CreateAgentActionGroup`
      = help: name what the models need: `bedrock:InvokeModel`

    warning[policy-too-broad]: `arn:aws:bedrock:*:*:*` allows more resources than the models need
     --> policy.json:7:19
      |
    7 |       "Resource": "arn:aws:bedrock:*:*:*"
      |                   ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name what they need:
              arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
              arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    warning[policy-too-broad]: `NotAction` allows everything that it does not name
      --> policy.json:11:20
       |
    11 |       "NotAction": "iam:*",
       |                    ^^^^^^^
       |
       = help: write `Action` with what the models need

    warning[policy-too-broad]: `NotResource` allows everything that it does not name
      --> policy.json:12:22
       |
    12 |       "NotResource": "arn:aws:iam::*:user/x"
       |                      ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write `Resource` with what the models need

    hint[policy-too-broad]: `*` allows more resources than the models need
      --> policy.json:27:19
       |
    27 |       "Resource": "*",
       |                   ^^^
       |
       = help: name what they need:
               arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
               arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6

    1 call, 4 rights: 4 warnings, 1 hint
    --- stderr
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn a_deny_and_what_depends_on_the_call_are_told() {
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
    error[policy-denies]: a `Deny` hits `bedrock:InvokeModel`
      --> policy.json:26:17
       |
    26 |       "Effect": "Deny",
       |                 ^^^^^^
       |
       = note: on arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-sonnet-4-6
                  arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-6
       = note: would fail: `chat::hello`
       = help: leave these resources out of the statement, or narrow it by a condition: no `Allow` wins over it

    warning[policy-not-evaluated]: whether `bedrock:InvokeModel` is allowed depends on what is not known here: the condition key `aws:SourceIp`
      --> policy.json:41:27
       |
    41 |           "aws:SourceIp": "203.0.113.0/24"
       |                           ^^^^^^^^^^^^^^^^
       |
       = note: on arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
                  arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6
       = note: needed by `chat::hello`
       = help: make sure that it holds for the calls; `bedrock-check doctor MODEL` makes one

    1 call, 4 rights: 1 error, 1 warning
    --- stderr
    note: a service control policy that limits Regions must let `us.anthropic.claude-sonnet-4-6` through in us-east-2, us-west-2: a call may be answered in any of them
    "#);
}

#[test]
fn a_trust_policy_is_checked_for_what_is_sent() {
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
fn an_external_id_of_the_environment_is_compared_and_not_told() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }";
    let project = project(keys, &[model("chat", WHOLE)]);
    project.write("policy.json", written(&project, &["policy"]).to_string());
    project
        .write("trust.json", format!("{:#}", written(&project, &["trust"])).replace("${EXTERNAL}", "kore-1"));
    for (value, exit, says) in [
        (None, "exit 0\n", "set EXTERNAL to what the platform gave you"),
        (Some("kore-1"), "exit 0\n", "no findings"),
        (Some("hush-hush"), "exit 1\n", "another external ID"),
    ] {
        let mut command = project.command();
        command
            .args(["iam", "check", "policy.json", "--trust", "trust.json"])
            .envs(value.map(|value| ("EXTERNAL", value)));
        let told = project.told(&mut command);
        assert!(told.starts_with(exit) && told.contains(says) && !told.contains("hush"), "{told}");
    }
}

#[test]
fn what_is_no_policy_is_told_at_its_place() {
    let project = project(TRUSTED, &[model("chat", WHOLE)]);
    for (text, place, says) in [
        ("{ \"Version\": \"2012-10-17\", }", ":1:28", "expected"),
        (
            "{\n \"Statement\": [{ \"Efect\": \"Allow\", \"Action\": \"bedrock:x\", \"Resource\": \"*\" }] }",
            ":2:",
            "did you mean `Effect`?",
        ),
        ("{ \"Statement\": {{x}} }", ":1:", "expected JSON"),
        ("[]", ":1:1", "expected an object, found a list"),
        ("", "policy.json", "expected"),
        ("{ \"Statement\": [], \"Statement\": [] }", ":1:", "stands twice"),
        (
            "{ \"Statement\": [{ \"Effect\": \"Allow\", \"Action\": \"bedrock:*\", \"Resource\": \"*\", \"Principal\": \"*\" }] }",
            ":1:",
            "`Principal` in a permission policy",
        ),
    ] {
        project.write("policy.json", text);
        let told = project.run(["iam", "check", "policy.json"]);
        assert!(told.starts_with("exit 2\n") && told.contains("error[policy-invalid]"), "{told}");
        assert!(told.contains(place) && told.contains(says), "{text}: {told}");
    }
    let deep = "[".repeat(5000);
    project.write("policy.json", &deep);
    assert!(project.run(["iam", "check", "policy.json"]).starts_with("exit 2\n"));
    assert!(project.run(["iam", "check", "absent.json"]).starts_with("exit 2\n"));
}

#[test]
fn a_ticket_has_what_support_asks_for() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }\nsts_endpoint = \"https://sts.us-east-1.amazonaws.com/\"";
    let project = project(keys, &[model("chat", WHOLE), model("chat-stream", STREAM)]);
    let mut command = project.command();
    let told = project.told(command.env("EXTERNAL", "hush-hush").args(["iam", "ticket"]));
    assert_snapshot!(told, @"
    exit 0
    --- stdout
    # Register an IAM role for Amazon Bedrock

    - IAM role ARN: arn:aws:iam::123456789012:role/BedrockAccess
    - AWS account: 123456789012
    - Partition: aws
    - STS endpoint: https://sts.us-east-1.amazonaws.com/
    - External ID: ${EXTERNAL}
    - Trusted principal: arn:aws:iam::999999999999:root
    - Session tags: not set

    | model | model ID | Region | answered in | operation |
    | --- | --- | --- | --- | --- |
    | chat | `us.anthropic.claude-sonnet-4-6` | us-east-1 | us-east-1, us-east-2, us-west-2 | InvokeModel |
    | chat-stream | `us.anthropic.claude-sonnet-4-6` | us-east-1 | us-east-1, us-east-2, us-west-2 | InvokeModelWithResponseStream |
    ");
    let ticket = written(&project, &["ticket", "--format", "json"]);
    assert_eq!(
        ticket["requests"][0]["models"][1]["destinations"],
        json!(["us-east-1", "us-east-2", "us-west-2"])
    );
}

#[test]
fn a_sheet_has_the_fields_of_the_form_and_no_secret() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }";
    let more = "enabled = true\nheaders = { X-Amzn-Bedrock-Service-Tier = \"flex\" }\n[models.chat.variables]\nprompt = {}\nsystem = { display_name = \"System\", default = { env = \"SYSTEM\" } }\n[models.chat.request]\nbody = '{ \"anthropic_version\": \"bedrock-2023-05-31\", \"max_tokens\": 100, \"system\": \"{{system}}\", \"messages\": [{ \"role\": \"user\", \"content\": \"{{prompt}}\" }] }'";
    let project = project(keys, &[model("chat", more)]);
    for format in ["terminal", "json"] {
        let mut command = project.command();
        command.env("EXTERNAL", "hush-hush").env("SYSTEM", "hu").args(["show", "chat", "--format", format]);
        let told = project.told(&mut command);
        assert!(told.starts_with("exit 0\n") && !told.contains("hush") && !told.contains("\"hu\""), "{told}");
        if format == "terminal" {
            assert_snapshot!(told, @r#"
            exit 0
            --- stdout
            ── credentials
              name                  kore
              IAM role ARN          arn:aws:iam::123456789012:role/BedrockAccess
              trusted principal ARN arn:aws:iam::999999999999:root
              STS endpoint          not set
              external ID           ${EXTERNAL}
              source                default chain

            ── model
              model name            chat
              model ID              us.anthropic.claude-sonnet-4-6
              Region                us-east-1
              ARN                   arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6
              endpoint URL          https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-6/invoke
              operation             InvokeModel

            ── headers
              x-amzn-bedrock-service-tier flex

            ── variables
              prompt                data type: string; required: yes
              system                display name: System; data type: string; required: no; default: ${SYSTEM}

            ── request body
            { "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "system": "{{system}}", "messages": [{ "role": "user", "content": "{{prompt}}" }] }

            ── test values
              hello                 prompt: Hi; system: ${SYSTEM}

            ── JSON paths
              output_text           $.content[0].text

            ── features
              streaming             no
              family                Anthropic Claude
            "#);
        }
    }
    assert!(project.run(["show", "cht"]).contains("did you mean `chat`?"));
}
