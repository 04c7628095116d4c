//! Probes: recording, replaying, and the answers that prove or disprove claims.

use bedrock_check::aws::catalogue::{self, Surface};
use bedrock_check::aws::family::CONVERSE;
use bedrock_check::aws::model_id::ModelId;
use bedrock_check::exchange::{Answer, Headers, Response};
use bedrock_check::schema::body::{ExpectedFamily, find_violations};
use bedrock_check::schema::family::schemas;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;
use crate::demo_project::{MODEL, case, load_suites, record_each};
use crate::mock_server::{
    self, MockServer, ReceivedRequest, Reply, assume_role_reply, caller_identity_reply, claude_frames,
    stream_reply,
};

const ALL: &str = "[models.demo.features]\nstreaming = true\ntools = true\nparallel_tools = true\nstructured_output = true\n\
                   modalities = [\"text->text\", \"image->text\", \"document->text\"]\n";

fn project(claims: &str) -> Project {
    let config =
        format!("{MODEL}{}{claims}", case("greeting", "snapshot = false\nexpect.output_text.length.min = 1"));
    Project::with(&[("bedrock.toml", &config), ("bedrock-check.toml", "retry_pause = 0.001\nretries = 1\n")])
}

/// A response of Converse with these content blocks.
fn answer(blocks: Value, stop: &str) -> Value {
    json!({
        "output": { "message": { "role": "assistant", "content": blocks } },
        "stopReason": stop,
        "usage": { "inputTokens": 9, "outputTokens": 9, "totalTokens": 18 }
    })
}

fn text(text: &str) -> Value {
    answer(json!([{ "text": text }]), "end_turn")
}

fn calls(cities: &[&str]) -> Value {
    let call = |city: &&str| json!({ "toolUse": { "toolUseId": format!("t-{city}"), "name": "get_weather", "input": { "city": city } } });
    answer(cities.iter().map(call).collect(), "tool_use")
}

