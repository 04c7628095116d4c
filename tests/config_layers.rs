//! The layers of values: flags, environment, profile, file, defaults.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, MODEL};

/// A config with defaults, a model, a model that extends it, and a profile.
const LAYERED: &str = r#"version = 1
[credentials.kore]
role_arn = "arn:aws:iam::123456789012:role/Kore"

[defaults]
credentials = "kore"
region = "us-east-1"
tags = ["shared", "slow"]
mapping.output_text = "$.choices[0].message.content"

[models.base]
model_id = "qwen.qwen3-32b-v1:0"
request.body = '{ "messages": [{ "role": "user", "content": "{{system.prompt}}" }] }'
[models.base.variables]
"system.prompt" = { type = "string", default = "Hi" }
[[models.base.cases]]
name = "greeting"

[models."base.eu"]
extends = "base"
region = "eu-central-1"
tags = ["eu"]
[[models."base.eu".cases]]
name = "farewell"

[profile.ci]
defaults.region = "us-west-2"
models.base.tags = ["ci"]
credentials.kore.external_id = "from-ci"
"#;

fn layered() -> Project {
    Project::with(&[("models/all.bedrock.toml", LAYERED)])
}

#[test]
fn every_value_is_shown_with_its_place() {
    assert_snapshot!(layered().run(["config", "show", "--origin"]), @r#"
    exit 0
    --- stdout
    # models/all.bedrock.toml
    credentials.kore.role_arn = "arn:aws:iam::123456789012:role/Kore"  # models/all.bedrock.toml:3:12
    models.base.model_id = "qwen.qwen3-32b-v1:0"  # models/all.bedrock.toml:12:12
    models.base.request.body = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{system.prompt}}\" }] }"  # models/all.bedrock.toml:13:16
    models.base.variables."system.prompt".type = "string"  # models/all.bedrock.toml:15:28
    models.base.variables."system.prompt".default = "Hi"  # models/all.bedrock.toml:15:48
    models.base.cases[0].name = "greeting"  # models/all.bedrock.toml:17:8
    models.base.credentials = "kore"  # models/all.bedrock.toml:6:15
    models.base.region = "us-east-1"  # models/all.bedrock.toml:7:10
    models.base.tags = ["shared","slow"]  # models/all.bedrock.toml:8:8
    models.base.mapping.output_text = "$.choices[0].message.content"  # models/all.bedrock.toml:9:23
    models."base.eu".region = "eu-central-1"  # models/all.bedrock.toml:21:10
    models."base.eu".tags = ["eu"]  # models/all.bedrock.toml:22:8
    models."base.eu".cases[0].name = "farewell"  # models/all.bedrock.toml:24:8
    models."base.eu".model_id = "qwen.qwen3-32b-v1:0"  # models/all.bedrock.toml:12:12
    models."base.eu".request.body = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{system.prompt}}\" }] }"  # models/all.bedrock.toml:13:16
    models."base.eu".variables."system.prompt".type = "string"  # models/all.bedrock.toml:15:28
    models."base.eu".variables."system.prompt".default = "Hi"  # models/all.bedrock.toml:15:48
    models."base.eu".credentials = "kore"  # models/all.bedrock.toml:6:15
    models."base.eu".mapping.output_text = "$.choices[0].message.content"  # models/all.bedrock.toml:9:23
    "#);
}

