//! `map --infer` makes a mapping from a recording or from the model family, and writes it into the config.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, accepted, case};

#[test]
fn a_mapping_is_inferred_from_the_recorded_response() {
    let project = accepted();
    assert_snapshot!(project.run(["map", "demo", "--infer"]), @r#"
    exit 0
    --- stdout
    [models.demo.mapping]  # from the recording of `demo::greeting`
    output_text = { path = "$.content[?@.type=='text'].text", join = "" }
    input_tokens = "$.usage.input_tokens"
    output_tokens = "$.usage.output_tokens"
    "#);
    assert_snapshot!(project.run(["map", "demo", "--infer", "--case", "nothing"]), @"
    exit 2
    --- stderr
    error: `demo::nothing` has no recorded answer
      = help: record it, or omit `--case`
    ");
    assert_snapshot!(project.run(["map", "dmo", "--infer"]), @"
    exit 2
    --- stderr
    error: no config has the model `dmo`, or it can't be read
      = help: did you mean `demo`?
    ");
}

#[test]
fn without_a_recording_the_family_gives_the_mapping() {
    for (model_id, expected) in [
        ("us.amazon.nova-pro-v1:0", "$.output.message.content[*].text"),
        ("us.meta.llama3-3-70b-instruct-v1:0", "$.generation"),
        ("mistral.mistral-7b-instruct-v0:2", "$.outputs[0].text"),
        ("cohere.command-r-v1:0", "$.text"),
    ] {
        let config = MODEL.replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", model_id);
        let project = Project::with(&[("bedrock.toml", &config)]);
        let severity = "severity = { body-member = \"off\", body-missing = \"off\", body-value = \"off\" }\n";
        project.write("bedrock-check.toml", severity);
        let printed = project.run(["map", "demo", "--infer"]);
        assert!(printed.starts_with("exit 0\n") && printed.contains(expected), "{printed}");
        assert!(printed.contains("input_tokens = ") && printed.contains("output_tokens = "), "{printed}");
    }
}

#[test]
fn an_unknown_response_is_reported() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";
    let config = MODEL.replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", arn);
    let config =
        config.replace("\"anthropic_version\": \"bedrock-2023-05-31\", ", "").replace("messages", "turns");
    let project = Project::with(&[("bedrock.toml", &config)]);
    assert_snapshot!(project.run(["map", "demo", "--infer"]), @r#"
    exit 0
    --- stdout
    [models.demo.mapping]  # from its family, because no answer is recorded
    input_tokens = { header = "x-amzn-bedrock-input-token-count" }
    output_tokens = { header = "x-amzn-bedrock-output-token-count" }
    "#);
}

#[test]
fn writing_a_mapping_changes_nothing_else() {
    let project = accepted();
    let before =
        project.read("bedrock.toml").replace("\"$.content[0].text\"", "\"$.output.text\" # the answer");
    project.write("bedrock.toml", &before);
    assert_snapshot!(project.run(["map", "demo", "--infer", "--write"]), @r#"
    exit 0
    --- stdout
    [models.demo.mapping]  # from the recording of `demo::greeting`
    output_text = { path = "$.content[?@.type=='text'].text", join = "" }
    input_tokens = "$.usage.input_tokens"
    output_tokens = "$.usage.output_tokens"
    --- stderr
    wrote bedrock.toml
    "#);
    let after = project.read("bedrock.toml");
    let written = "{ path = \"$.content[?@.type=='text'].text\", join = \"\" } # the answer";
    assert_eq!(after, before.replace("\"$.output.text\" # the answer", written));
    assert!(project.run(["validate"]).starts_with("exit 0\n"));
}

#[test]
fn a_text_model_needs_no_mapping() {
    let (without, _) = MODEL.split_once("[models.demo.mapping]").expect("a mapping");
    let expects = "expect.output_text = { contains = \"Hello\" }\nexpect.input_tokens = { min = 1 }";
    let project = Project::with(&[("bedrock.toml", &format!("{without}{}", case("greeting", expects)))]);
    assert!(project.run(["validate"]).starts_with("exit 0\n"));
    crate::demo_project::record(&project, &[("demo::greeting", crate::demo_project::text_answer("Hello!"))]);
    assert_snapshot!(project.run(["test", "--accept", "-v"]), @r#"
    exit 0
    --- stdout
      replay   1 case in 1 file
      ACCEPTED demo::greeting
               output_text = "Hello!Bye."
               input_tokens = 9
               output_tokens = 6
      ──────
      1 case: 1 passed; 1 accepted   [TIME]
    "#);
    project.run(["map", "demo", "--infer", "--write"]);
    assert!(project.read("bedrock.toml").contains("[models.demo.mapping]\noutput_text = "));
    assert!(project.run(["test", "--check"]).starts_with("exit 0\n"));
}
