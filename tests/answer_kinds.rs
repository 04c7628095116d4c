//! The kinds of answers: streams of each format, refusals, truncated streams.

use bedrock_check::exchange::{Answer, Event, Headers, Response, Stream};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::common::Project;
use crate::demo_project::{self, MODEL, case, project, record, refusal, text_answer};

fn stream(events: &[(&str, Value)]) -> Answer {
    let event = |(kind, payload): &(&str, Value)| Event {
        kind: (*kind).to_owned(),
        exception: kind.ends_with("Exception"),
        offset_ms: None,
        payload: payload.clone(),
    };
    Answer::Stream(Stream {
        status: 200,
        headers: Headers::new(),
        events: events.iter().map(event).collect(),
    })
}

/// The events in which Claude streams the response of [`text_answer`].
fn streamed(text: &str) -> Vec<(&'static str, Value)> {
    let usage = json!({ "input_tokens": 9, "output_tokens": 1 });
    let message = json!({ "role": "assistant", "content": [], "usage": usage });
    let (first, rest) = text.split_at(text.len() / 2);
    let delta = |index: u8, text: &str| {
        (
            "chunk",
            json!({ "type": "content_block_delta", "index": index, "delta": { "type": "text_delta", "text": text } }),
        )
    };
    let block = |kind: &str, index: u8| {
        ("chunk", json!({ "type": kind, "index": index, "content_block": { "type": "text", "text": "" } }))
    };
    let stop = json!({ "stop_reason": "end_turn" });
    vec![
        ("chunk", json!({ "type": "message_start", "message": message })),
        block("content_block_start", 0),
        delta(0, first),
        delta(0, rest),
        block("content_block_stop", 0),
        block("content_block_start", 1),
        delta(1, "Bye."),
        block("content_block_stop", 1),
        (
            "chunk",
            json!({ "type": "message_delta", "delta": stop, "usage": { "output_tokens": text.len() } }),
        ),
        ("chunk", json!({ "type": "message_stop" })),
    ]
}

/// A demo project with `stream = true`.
fn streaming() -> Project {
    let project = project(&[("greeting", "")]);
    let config = project.read("bedrock.toml").replace("region =", "stream = true\nregion =");
    project.write("bedrock.toml", config);
    project
}

