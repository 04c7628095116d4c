//! Checks feature claims against known facts about the models and against the rest of the config.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, case};

/// The output of `validate` for the demo model with one case and further keys, `more`.
fn validated(more: &str) -> String {
    let config = format!("{MODEL}{}{more}", case("greeting", ""));
    Project::with(&[("bedrock.toml", &config)]).run(["validate"])
}

/// The findings for a model with these claims, a line each, without excerpts.
fn findings_of(model_id: &str, body: &str, claims: &str) -> Vec<String> {
    let config = format!("{MODEL}{}[models.demo.features]\n{claims}", case("greeting", ""));
    let config = config.replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", model_id);
    let start = config.find("body = '").expect("a body");
    let end = start + config[start..].find('\n').expect("a line");
    let config = format!("{}body = '{body}'{}", &config[..start], &config[end..]);
    let printed = Project::with(&[("bedrock.toml", &config)]).run(["validate"]);
    let findings = printed.lines().filter(|line| line.contains("[feature-"));
    findings.map(str::to_owned).collect()
}

#[test]
fn claims_that_the_model_supports_are_valid() {
    let claims = "[models.demo.features]\nstreaming = true\ntools = true\nparallel_tools = true\n\
                  structured_output = true\nmodalities = [\"text->text\", \"image->text\", \"document->text\"]\n";
    assert_snapshot!(validated(claims), @"
    exit 0
    --- stdout
    1 file, 1 model, 8 cases: no findings
    ");
}

#[test]
fn a_claim_that_the_catalogue_contradicts_is_reported_at_its_key() {
    assert_snapshot!(validated("[models.demo.features]\nmodalities = [\"text->text\", \"text->image\"]\n"), @r#"
    exit 0
    --- stdout
    warning[feature-unsupported]: `text->image` is claimed, but the model returns text, not image
      --> bedrock.toml:21:29
       |
     7 | model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
       |            ------------------------------------------------- this model
    ...
    21 | modalities = ["text->text", "text->image"]
       |                             ^^^^^^^^^^^^^
       |
       = help: remove `text->image` from `modalities`; the model catalogue is from 2026-11-22

    1 file, 1 model, 2 cases: 1 warning
    "#);
}

#[test]
fn known_facts_about_a_model_contradict_claims() {
    let embedding = "amazon.titan-embed-text-v2:0";
    let all = "tools = true\nstreaming = true\nmodalities = [\"image->text\"]\n";
    let mut lines = findings_of(embedding, "{ \"inputText\": \"{{prompt}}\" }", all);
    let chat = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{prompt}}\" }] }";
    let prompt = "{ \"prompt\": \"{{prompt}}\" }";
    lines.extend(findings_of("us.deepseek.r1-v1:0", prompt, "tools = true\n"));
    // This fact comes from the body schema of the family.
    lines.extend(findings_of(
        "meta.llama3-8b-instruct-v1:0",
        prompt,
        "tools = true\nparallel_tools = true\n",
    ));
    lines.extend(findings_of(
        "stability.stable-fast-upscale-v1:0",
        prompt,
        "modalities = [\"text->image\"]\n",
    ));
    lines.extend(findings_of("stability.stable-image-core-v1:1", prompt, "modalities = [\"text->image\"]\n"));
    lines.extend(findings_of(
        "mistral.voxtral-mini-3b-2507",
        chat,
        "modalities = [\"audio->text\", \"image->text\"]\n",
    ));
    lines.extend(findings_of(
        "cohere.rerank-v3-5:0",
        "{ \"query\": \"{{prompt}}\" }",
        "modalities = [\"text->text\"]\n",
    ));
    assert_snapshot!(lines.join("\n"), @"
    warning[feature-unsupported]: `tools` is claimed, but the model returns embeddings, not text
    warning[feature-unsupported]: `streaming` is claimed, but the model returns embeddings, not text
    warning[feature-unsupported]: `image->text` is claimed, but the model returns embeddings, not text
    warning[feature-unsupported]: `tools` is claimed, but the model doesn't support tools
    warning[feature-unsupported]: `tools` is claimed, but this model doesn't support tool use
    warning[feature-unsupported]: `parallel_tools` is claimed, but this model doesn't support tool use
    warning[feature-unsupported]: `text->image` is claimed, but `image` is missing
    hint[feature-unprobed]: the claim `audio->text` has no probe: bedrock-check includes no recording of a voice
    warning[feature-unsupported]: `image->text` is claimed, but the model accepts speech and text, not image
    warning[feature-unsupported]: `text->text` is claimed, but the model returns rankings, not text
    ");
}

#[test]
fn contradictions_between_claims_and_calls_are_reported() {
    let tools = "{ \"anthropic_version\": \"bedrock-2023-05-31\", \"max_tokens\": 9, \"tools\": [], \"messages\": [{ \"role\": \"user\", \"content\": \"{{prompt}}\" }] }";
    let haiku = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
    assert_snapshot!(findings_of(haiku, tools, "tools = false\nparallel_tools = true\n").join("\n"), @"
    error[feature-contradiction]: `tools` is `false`, but the body has `tools`
    error[feature-contradiction]: `parallel_tools` is claimed, but `tools` is `false`
    ");
    let config = format!("{MODEL}{}[models.demo.features]\nstreaming = false\n", case("greeting", ""));
    let config = config.replace("region = ", "stream = true\nregion = ");
    assert_snapshot!(Project::with(&[("bedrock.toml", &config)]).run(["validate"]), @"
    exit 2
    --- stdout
    error[feature-contradiction]: `streaming` is `false`, but the model is called with `stream = true`
      --> bedrock.toml:22:1
       |
     6 | stream = true
       |          ---- enables streaming
    ...
    22 | streaming = false
       | ^^^^^^^^^
       |
       = help: correct one of the two

    1 file, 1 model, 1 case: 1 error
    ");
}

#[test]
fn a_claim_without_a_probe_is_a_hint() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";
    let chat = "{ \"messages\": [{ \"role\": \"user\", \"content\": \"{{prompt}}\" }] }";
    let prompt = "{ \"prompt\": \"{{prompt}}\" }";
    let claims = "tools = true\nmodalities = [\"document->text\"]\n";
    let mut lines = findings_of(arn, chat, claims);
    lines.extend(findings_of(arn, prompt, claims));
    assert_snapshot!(lines.join("\n"), @"
    hint[feature-unprobed]: the claim `document->text` has no probe: the model's own body can't contain it
    hint[feature-unprobed]: the claim `tools` has no probe: Converse can't call the model, and the format of its own body is not known
    hint[feature-unprobed]: the claim `document->text` has no probe: Converse can't call the model, and the format of its own body is not known
    ");
}

#[test]
fn an_unknown_modality_is_rejected() {
    assert_snapshot!(validated("[models.demo.features]\nmodalities = [\"text->txt\"]\ntool = true\n"), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `modalities`: expected one of `text->text`, `image->text`, `document->text`, `audio->text`, `text->image`, found `text->txt`
      --> bedrock.toml:21:15
       |
    21 | modalities = ["text->txt"]
       |               ^^^^^^^^^^^
       |
       = help: did you mean `text->text`?

    error[unknown-key]: `tool` is not a known key in `[models.demo.features]`
      --> bedrock.toml:22:1
       |
    22 | tool = true
       | ^^^^
       |
       = help: did you mean `tools`?

    1 file, 1 model, 1 case: 2 errors
    "#);
}
