//! Importing recordings: they are read as exchanges, and written as a config with fixtures.

use bedrock_check::exchange::{Answer, Operation, Request};
use bedrock_check::import::{Import, Recording, plan_import, read_recording};
use insta::assert_snapshot;
use serde_json::{Value, json};

const INVOKE: &str =
    "https://bedrock-runtime.us-west-2.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke";

fn recording(file: &Value) -> Recording {
    read_recording(&file.to_string(), "a.json").expect("a recording")
}

fn request(request: &Value) -> Request {
    recording(&json!({ "request": request, "response": { "status": 200, "body": {} } })).exchange.request
}

fn answer(operation: &str, response: &Value) -> Answer {
    let request = json!({ "url": INVOKE, "operation": operation });
    recording(&json!({ "request": request, "response": response })).exchange.answer
}

#[test]
fn missing_fields_are_read_from_the_url() {
    for (url, operation, region, model_id) in [
        (INVOKE, Operation::InvokeModel, "us-west-2", "anthropic.claude-3-haiku-20240307-v1:0"),
        (
            "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com:443/model/meta.llama3-8b/converse-stream?x=1",
            Operation::ConverseStream,
            "us-gov-west-1",
            "meta.llama3-8b",
        ),
        (
            "https://vpce-1-2.bedrock-runtime.eu-west-1.vpce.amazonaws.com/model/arn%3Aaws%3Asagemaker%3Aeu-west-1%3A123456789012%3Aendpoint%2Fx/invoke-with-response-stream",
            Operation::InvokeModelWithResponseStream,
            "eu-west-1",
            "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x",
        ),
        ("http://localhost:8080/model/a.b/c/converse", Operation::Converse, "us-east-1", "a.b/c"),
    ] {
        let request = request(&json!({ "url": url }));
        assert_eq!(
            (request.operation, &*request.region, &*request.model_id),
            (operation, region, model_id),
            "{url}"
        );
    }
}

#[test]
fn assumed_values_are_noted() {
    let file = json!({ "request": { "operation": "Converse" }, "response": { "status": 200, "body": {} } });
    assert_eq!(
        recording(&file).notes,
        [
            "the recording has no Region; `us-east-1` is assumed",
            "the recording has no model ID; `unknown` is assumed",
        ],
    );
}