#[test]
fn origins_are_printed_only_on_request() {
    let project = demo_project::project(&[("greeting", "tags = [\"a\", \"b\"]")]);
    assert_snapshot!(project.run(["config", "show"]), @r#"
    exit 0
    --- stdout
    # bedrock.toml
    credentials.demo.role_arn = "arn:aws:iam::123456789012:role/BedrockAccess"
    models.demo.credentials = "demo"
    models.demo.region = "us-east-1"
    models.demo.model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
    models.demo.variables.prompt.type = "string"
    models.demo.request.body = "{ \"anthropic_version\": \"bedrock-2023-05-31\", \"max_tokens\": 100, \"messages\": [{ \"role\": \"user\", \"content\": \"{{prompt}}\" }] }"
    models.demo.mapping.output_text = "$.content[0].text"
    models.demo.mapping.input_tokens = "$.usage.input_tokens"
    models.demo.mapping.output_tokens = "$.usage.output_tokens"
    models.demo.cases[0].name = "greeting"
    models.demo.cases[0].variables.prompt = "Say greeting"
    models.demo.cases[0].tags = ["a","b"]
    "#);
}

/// The lines of `config show --origin` that contain `region`, with `args` and `environment`.
fn regions(args: &[&str], environment: &[(&str, &str)]) -> String {
    let project = layered();
    let mut command = project.command();
    command.args(["config", "show", "--origin"]).args(args).envs(environment.iter().copied());
    let printed = project.run_command(&mut command);
    printed.lines().filter(|line| line.contains("region")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_profile_overrides_the_file() {
    assert_snapshot!(regions(&["--profile", "ci"], &[]), @r#"
    models.base.region = "us-west-2"  # models/all.bedrock.toml:27:19 (profile ci)
    models."base.eu".region = "eu-central-1"  # models/all.bedrock.toml:21:10
    "#);
}

#[test]
fn the_environment_overrides_a_profile() {
    let environment = [("BEDROCK_CHECK__DEFAULTS__REGION", "ap-south-1")];
    assert_snapshot!(regions(&["--profile", "ci"], &environment), @r#"
    models.base.region = "ap-south-1"  # environment variable BEDROCK_CHECK__DEFAULTS__REGION
    models."base.eu".region = "eu-central-1"  # models/all.bedrock.toml:21:10
    "#);
    let environment = [("BEDROCK_CHECK__MODELS__BASE_EU__REGION", "ap-south-1")];
    assert_snapshot!(regions(&["--profile", "ci"], &environment), @r#"
    models.base.region = "us-west-2"  # models/all.bedrock.toml:27:19 (profile ci)
    models."base.eu".region = "ap-south-1"  # environment variable BEDROCK_CHECK__MODELS__BASE_EU__REGION
    "#);
}

#[test]
fn a_flag_overrides_the_environment() {
    let environment = [("BEDROCK_CHECK__MODELS__BASE__REGION", "ap-south-1")];
    let args = ["--profile", "ci", "--set", "models.base.region=sa-east-1"];
    assert_snapshot!(regions(&args, &environment), @r#"
    models.base.region = "sa-east-1"  # --set models.base.region=sa-east-1
    models."base.eu".region = "eu-central-1"  # models/all.bedrock.toml:21:10
    "#);
}

#[test]
fn the_last_of_two_flags_wins() {
    let args = ["--set", "models.base.region=sa-east-1", "--set", "models.base.region = \"ca-central-1\""];
    assert_snapshot!(regions(&args, &[]), @r#"
    models.base.region = "ca-central-1"  # --set models.base.region = "ca-central-1"
    models."base.eu".region = "eu-central-1"  # models/all.bedrock.toml:21:10
    "#);
}

#[test]
fn arrays_are_replaced_and_tables_are_merged() {
    let printed = layered().run(["config", "show", "--origin", "--profile", "ci"]);
    let lines = printed.lines().filter(|line| line.contains("tags") || line.contains("kore."));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    credentials.kore.role_arn = "arn:aws:iam::123456789012:role/Kore"  # models/all.bedrock.toml:3:12
    credentials.kore.external_id = "from-ci"  # models/all.bedrock.toml:29:32 (profile ci)
    models.base.tags = ["ci"]  # models/all.bedrock.toml:28:20 (profile ci)
    models."base.eu".tags = ["eu"]  # models/all.bedrock.toml:22:8
    "#);
}

#[test]
fn quoted_keys_of_a_flag_may_have_dots() {
    let project = layered();
    let printed = project.run(["config", "show", "--origin", "--set", "models.\"base.eu\".region=eu-west-1"]);
    assert_snapshot!(printed.lines().find(|line| line.contains("eu\".region")).unwrap_or_default(), @r#"models."base.eu".region = "eu-west-1"  # --set models."base.eu".region=eu-west-1"#);
}

#[test]
fn an_override_changes_the_run() {
    let project = demo_project::accepted();
    assert!(project.run(["test"]).starts_with("exit 0\n"));
    assert_snapshot!(project.run(["test", "--set", "models.demo.region=eu-west-1"]), @r#"
    exit 5
    --- stdout
      replay   1 case in 1 file
      STALE    demo::greeting

    error[fixture-stale]: the request of `demo::greeting` changed since it was recorded
      --> bedrock.toml:17:8
       |
    17 | name = "greeting"
       |        ^^^^^^^^^^ recorded in fixtures/demo/greeting.json
       |
       = note: recorded request (-) and request now (+)
               @@ -1,6 +1,6 @@
                {
                  "operation": "InvokeModel",
               -  "region": "us-east-1",
               +  "region": "eu-west-1",
                  "model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
                  "headers": {},
                  "body": {
       = help: undo the change, or record it again: `bedrock-check record --mode record-stale -k 'demo::greeting'`

      ──────
      1 case: 1 stale   [TIME]
    "#);
}

#[test]
fn an_override_of_something_unknown_warns() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["test", "--set", "models.dmeo.region=eu-west-1"]), @"
    exit 2
    --- stdout
    error[unused-override]: `--set models.dmeo.region=eu-west-1` sets a key that no config has
    --> --set models.dmeo.region=eu-west-1
     = help: check the names of model and key; `.` separates levels

    1 error: no case ran
    ");
    let mut command = project.command();
    command.arg("validate").env("BEDROCK_CHECK__MODELS__DMEO__REGION", "eu-west-1");
    assert_snapshot!(project.run_command(&mut command), @"
    exit 0
    --- stdout
    warning[unused-override]: `BEDROCK_CHECK__MODELS__DMEO__REGION` sets a key that no config has
    --> BEDROCK_CHECK__MODELS__DMEO__REGION
     = help: check the names of model and key; `__` separates levels

    1 file, 1 model, 1 case: 1 warning
    ");
}

#[test]
fn an_override_with_a_misspelt_key_is_an_error_in_the_override() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["validate", "--set", "models.demo.regoin=eu-west-1"]), @r#"
    exit 2
    --- stdout
    error[unknown-key]: `regoin` is not a known key in `[models.demo]`
     --> --set models.demo.regoin=eu-west-1:1:17
      |
    1 | "models"."demo"."regoin" = "eu-west-1"
      |                 ^^^^^^^^
      |
      = help: did you mean `region`?

    1 file, 1 model, 1 case: 1 error
    "#);
    let mut command = project.command();
    command.arg("validate").env("BEDROCK_CHECK__MODELS__DEMO__REGOIN", "eu-west-1");
    assert_snapshot!(project.run_command(&mut command), @r#"
    exit 2
    --- stdout
    error[unknown-key]: `regoin` is not a known key in `[models.demo]`
     --> BEDROCK_CHECK__MODELS__DEMO__REGOIN:1:17
      |
    1 | "models"."demo"."regoin" = "eu-west-1"
      |                 ^^^^^^^^
      |
      = help: did you mean `region`?

    1 file, 1 model, 1 case: 1 error
    "#);
    assert_snapshot!(project.run(["validate", "--set", "model.demo.region=eu-west-1"]), @r#"
    exit 2
    --- stdout
    error[unknown-key]: `model` is not a known key at the top of the file
     --> --set model.demo.region=eu-west-1:1:1
      |
    1 | "model"."demo"."region" = "eu-west-1"
      | ^^^^^^^
      |
      = help: did you mean `models`?

    1 file, 1 model, 1 case: 1 error
    "#);
}

#[test]
fn an_override_of_the_wrong_type_is_an_error_in_the_override() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["validate", "--set", "models.demo.region=7"]), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `region`: expected a string, found an integer
     --> --set models.demo.region=7:1:28
      |
    1 | "models"."demo"."region" = 7
      |                            ^
      |
      = help: put it in quotes: `"7"`

    1 file, 0 models, 0 cases: 1 error
    "#);
    assert_snapshot!(project.run(["validate", "--set", "models.demo.stream=yes"]), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `stream`: expected a boolean, found a string
     --> --set models.demo.stream=yes:1:28
      |
    1 | "models"."demo"."stream" = "yes"
      |                            ^^^^^

    1 file, 1 model, 1 case: 1 error
    "#);
    let mut command = project.command();
    command.arg("validate").env("BEDROCK_CHECK__MODELS__DEMO__MAPPING__OUTPUT_TEXT", "$.content[0");
    assert_snapshot!(project.run_command(&mut command), @r#"
    exit 2
    --- stdout
    error[path-syntax]: expected `]`, found the end of the path
     --> BEDROCK_CHECK__MODELS__DEMO__MAPPING__OUTPUT_TEXT:1:55
      |
    1 | "models"."demo"."mapping"."output_text" = "$.content[0"
      |                                                       ^
      |
      = help: close the bracket with `]`

    1 file, 1 model, 1 case: 1 error
    "#);
}

#[test]
fn a_set_flag_without_key_or_value_is_rejected() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["validate", "--set", "models.demo.region"]), @"
    exit 2
    --- stderr
    error: `--set`: expected `KEY=VALUE`, found `models.demo.region`
      = help: write `--set models.claude.region=eu-west-1`
    ");
    assert_snapshot!(project.run(["validate", "--set", "=eu-west-1"]), @"
    exit 2
    --- stderr
    error: `--set`: `` is not a TOML key
      = help: write `--set models.claude.region=eu-west-1`
    ");
    assert_snapshot!(project.run(["validate", "--set", "models..region=eu-west-1"]), @"
    exit 2
    --- stderr
    error: `--set`: `models..region` is not a TOML key
      = help: write `--set models.claude.region=eu-west-1`
    ");
}

#[test]
fn an_unknown_profile_is_an_error() {
    let project = layered();
    assert_snapshot!(project.run(["validate", "--profile", "CI"]), @"
    exit 2
    --- stdout
    error[unknown-profile]: no config declares the profile `CI`
    --> --profile CI
     = help: did you mean `ci`?

    1 file, 2 models, 2 cases: 1 error
    ");
    assert_snapshot!(project.run(["test", "--profile", "production"]), @"
    exit 2
    --- stdout
    error[unknown-profile]: no config declares the profile `production`
    --> --profile production
     = help: declare `[profile.production]` in a config

    1 error: no case ran
    ");
    assert_snapshot!(project.run(["config", "show", "--profile", "production"]), @r#"
    exit 2
    --- stdout
    # models/all.bedrock.toml
    credentials.kore.role_arn = "arn:aws:iam::123456789012:role/Kore"
    models.base.model_id = "qwen.qwen3-32b-v1:0"
    models.base.request.body = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{system.prompt}}\" }] }"
    models.base.variables."system.prompt".type = "string"
    models.base.variables."system.prompt".default = "Hi"
    models.base.cases[0].name = "greeting"
    models.base.credentials = "kore"
    models.base.region = "us-east-1"
    models.base.tags = ["shared","slow"]
    models.base.mapping.output_text = "$.choices[0].message.content"
    models."base.eu".region = "eu-central-1"
    models."base.eu".tags = ["eu"]
    models."base.eu".cases[0].name = "farewell"
    models."base.eu".model_id = "qwen.qwen3-32b-v1:0"
    models."base.eu".request.body = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{system.prompt}}\" }] }"
    models."base.eu".variables."system.prompt".type = "string"
    models."base.eu".variables."system.prompt".default = "Hi"
    models."base.eu".credentials = "kore"
    models."base.eu".mapping.output_text = "$.choices[0].message.content"
    --- stderr
    error[unknown-profile]: no config declares the profile `production`
    --> --profile production
     = help: declare `[profile.production]` in a config
    "#);
}

#[test]
fn a_profile_needs_to_be_in_one_file_only() {
    let project = layered();
    project.write("models/demo.bedrock.toml", MODEL);
    assert_snapshot!(project.run(["validate", "--profile", "ci"]), @"
    exit 0
    --- stdout
    2 files, 3 models, 2 cases: no findings
    ");
}

#[test]
fn a_mistake_in_a_profile_is_reported_at_its_place() {
    let project = layered();
    project.write("models/all.bedrock.toml", LAYERED.replace("us-west-2", "us-west"));
    assert_snapshot!(project.run(["validate"]), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `region`: expected an AWS Region, such as `us-east-1`, found `us-west`
      --> models/all.bedrock.toml:27:19
       |
    27 | defaults.region = "us-west"
       |                   ^^^^^^^^^

    1 file, 2 models, 2 cases: 1 error
    "#);
}
