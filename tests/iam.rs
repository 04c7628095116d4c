//! The policies and the ticket of `iam`, and the sheet for the platform's form.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;

const ROLE: &str = "arn:aws:iam::123456789012:role/BedrockAccess";

/// A model `name` with the credentials `kore` and further keys, `more`.
pub fn model(name: &str, more: &str) -> String {
    format!(
        "[models.{name}]\nextends = \"base\"\n{more}\n[[models.{name}.cases]]\nname = \"hello\"\nvariables.prompt = \"Hi\"\n"
    )
}

/// A config with `models` and with `keys` in the credentials.
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

pub const STREAM: &str = "enabled = true\nstream = true";
pub const WHOLE: &str = "enabled = true";
pub const TRUSTED: &str = "trusted_principal = \"arn:aws:iam::999999999999:root\"\nexternal_id = \"kore-1\"";

pub fn project(keys: &str, models: &[String]) -> Project {
    Project::with(&[("bedrock.toml", &config(keys, models))])
}

/// The JSON that `iam ARGS` prints.
#[track_caller]
pub fn written(project: &Project, args: &[&str]) -> Value {
    let output = project.output(&[&["iam"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
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
    note: if a service control policy restricts Regions, it must allow `us.anthropic.claude-sonnet-4-6` in us-east-2, us-west-2: calls can be routed to each of them
    "#);
}

#[test]
fn guardrails_endpoints_and_profiles_are_granted() {
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
    note: `aws-marketplace:Subscribe` is only needed for the first call in the account: remove the statement after that call
    "#);
    let printed = project.run(["iam", "policy", "--model", "own"]);
    assert!(printed.contains("--behind MODEL_ID"), "{printed}");
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
    error: the models are called with 2 roles: `arn:aws:iam::123456789012:role/BedrockAccess`, `arn:aws:iam::210987654321:role/Other`
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
    error: the credentials `other` have no principal that the role could trust
      = help: write the platform's principal into `[credentials.other]`, as its form shows it: `trusted_principal = "arn:aws:iam::ACCOUNT:root"`
    "#);
}

#[test]
fn an_unknown_account_must_be_given() {
    let config = config("", &[model("chat", WHOLE)])
        .replace(&format!("role_arn = \"{ROLE}\""), "source = \"default\"");
    let project = Project::with(&[("bedrock.toml", &config)]);
    assert_snapshot!(project.run(["iam", "policy"]), @"
    exit 2
    --- stderr
    error: the model `chat`: the account in which the model is called is unknown
      = help: write `role_arn`, or `allowed_account_ids` with one account, into `[credentials.kore]`; or pass `--account ID`
    ");
    let policy = written(&project, &["policy", "--account", "210987654321"]);
    assert!(policy.to_string().contains(":210987654321:inference-profile/"), "{policy}");
}

#[test]
fn a_trust_policy_matches_what_assume_role_sends() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }\nsession_tags = { team = \"x\" }\nsource_identity = \"kore\"\nmfa_serial = \"arn:aws:iam::999999999999:mfa/ann\"";
    let project = project(keys, &[model("chat", WHOLE)]);
    let mut command = project.command();
    let printed = project.run_command(command.env("EXTERNAL", "hush-hush").args(["iam", "trust"]));
    assert!(!printed.contains("hush-hush"), "{printed}");
    assert_snapshot!(printed, @r#"
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
    note: replace `${EXTERNAL}` in the policy by the value of the environment variable EXTERNAL: without this, no one can assume the role
    "#);
    let own = "arn:aws:sts::123456789012:assumed-role/kore-on-site/session";
    let trust = written(&project, &["trust", "--on-premises", own]);
    assert_eq!(
        trust["Statement"][0]["Principal"],
        json!({ "AWS": "arn:aws:iam::123456789012:role/kore-on-site" })
    );
    let printed = project.run(["iam", "trust", "--on-premises", "arn:aws:iam::123456789012:root"]);
    assert!(
        printed.starts_with("exit 2\n") && printed.contains("expected the ARN of a role or user"),
        "{printed}"
    );
}

#[test]
fn the_previous_role_of_the_chain_is_trusted_by_default() {
    let chain = "chain = [{ role_arn = \"arn:aws:iam::999999999999:role/hub\" }]";
    let trust = written(&project(chain, &[model("chat", WHOLE)]), &["trust"]);
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::999999999999:role/hub");
}

#[test]
fn a_ticket_lists_the_details_of_the_role() {
    let keys = "trusted_principal = \"999999999999\"\nexternal_id = { env = \"EXTERNAL\" }\nsts_endpoint = \"https://sts.us-east-1.amazonaws.com/\"";
    let project = project(keys, &[model("chat", WHOLE), model("chat-stream", STREAM)]);
    let mut command = project.command();
    let printed = project.run_command(command.env("EXTERNAL", "hush-hush").args(["iam", "ticket"]));
    assert_snapshot!(printed, @"
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
        let printed = project.run_command(&mut command);
        assert!(
            printed.starts_with("exit 0\n") && !printed.contains("hush") && !printed.contains("\"hu\""),
            "{printed}"
        );
        if format == "terminal" {
            assert_snapshot!(printed, @r#"
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
              claims                
              family                Anthropic Claude
            "#);
        }
    }
    assert!(project.run(["show", "cht"]).contains("did you mean `chat`?"));
}