/// The response of a model with every feature to the request `body`.
fn answer_with_every_feature(body: &str) -> Value {
    match body {
        body if body.contains("Tokyo") => calls(&["Paris", "Tokyo"]),
        body if body.contains("toolConfig") => calls(&["Paris"]),
        body if body.contains("outputConfig") => text(r#"{"city":"Paris","country":"France"}"#),
        body if body.contains("\"image\"") => text("Red."),
        body if body.contains("\"document\"") => text("Kestrel"),
        _ => text("Hello!"),
    }
}

fn server(model: impl Fn(&str) -> Value + Send + Sync + 'static) -> MockServer {
    MockServer::start(move |request: &ReceivedRequest, _| {
        Reply::Bytes(match request.field("Action").as_deref() {
            Some("AssumeRole") => assume_role_reply("planted", 3600),
            Some("GetCallerIdentity") => caller_identity_reply("123456789012"),
            _ if request.path.contains("stream") => stream_reply(&claude_frames("Hello!")),
            _ if request.path.ends_with("/invoke") => mock_server::claude_reply("Hello!"),
            _ => mock_server::json_reply(&model(&request.body).to_string()),
        })
    })
}

#[test]
fn every_claim_is_recorded_and_replayed() {
    let project = project(ALL);
    let server = server(answer_with_every_feature);
    let printed = project.run_command(server.command(&project).args(["probe", "--mode", "record-missing"]));
    assert!(printed.starts_with("exit 0\n") && printed.contains("7 recorded"), "{printed}");
    let fixtures = project.tree().into_iter().filter(|path| path.starts_with("fixtures/"));
    assert_snapshot!(fixtures.collect::<Vec<_>>().join("\n"), @"
    fixtures/demo/probe-document-to-text.json
    fixtures/demo/probe-image-to-text.json
    fixtures/demo/probe-parallel-tools.json
    fixtures/demo/probe-streaming.json
    fixtures/demo/probe-structured-output.json
    fixtures/demo/probe-text-to-text.json
    fixtures/demo/probe-tools.json
    ");
    let paths: Vec<String> = server.calls().iter().map(|request| request.path.clone()).collect();
    assert!(paths.iter().any(|path| path.ends_with("/invoke-with-response-stream")), "{paths:?}");
    assert_eq!(paths.iter().filter(|path| path.ends_with("/converse")).count(), 6, "{paths:?}");
    assert_snapshot!(without_times(&project.run(["probe", "-v"])), @r#"
    exit 0
    --- stdout
      replay   7 cases in 1 file
      PASS     demo::probe streaming
               output_text = "Hello!"
               input_tokens = 9
               output_tokens = 3
      PASS     demo::probe tools
               tool_names = ["get_weather"]
               stop_reason = "tool_use"
      PASS     demo::probe parallel tools
               tool_names = ["get_weather","get_weather"]
               stop_reason = "tool_use"
      PASS     demo::probe structured output
               output_text = "{\"city\":\"Paris\",\"country\":\"France\"}"
      PASS     demo::probe text to text
               output_text = "Hello!"
      PASS     demo::probe image to text
               output_text = "Red."
      PASS     demo::probe document to text
               output_text = "Kestrel"
      ──────
      7 cases: 7 passed; 1 not selected   [TIME]
    "#);
}

/// `printed` without durations.
fn without_times(printed: &str) -> String {
    let seconds = regex::Regex::new(r" +\d+\.\d\d s").expect("a regex");
    seconds.replace_all(printed, "").into_owned()
}

#[test]
fn a_claim_without_a_recording_is_missing() {
    assert_snapshot!(without_times(&project("[models.demo.features]\ntools = true\n").run(["probe"])), @"
    exit 5
    --- stdout
      replay   1 case in 1 file
      MISSING  demo::probe tools

    error[fixture-missing]: there is no recorded exchange for `demo::probe tools`
      --> bedrock.toml:22:1
       |
    22 | tools = true
       | ^^^^^ expected in fixtures/demo/probe-tools.json
       |
       = help: record it: `bedrock-check record -k 'demo::probe tools'`

      ──────
      1 case: 1 not recorded; 1 not selected   [TIME]
    ");
}

/// The findings of a probe of `claim` that receives `answer`.
fn disproven(claim: &str, answer: Value) -> String {
    let project = project(&format!("[models.demo.features]\n{claim}\n"));
    let response = Response { status: 200, headers: Headers::new(), body: answer };
    record_each(&project, |id| id.contains("probe").then(|| Answer::Response(response.clone())));
    let printed = project.run(["probe"]);
    assert!(printed.starts_with("exit 1\n"), "{printed}");
    let lines = printed.lines().filter(|line| line.contains("error[") || line.contains("= help"));
    lines.flat_map(|line| [line.trim(), "\n"]).collect()
}

#[test]
fn a_response_without_the_feature_fails_at_the_claim() {
    let project = project("[models.demo.features]\ntools = true\n");
    let response = Response { status: 200, headers: Headers::new(), body: text("It is sunny.") };
    record_each(&project, |id| id.contains("probe").then(|| Answer::Response(response.clone())));
    assert_snapshot!(without_times(&project.run(["probe"])), @"
    exit 1
    --- stdout
      replay   1 case in 1 file
      FAIL     demo::probe tools

    error[expectation-failed]: the claim `tools` is not proven: `tool_names`: expected an array that contains `get_weather`, found the array `[]`
      --> bedrock.toml:22:1
       |
    22 | tools = true
       | ^^^^^
       |
       = note: `stop_reason`: expected `tool_use`, found `end_turn`
       = note: recorded in fixtures/demo/probe-tools.json
       = help: set `tools = false`, or record the probe again

      ──────
      1 case: 1 failed; 1 not selected   [TIME]
    ");
}

#[test]
fn every_claim_can_be_disproven() {
    let printed = [
        disproven("parallel_tools = true", calls(&["Paris"])),
        disproven("structured_output = true", text("Paris, France")),
        disproven("structured_output = true", text(r#"{"town":"Paris"}"#)),
        disproven("modalities = [\"text->text\"]", answer(json!([]), "end_turn")),
        disproven("modalities = [\"image->text\"]", text("I see no image.")),
        disproven("modalities = [\"document->text\"]", text("There is no document.")),
    ];
    assert_snapshot!(printed.join("\n"), @r#"
    error[expectation-failed]: the claim `parallel_tools` is not proven: `tool_names`: expected at least 2 items, found 1
    = help: set `parallel_tools = false`, or record the probe again

    error[expectation-failed]: the claim `structured_output` is not proven: `output_text`: expected a string that is JSON, found `Paris, France`
    = help: set `structured_output = false`, or record the probe again

    error[expectation-failed]: the claim `structured_output` is not proven: `output_text`: expected a value that matches the schema, found "city" is a required property
    = help: set `structured_output = false`, or record the probe again

    error[expectation-failed]: the claim `text->text` is not proven: `output_text`: expected a string or an array of at least 1 character or item, found null
    = help: remove `text->text` from `modalities`, or record the probe again

    error[expectation-failed]: the claim `image->text` is not proven: `output_text`: expected a string that matches `(?i)\bred`, found `I see no image.`
    = help: remove `image->text` from `modalities`, or record the probe again

    error[expectation-failed]: the claim `document->text` is not proven: `output_text`: expected a string that matches `(?i)kestrel`, found `There is no document.`
    = help: remove `document->text` from `modalities`, or record the probe again
    "#);
}

#[test]
fn a_stream_without_text_disproves_streaming() {
    let project = project("[models.demo.features]\nstreaming = true\n");
    let response = Response {
        status: 200,
        headers: Headers::new(),
        body: json!({ "content": [{ "type": "text", "text": "" }], "usage": { "input_tokens": 1, "output_tokens": 1 } }),
    };
    record_each(&project, |id| id.contains("probe").then(|| Answer::Response(response.clone())));
    let printed = project.run(["probe"]);
    assert!(printed.contains("the claim `streaming` is not proven"), "{printed}");
}

#[test]
fn a_refusal_disproves_the_claim_and_is_not_recorded() {
    let project = project("[models.demo.features]\ntools = true\n");
    let server = MockServer::start(|request: &ReceivedRequest, _| {
        Reply::Bytes(match request.field("Action").as_deref() {
            Some("AssumeRole") => assume_role_reply("planted", 3600),
            Some("GetCallerIdentity") => caller_identity_reply("123456789012"),
            _ => mock_server::error_reply(400, "ValidationException", "This model doesn't support tool use."),
        })
    });
    let printed = project.run_command(server.command(&project).args(["probe", "--mode", "record-missing"]));
    assert_snapshot!(without_times(&printed), @"
    exit 1
    --- stdout
      record-missing 1 case in 1 file
      ERROR    demo::probe tools   [TIME]

    error[call-failed]: the claim `tools` is not proven: `demo::probe tools` was refused with 400 (ValidationException)
      --> bedrock.toml:22:1
       |
    22 | tools = true
       | ^^^^^
       |
       = note: Bedrock's message: This model doesn't support tool use.
       = note: cause: the model does not support tools, or does not support them in streaming mode (`bedrock-check explain tool-unsupported`)
       = help: set `tools = false`, or record the probe again

      ──────
      1 case: 1 error; 1 not selected   [TIME]
    --- stderr
      calls    127.0.0.1 with the default credentials, then the role arn:aws:iam::123456789012:role/BedrockAccess at 127.0.0.1
    ");
    assert!(!project.tree().iter().any(|path| path.starts_with("fixtures")));
}

#[test]
fn probes_are_listed_planned_selected_and_claimed() {
    let project = project("[models.demo.features]\ntools = true\nmodalities = [\"image->text\"]\n");
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    demo::greeting
    demo::probe tools
    demo::probe image to text
    ");
    assert_snapshot!(project.run(["list", "-k", "probe", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {"id":"demo::probe tools","model":"demo","model_id":"global.anthropic.claude-haiku-4-5-20251001-v1:0","operation":"Converse","region":"us-east-1","config":"bedrock.toml","tags":["probe"],"fixture":"fixtures/demo/probe-tools.json","snapshot":null}
    {"id":"demo::probe image to text","model":"demo","model_id":"global.anthropic.claude-haiku-4-5-20251001-v1:0","operation":"Converse","region":"us-east-1","config":"bedrock.toml","tags":["probe"],"fixture":"fixtures/demo/probe-image-to-text.json","snapshot":null}
    "#);
    assert!(project.run(["plan", "--tag", "probe"]).contains("\n2 calls"));
    record_each(&project, |_| {
        Some(Answer::Response(Response { status: 200, headers: Headers::new(), body: text("x") }))
    });
    let printed = project.run(["test"]);
    assert!(!printed.contains("fixture-unreferenced"), "{printed}");
    let config = project.read("bedrock.toml").replace("tools = true", "tools = false");
    project.write("bedrock.toml", config);
    let printed = project.run(["test"]);
    assert!(
        printed.contains("fixture-unreferenced") && printed.contains("fixtures/demo/probe-tools.json"),
        "{printed}"
    );
}

#[test]
fn without_a_claim_there_is_nothing_to_probe() {
    assert_snapshot!(without_times(&project("[models.demo.features]\ntools = false\n").run(["probe"])), @"
    exit 4
    --- stdout
      ──────
      0 cases; 1 not selected   [TIME]
    --- stderr
    error: no model claims a feature that a probe can prove; declare one in `[models.NAME.features]`
    ");
}

#[test]
fn claims_are_inherited_and_can_be_removed() {
    let claims = "[defaults.features]\nstreaming = true\n[models.demo.features]\ntools = true\nmodalities = [\"text->text\"]\n\
                  [models.other]\nextends = \"demo\"\n[models.other.features]\ntools = false\nmodalities = []\n";
    let project = project(claims);
    assert_snapshot!(project.run(["list", "-k", "probe"]), @"
    exit 0
    --- stdout
    demo::probe streaming
    demo::probe tools
    demo::probe text to text
    other::probe streaming
    ");
    let set = ["list", "-k", "probe", "--set", "models.demo.features.parallel_tools=true"];
    assert!(project.run(set).contains("demo::probe parallel tools"));
}

#[test]
fn a_case_with_the_name_of_a_probe_is_reported() {
    let config = format!("{MODEL}{}[models.demo.features]\ntools = true\n", case("probe tools", ""));
    let printed = Project::with(&[("bedrock.toml", &config)]).run(["validate"]);
    assert!(printed.contains("error[duplicate-case]"), "{printed}");
}

/// A config with every claim for every base model with text or image output.
fn catalogue() -> Project {
    let is_probed = |model: &&catalogue::Model| {
        model.surface == Surface::Runtime
            && (model.output.contains(&"text") || model.output.contains(&"image"))
    };
    let mut config = format!("{MODEL}{}", case("greeting", ""));
    for (index, model) in catalogue::models().filter(is_probed).enumerate() {
        config.push_str(&format!(
            "[models.m{index}]\nextends = \"demo\"\nmodel_id = \"{}\"\nguardrail = {{ identifier = \"abc\", version = \"1\", trace = true }}\n\
             headers = {{ X-Amzn-Bedrock-Service-Tier = \"flex\", X-Amzn-Bedrock-PerformanceConfig-Latency = \"optimized\" }}\n\
             [models.m{index}.features]\ntools = true\nparallel_tools = true\nstructured_output = true\n\
             modalities = [\"text->text\", \"image->text\", \"document->text\", \"text->image\"]\n",
            model.id
        ));
    }
    Project::with(&[("bedrock.toml", &config)])
}

#[test]
fn the_request_of_every_probe_is_valid_for_its_family() {
    let suites = load_suites(&catalogue());
    let mut count = 0;
    for probe in suites.iter().flat_map(|suite| &suite.models).flat_map(|model| &model.probes) {
        let id = ModelId::parse(&probe.model_id);
        let family = if probe.operation.is_converse() { CONVERSE } else { id.family().expect("a family") };
        let schema = schemas(family.id).expect("a schema").request();
        let body = probe.request(&probe.cases[0]).body;
        let found = find_violations(
            &body,
            ExpectedFamily { id: family.id, schema, name: family.name, base: id.base },
        );
        // These models are probed nevertheless, and the claim has a warning.
        let known = |message: &str| {
            message == "this model doesn't support tool use" || message.ends_with("` is missing")
        };
        let found: Vec<_> = found.iter().filter(|violation| !known(&violation.message)).collect();
        assert!(found.is_empty(), "{} {}: {found:?}\n{body}", probe.model_id, probe.cases[0].name);
        count += 1;
    }
    assert!(count > 400, "{count}");
}

#[test]
fn converse_probes_put_call_options_into_the_body() {
    let suites = load_suites(&catalogue());
    let probe = suites[0].models.iter().find(|model| model.model_id == "amazon.nova-pro-v1:0");
    let probe = &probe.expect("a model").probes[0];
    let request = probe.request(&probe.cases[0]);
    assert!(request.headers.is_empty(), "{:?}", request.headers);
    let of = |name: &str| request.body[name].to_string();
    assert_snapshot!([of("guardrailConfig"), of("serviceTier"), of("performanceConfig")].join("\n"), @r#"
    {"guardrailIdentifier":"abc","guardrailVersion":"1","trace":"enabled"}
    {"type":"flex"}
    {"latency":"optimized"}
    "#);
}

#[test]
fn an_imported_model_is_probed_in_the_format_of_its_body() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";
    let claims = "[models.demo.features]\ntools = true\nparallel_tools = true\nstructured_output = true\nmodalities = [\"image->text\"]\n";
    let project = project(claims);
    let config = project.read("bedrock.toml").replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", arn);
    project.write("bedrock.toml", &config);
    let call =
        |name: &str, input: Value| json!({ "type": "tool_use", "id": "t", "name": name, "input": input });
    let claude = |id: &str| {
        let (content, stop) = match id {
            "demo::probe tools" => (json!([call("get_weather", json!({ "city": "Paris" }))]), "tool_use"),
            "demo::probe parallel tools" => (
                json!([
                    call("get_weather", json!({ "city": "Paris" })),
                    call("get_weather", json!({ "city": "Tokyo" }))
                ]),
                "tool_use",
            ),
            "demo::probe structured output" => {
                (json!([call("record_city", json!({ "city": "Paris", "country": "France" }))]), "tool_use")
            }
            _ => (json!([{ "type": "text", "text": "Red" }]), "end_turn"),
        };
        let body = json!({ "content": content, "stop_reason": stop, "usage": { "input_tokens": 1, "output_tokens": 1 } });
        Some(Answer::Response(Response { status: 200, headers: Headers::new(), body }))
    };
    record_each(&project, claude);
    let printed = project.run(["probe"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("4 passed"), "{printed}");

    let chat = config
        .replace("\"anthropic_version\": \"bedrock-2023-05-31\", ", "")
        .replace("$.content[0].text", "$.choices[0].message.content");
    let chat = chat
        .replace("$.usage.input_tokens", "$.usage.prompt_tokens")
        .replace("$.usage.output_tokens", "$.usage.completion_tokens");
    project.write("bedrock.toml", &chat);
    let call =
        json!({ "id": "c", "type": "function", "function": { "name": "get_weather", "arguments": "{}" } });
    let chat = |id: &str| {
        let (message, stop) = match id {
            "demo::probe tools" => (json!({ "content": null, "tool_calls": [call] }), "tool_calls"),
            "demo::probe parallel tools" => {
                (json!({ "content": null, "tool_calls": [call, call] }), "tool_calls")
            }
            "demo::probe structured output" => {
                (json!({ "content": r#"{"city":"Paris","country":"France"}"# }), "stop")
            }
            _ => (json!({ "content": "Red" }), "stop"),
        };
        let body = json!({ "choices": [{ "message": message, "finish_reason": stop }], "usage": { "prompt_tokens": 1, "completion_tokens": 1 } });
        Some(Answer::Response(Response { status: 200, headers: Headers::new(), body }))
    };
    record_each(&project, chat);
    let printed = project.run(["probe"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("4 passed"), "{printed}");
}

#[test]
fn an_image_model_is_probed_with_its_own_body() {
    let config = "version = 1\n[models.demo]\nregion = \"us-west-2\"\nmodel_id = \"stability.stable-image-core-v1:1\"\n\
                  request.body = '{ \"prompt\": \"A fox\" }'\nmapping.images = \"$.images\"\n\
                  features.modalities = [\"text->image\"]\n";
    let project = Project::with(&[("bedrock.toml", config)]);
    let answer = |images: Value| {
        let body = json!({ "seeds": [1], "finish_reasons": [null], "images": images });
        Answer::Response(Response { status: 200, headers: Headers::new(), body })
    };
    for (images, exit) in [(json!(["/9j/4A=="]), "exit 0"), (json!([]), "exit 1"), (json!([""]), "exit 1")] {
        record_each(&project, |_| Some(answer(images.clone())));
        let printed = project.run(["probe"]);
        assert!(printed.starts_with(exit), "{printed}");
    }
}
