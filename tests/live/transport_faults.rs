//! Transport faults, simulated by WireMock: each has a code and a place, and no call hangs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::Project;
use crate::servers::{Server, installed, wiremock};

const CONFIG: &str = r#"version = 1
[models.m]
region = "us-east-1"
model_id = "amazon.nova-lite-v1:0"
operation = "converse"
[models.m.request]
body = '{ "messages": [{ "role": "user", "content": [{ "text": "Hi" }] }] }'
[models.m.mapping]
output_text = "$.output.message.content[0].text"
[[models.m.cases]]
name = "hi"
"#;

fn record(server: &Server, args: &[&str]) -> String {
    let settings = "retry_pause = 0.01\ntimeout = { first_byte = 1, call = 2, case = 8 }\n";
    let project = Project::with(&[("bedrock.toml", CONFIG), ("bedrock-check.toml", settings)]);
    let mut command = project.command();
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &server.url).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret-secret");
    let started = Instant::now();
    let printed = project.run_command(command.args(["record", "--accept"]).args(args));
    assert!(started.elapsed() < Duration::from_secs(30), "{printed}");
    printed
}

fn answer_response() -> Value {
    let message = json!({ "role": "assistant", "content": [{ "text": "Hello!" }] });
    let body = json!({ "output": { "message": message }, "stopReason": "end_turn", "usage": { "inputTokens": 1, "outputTokens": 2 } });
    json!({ "status": 200, "headers": { "Content-Type": "application/json" }, "jsonBody": body })
}

/// A stub that matches every call.
fn stub(response: &Value) -> Value {
    json!({ "request": { "method": "POST", "urlPattern": "/model/.*" }, "response": response })
}

fn with_members(mut response: Value, more: Value) -> Value {
    for (name, value) in more.as_object().expect("a table") {
        response[name] = value.clone();
    }
    response
}

#[test]
fn a_throttled_call_is_made_again_unless_that_is_forbidden() {
    let Some(installed) = installed() else { return };
    let throttled = json!({
        "status": 429,
        "headers": { "x-amzn-ErrorType": "ThrottlingException", "Content-Type": "application/json" },
        "jsonBody": { "message": "Too many requests, please wait before trying again." },
    });
    let scenario = |from: &str, to: Option<&str>, response: &Value| {
        let mut stub = stub(response);
        stub["scenarioName"] = "once".into();
        stub["requiredScenarioState"] = from.into();
        if let Some(to) = to {
            stub["newScenarioState"] = to.into();
        }
        stub
    };
    let stubs = [scenario("Started", Some("again"), &throttled), scenario("again", None, &answer_response())];
    let printed = record(&wiremock(&installed, &stubs), &[]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("2 attempts"), "{printed}");
    let printed = record(&wiremock(&installed, &stubs), &["--retries", "0"]);
    assert!(printed.starts_with("exit 3\n") && printed.contains("explain throttle-rpm"), "{printed}");
}

#[test]
fn transport_faults_have_a_code_and_a_place() {
    let Some(installed) = installed() else { return };
    let faults = [
        (json!({ "fault": "CONNECTION_RESET_BY_PEER" }), "endpoint-unreachable"),
        (json!({ "fault": "EMPTY_RESPONSE" }), "endpoint-unreachable"),
        (json!({ "fault": "MALFORMED_RESPONSE_CHUNK" }), "endpoint-unreachable"),
        (json!({ "fault": "RANDOM_DATA_THEN_CLOSE" }), "endpoint-unreachable"),
        (with_members(answer_response(), json!({ "fixedDelayMilliseconds": 4_000 })), "call-timed-out"),
        (
            with_members(
                answer_response(),
                json!({ "chunkedDribbleDelay": { "numberOfChunks": 8, "totalDuration": 6_000 } }),
            ),
            "call-timed-out",
        ),
        (
            json!({ "status": 200, "body": "<html>", "headers": { "Content-Type": "text/html" } }),
            "answer-unreadable",
        ),
    ];
    for (response, code) in faults {
        let server = wiremock(&installed, &[stub(&response)]);
        let printed = record(&server, &["--retries", "1"]);
        assert!(
            printed.starts_with("exit 3\n") && printed.contains(&format!("error[{code}]")),
            "{response}: {printed}"
        );
        assert!(printed.contains("--> bedrock.toml:3:10"), "{response}: {printed}");
    }
}