#[test]
fn credentials_are_dropped() {
    let headers = json!({ "Authorization": "AWS4", "x-api-key": "k", "X-Amzn-Bedrock-Trace": "ENABLED" });
    let request = request(&json!({ "url": INVOKE, "headers": headers, "body": "{\"a\": 28.0}" }));
    assert_eq!(
        request.headers.into_iter().collect::<Vec<_>>(),
        [("x-amzn-bedrock-trace".into(), "ENABLED".into())]
    );
    assert_eq!(request.body.to_string(), r#"{"a":28.0}"#);
}

#[test]
fn errors_keep_the_received_code_and_message() {
    for (headers, body, code, message) in [
        (
            json!({ "x-amzn-ErrorType": "ValidationException:http://x/" }),
            json!({ "message": "m" }),
            "ValidationException",
            "m",
        ),
        (json!({}), json!({ "Message": "User: x is not authorized" }), "", "User: x is not authorized"),
        (
            json!({}),
            json!({ "__type": "com.amazon#ThrottlingException", "message": "m" }),
            "ThrottlingException",
            "m",
        ),
        (
            json!({ "X-Amzn-Errortype": ["AccessDeniedException"] }),
            json!("<html>"),
            "AccessDeniedException",
            "<html>",
        ),
        (json!(null), json!(null), "", ""),
    ] {
        let Answer::Refusal(refusal) =
            answer("InvokeModel", &json!({ "status": 400, "headers": headers, "body": body }))
        else {
            panic!("a refusal");
        };
        assert_eq!((refusal.status, &*refusal.code, &*refusal.message), (400, code, message));
    }
}

#[test]
fn events_are_read_from_an_array() {
    let exception = json!({ ":message-type": "exception", ":exception-type": "modelStreamErrorException" });
    let events = json!([
        { "headers": { ":event-type": "chunk", ":message-type": "event" }, "payload": { "bytes": "eyJ4IjoyOC4wfQ==", "p": "ab" } },
        { "headers": { ":event-type": "chunk" }, "payload": { "bytes": "…" }, "chunk": { "y": 1 } },
        { "headers": { ":event-type": "chunk" }, "payload": { "bytes": "no base64" } },
        { "headers": { ":event-type": "messageStop" }, "payload": { "stopReason": "x", "p": "abc" } },
        { "headers": exception, "payload": { "message": "m" } },
    ]);
    let Answer::Stream(stream) = answer("ConverseStream", &json!({ "status": 200, "events": events })) else {
        panic!("a stream");
    };
    let printed =
        stream.events.iter().map(|event| format!("{} {} {}", event.kind, event.exception, event.payload));
    assert_eq!(
        printed.collect::<Vec<_>>(),
        [
            "chunk false {\"x\":28.0}",
            "chunk false {\"y\":1}",
            "chunk false null",
            "messageStop false {\"stopReason\":\"x\"}",
            "modelStreamErrorException true {\"message\":\"m\"}",
        ],
    );
}

#[test]
fn an_invalid_recording_is_reported_with_the_reason() {
    let response = json!({ "status": 200, "body": {} });
    let printed = [
        "{".to_owned(),
        json!([]).to_string(),
        json!({ "request": {}, "response": response }).to_string(),
        json!({ "request": { "operation": "CountTokens" }, "response": response }).to_string(),
        json!({ "request": { "url": INVOKE }, "response": {} }).to_string(),
        json!({ "request": { "url": INVOKE }, "response": { "status": "ok" } }).to_string(),
        json!({ "request": { "operation": "ConverseStream" }, "response": { "status": 200, "body_base64": "?" } }).to_string(),
        json!({ "request": { "operation": "ConverseStream" }, "response": { "status": 200, "body_base64": "AAAA" } }).to_string(),
    ]
    .map(|text| read_recording(&text, "a.json").expect_err("no recording").to_string());
    assert_snapshot!(printed.join("\n"), @r#"
    `a.json`: the recording is not JSON: EOF while parsing an object at line 1 column 1
    `a.json`: the recording lacks `request`
    `a.json`: the recording lacks `request.operation`
    `a.json`: `CountTokens` is not an operation that calls a model
    `a.json`: the recording lacks `response.status`
    `a.json`: `"ok"` is not an HTTP status
    `a.json`: the body is not base64
    `a.json`: the frame at byte 0 is cut off
    "#);
}

fn claude(name: &str, prompt: &str, response: &Value) -> (String, Recording) {
    let body = json!({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 200,
        "messages": [{ "role": "user", "content": prompt }],
    });
    let source =
        json!({ "repo": "o/r", "path": "/home/somebody/tests/x.yaml", "index": 2, "provenance": "recorded" });
    let file = json!({ "source": source, "request": { "url": INVOKE, "body": body }, "response": response });
    (name.to_owned(), recording(&file))
}

fn imported() -> Import {
    let usage = json!({ "input_tokens": 9, "output_tokens": 5 });
    let text = json!({ "content": [{ "type": "text", "text": "Paris" }], "stop_reason": "end_turn", "usage": usage });
    let tool = json!({ "type": "tool_use", "name": "t", "input": {} });
    let tool = json!({ "content": [tool], "stop_reason": "tool_use", "usage": usage });
    let denied = json!({ "x-amzn-ErrorType": "AccessDeniedException:http://x/" });
    plan_import(vec![
        claude(
            "test_capital.json",
            "What is the capital of France?",
            &json!({ "status": 200, "body": text }),
        ),
        claude("test_two_lines.json", "Say {{this}}\nor 'that'.", &json!({ "status": 200, "body": text })),
        claude("test_weather.json", "How is the weather?", &json!({ "status": 200, "body": tool })),
        claude(
            "test_denied.json",
            "Anything",
            &json!({ "status": 403, "headers": denied, "body": { "message": "You don't have access." } }),
        ),
    ])
}

#[test]
fn recordings_of_one_model_share_a_template_and_a_mapping() {
    assert_snapshot!(imported().config_text, @r#"
    # Made by `bedrock-check import` from recorded exchanges. Rename, edit and delete as you like.
    # `bedrock-check test` replays each case from its fixture; `--accept` accepts the mapped output as snapshots.
    # A live call needs credentials: declare `[credentials.NAME]` and add `credentials = "NAME"` to the models.
    version = 1

    # Anthropic Claude, 3 recorded exchanges
    [models.claude-3-haiku]
    region = "us-west-2"
    model_id = "anthropic.claude-3-haiku-20240307-v1:0"
    operation = "invoke"

    [models.claude-3-haiku.variables]
    prompt = { type = "string" }

    [models.claude-3-haiku.request]
    body = '''
    {
      "anthropic_version": "bedrock-2023-05-31",
      "max_tokens": 200,
      "messages": [{ "role": "user", "content": "{{prompt}}" }]
    }
    '''

    [models.claude-3-haiku.mapping]
    output_text = { path = "$.content[?@.type=='text'].text", join = "" }
    input_tokens = "$.usage.input_tokens"
    output_tokens = "$.usage.output_tokens"

    [[models.claude-3-haiku.cases]]
    name = "capital"
    variables.prompt = "What is the capital of France?"

    [[models.claude-3-haiku.cases]]
    name = "two lines"
    variables.prompt = '''
    Say {{this}}
    or 'that'.'''

    [[models.claude-3-haiku.cases]]
    name = "denied"
    variables.prompt = "Anything"
    expect.error = { code = "AccessDeniedException", contains = "You don't have access." }
    snapshot = false

    # Anthropic Claude, 1 recorded exchange
    [models.claude-3-haiku-tool-call]
    region = "us-west-2"
    model_id = "anthropic.claude-3-haiku-20240307-v1:0"
    operation = "invoke"

    [models.claude-3-haiku-tool-call.request]
    body = '''
    {
      "anthropic_version": "bedrock-2023-05-31",
      "max_tokens": 200,
      "messages": [{ "role": "user", "content": "How is the weather?" }]
    }
    '''

    [models.claude-3-haiku-tool-call.mapping]
    tool_call = "$.content[?@.type=='tool_use'].input"
    tool_name = "$.content[?@.type=='tool_use'].name"
    input_tokens = "$.usage.input_tokens"
    output_tokens = "$.usage.output_tokens"

    [[models.claude-3-haiku-tool-call.cases]]
    name = "weather"
    "#);
}

#[test]
fn fixtures_name_their_source_but_no_local_path() {
    let import = imported();
    assert!(import.notes.is_empty() && import.files.is_empty());
    let printed = import.fixtures.iter().map(|imported| {
        format!("{} <- {}", imported.fixture.case, imported.fixture.source.from.as_deref().unwrap_or("?"))
    });
    assert_snapshot!(printed.collect::<Vec<_>>().join("\n"), @"
    claude-3-haiku::capital <- o/r x.yaml #2
    claude-3-haiku::two lines <- o/r x.yaml #2
    claude-3-haiku::denied <- o/r x.yaml #2
    claude-3-haiku-tool-call::weather <- o/r x.yaml #2
    ");
}

#[test]
fn long_values_are_moved_to_files_and_broken_streams_are_left_out() {
    let (name, recording) = claude(
        "test_image.json",
        &"A".repeat(2000),
        &json!({ "status": 200, "body": { "completion": "x" } }),
    );
    let broken =
        json!({ "request": { "operation": "ConverseStream" }, "response": { "status": 200, "events": [] } });
    let import = plan_import(vec![(name, recording), ("broken.json".to_owned(), self::recording(&broken))]);
    let [file] = &import.files[..] else { panic!("one file") };
    assert_eq!((file.path.as_str(), file.text.len()), ("data/claude-3-haiku/image-prompt.txt", 2000));
    assert!(
        import.config_text.contains("variables.prompt = { file = \"data/claude-3-haiku/image-prompt.txt\" }")
    );
    assert_eq!(import.notes.last().unwrap(), "`broken.json`: skipped, because the stream has no events");
}