#[test]
fn a_stream_maps_like_a_whole_response() {
    let (plain, streams) = (project(&[("greeting", "")]), streaming());
    record(&plain, &[("demo::greeting", text_answer("Good morning!"))]);
    record(&streams, &[("demo::greeting", stream(&streamed("Good morning!")))]);
    let contents = |project: &Project| {
        assert!(project.run(["test", "--accept"]).starts_with("exit 0\n"));
        let snapshot = project.read("snapshots/demo__greeting.snap");
        snapshot.split("---\n").nth(2).map(str::to_owned)
    };
    assert_eq!(contents(&plain), contents(&streams));
    assert_snapshot!(contents(&streams).unwrap_or_default(), @"
    output_text: Good morning!
    input_tokens: 9
    output_tokens: 13
    ");
}

#[test]
fn converse_maps_the_same_with_and_without_streaming() {
    let config = MODEL
        .replace("region =", "operation = \"converse\"\nregion =")
        .replace("\"anthropic_version\": \"bedrock-2023-05-31\", \"max_tokens\": 100, ", "")
        .replace("\"content\": \"{{prompt}}\"", "\"content\": [{ \"text\": \"{{prompt}}\" }]")
        .replace("$.content[0].text", "$.output.message.content[0].text")
        .replace("input_tokens\"", "inputTokens\"")
        .replace("output_tokens\"", "outputTokens\"")
        + &case("greeting", "");
    let usage = json!({ "inputTokens": 9, "outputTokens": 4, "totalTokens": 13 });
    let message = json!({ "role": "assistant", "content": [{ "text": "Good morning!" }] });
    let body = json!({ "output": { "message": message }, "stopReason": "end_turn", "usage": usage });
    let plain = Answer::Response(Response { status: 200, headers: Headers::new(), body });
    let delta =
        |text: &str| ("contentBlockDelta", json!({ "contentBlockIndex": 0, "delta": { "text": text } }));
    let streams = stream(&[
        ("messageStart", json!({ "role": "assistant" })),
        delta("Good "),
        delta("morning!"),
        ("contentBlockStop", json!({ "contentBlockIndex": 0 })),
        ("messageStop", json!({ "stopReason": "end_turn" })),
        ("metadata", json!({ "usage": usage, "metrics": { "latencyMs": 5 } })),
    ]);
    let contents = |config: &str, answer: Answer| {
        let project = Project::with(&[("bedrock.toml", config)]);
        record(&project, &[("demo::greeting", answer)]);
        let printed = project.run(["test", "--accept"]);
        assert!(printed.starts_with("exit 0\n"), "{printed}");
        project.read("snapshots/demo__greeting.snap")
    };
    let expected = contents(&config, plain);
    let streamed = contents(&config.replace("region =", "stream = true\nregion ="), streams);
    assert_eq!(streamed.replace("ConverseStream", "Converse"), expected);
    assert_snapshot!(expected, @r#"
    ---
    source: bedrock.toml
    expression: "demo::greeting"
    info:
      model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
      operation: Converse
    ---
    output_text: Good morning!
    input_tokens: 9
    output_tokens: 4
    "#);
}

#[test]
fn a_truncated_stream_is_an_error() {
    let project = streaming();
    let events = streamed("Good morning!");
    record(&project, &[("demo::greeting", stream(&events[..4]))]);
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::greeting

    error[stream-incomplete]: `demo::greeting`: the stream ends after 4 events, before `message_stop`
      --> bedrock.toml:18:8
       |
    18 | name = "greeting"
       |        ^^^^^^^^^^
       |
       = help: record the case again: a part of the answer is missing

      ──────
      1 case: 1 error   [TIME]
    "#);
}

#[test]
fn an_exception_in_a_stream_is_a_refusal() {
    let project = streaming();
    let mut events = streamed("Good morning!");
    events.truncate(3);
    events.push((
        "throttlingException",
        json!({ "message": "Too many tokens, please wait before trying again." }),
    ));
    record(&project, &[("demo::greeting", stream(&events))]);
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::greeting

    error[call-failed]: the stream of `demo::greeting` broke off (throttlingException)
      --> bedrock.toml:7:10
       |
     7 | region = "us-east-1"
       |          ^^^^^^^^^^^
    ...
    18 | name = "greeting"
       |        ---------- in `demo::greeting`
       |
       = note: Bedrock's message: Too many tokens, please wait before trying again.
       = note: cause: the account's quota of tokens per minute for this model is used up; new accounts have small quotas (`bedrock-check explain throttle-tpm`)
       = note: if the case expects this refusal, add: `expect.error = { code = "throttlingException" }`
       = help: set `tokens_per_minute`, or request a higher quota

      ──────
      1 case: 1 error   [TIME]
    "#);
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", format!("{config}expect.error = {{ code = \"ThrottlingException\" }}\n"));
    assert_snapshot!(project.run(["test"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    ");
}

#[test]
fn a_case_can_expect_a_refusal() {
    let project = project(&[
        (
            "as expected",
            "expect.error = { code = \"ValidationException\", contains = \"max_tokens\", status = 400 }",
        ),
        ("another", "expect.error = { code = \"ThrottlingException\", contains = \"rate\", status = 429 }"),
        ("answered", "expect.error = { code = \"ValidationException\" }"),
    ]);
    let refusal = || refusal("ValidationException", "max_tokens: must be greater than or equal to 1");
    record(
        &project,
        &[
            ("demo::as expected", refusal()),
            ("demo::another", refusal()),
            ("demo::answered", text_answer("Hi!")),
        ],
    );
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   3 cases in 1 file
      FAIL     demo::another

    error[expectation-failed]: expected the error `ThrottlingException`, found `ValidationException`
      --> bedrock.toml:23:25
       |
    23 | expect.error = { code = "ThrottlingException", contains = "rate", status = 429 }
       |                         ^^^^^^^^^^^^^^^^^^^^^
       |
       = help: correct the expectation, or record the case again

    error[expectation-failed]: expected the status 429, found 400
      --> bedrock.toml:23:76
       |
    23 | expect.error = { code = "ThrottlingException", contains = "rate", status = 429 }
       |                                                                            ^^^
       |
       = help: correct the expectation, or record the case again

    error[expectation-failed]: expected a message that contains `rate`, found `max_tokens: must be greater than or equal to 1`
      --> bedrock.toml:23:59
       |
    23 | expect.error = { code = "ThrottlingException", contains = "rate", status = 429 }
       |                                                           ^^^^^^
       |
       = help: correct the expectation, or record the case again

      FAIL     demo::answered

    error[call-succeeded]: `demo::answered` was answered, but the case expects an error
      --> bedrock.toml:27:8
       |
    27 | expect.error = { code = "ValidationException" }
       |        ^^^^^
       |
       = help: remove `expect.error`, or change the request so that it is refused

      ──────
      FAIL     demo::another
      FAIL     demo::answered
      ──────
      3 cases: 1 passed, 2 failed   [TIME]
    "#);
    assert!(!project.tree().iter().any(|path| path.contains("snapshots")), "a refusal has no snapshot");
}

#[test]
fn a_mapping_hint_does_not_fail_a_run() {
    let project = demo_project::accepted();
    project.write("bedrock.toml", project.read("bedrock.toml").replace("$.content[0]", "content[0]"));
    assert_snapshot!(project.run(["test"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    ");
}
