//! Network faults: each ends with a code and a place, no call hangs, and no file is partially written.

use std::time::{Duration, Instant};

use crate::common::Project;
use crate::demo_project::{MODEL, case};
use crate::mock_server::{
    MockServer, Reply, chunk, claude_frames, claude_reply, error_reply, frame, http_reply, json_reply,
    stream_reply,
};

const SETTINGS: &str =
    "retry_pause = 0.001\ntimeout = { connect = 2, first_byte = 0.4, call = 1, case = 5 }\n";

/// A project with one case; the model is called without a role.
fn project(streams: bool) -> Project {
    let model = MODEL.replace("credentials = \"demo\"\n", if streams { "stream = true\n" } else { "" });
    let config = format!("{model}{}", case("hello", ""));
    Project::with(&[("bedrock.toml", &config), ("bedrock-check.toml", SETTINGS)])
}

/// Runs `record` against a server that sends these replies and repeats the last one. Returns the output, the number
/// of calls, and the project.
fn recorded(streams: bool, args: &[&str], replies: &[Reply]) -> (String, usize, Project) {
    let (project, replies) = (project(streams), replies.to_vec());
    let server = MockServer::start(move |_, earlier| replies[earlier.min(replies.len() - 1)].clone());
    let started = Instant::now();
    let printed = project.run_command(server.command(&project).args(["record", "--accept"]).args(args));
    assert!(started.elapsed() < Duration::from_secs(20), "{printed}");
    (printed, server.calls().len(), project)
}

struct Fault {
    name: &'static str,
    streams: bool,
    reply: Vec<u8>,
    /// The code of the finding, and its cause if it has one.
    code: &'static str,
    cause: &'static str,
    exit: u8,
    /// The number of calls with three retries.
    calls: usize,
}

fn faults() -> Vec<Fault> {
    let fault = |name, reply: Vec<u8>, code, cause, exit, calls| Fault {
        name,
        streams: false,
        reply,
        code,
        cause,
        exit,
        calls,
    };
    let streaming = |fault: Fault| Fault { streams: true, ..fault };
    let frames = claude_frames("Hello!");
    let whole = frames.concat();
    let eventstream = [("content-type", "application/vnd.amazon.eventstream")];
    let mut corrupt = whole.clone();
    corrupt[frames[0].len() + 40] ^= 1;
    let exception = |kind: &str, message: &str| {
        let payload = format!(r#"{{"message":"{message}"}}"#);
        let exception =
            frame(&[(":exception-type", kind), (":message-type", "exception")], payload.as_bytes());
        stream_reply(&[frames[0].clone(), frames[1].clone(), exception])
    };
    let promised = |bytes: &[u8], more: usize| {
        let length = (bytes.len() + more).to_string();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        [head.as_bytes(), bytes].concat()
    };
    vec![
        fault(
            "a quota",
            error_reply(429, "ThrottlingException", "Too many requests, please wait before trying again."),
            "call-failed",
            "throttle-rpm",
            3,
            4,
        ),
        fault(
            "a daily quota",
            error_reply(
                429,
                "ThrottlingException",
                "Too many tokens per day, please wait before trying again.",
            ),
            "call-failed",
            "throttle-tpd",
            3,
            1,
        ),
        fault(
            "no capacity",
            error_reply(503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
            "call-failed",
            "unable",
            3,
            4,
        ),
        fault(
            "a model that fails",
            error_reply(424, "ModelErrorException", "x"),
            "call-failed",
            "model-error",
            3,
            2,
        ),
        fault(
            "a model that is slow",
            error_reply(408, "ModelTimeoutException", "Model has timed out in processing the request."),
            "call-failed",
            "timeout",
            3,
            4,
        ),
        fault(
            "a cold model",
            error_reply(
                429,
                "ModelNotReadyException",
                "Model is not ready for inference. Wait and try your request again.",
            ),
            "call-failed",
            "not-ready",
            3,
            4,
        ),
        fault(
            "no access",
            error_reply(
                403,
                "AccessDeniedException",
                "You don't have access to the model with the specified model ID.",
            ),
            "call-failed",
            "no-model-access",
            3,
            1,
        ),
        fault(
            "a wrong body",
            error_reply(400, "ValidationException", "max_tokens: must be greater than or equal to 1"),
            "call-failed",
            "member-invalid",
            1,
            1,
        ),
        fault(
            "an error of a gateway",
            http_reply(502, &[("content-type", "text/html")], "<html>Bad gateway</html>"),
            "call-failed",
            "",
            3,
            4,
        ),
        fault(
            "a body that breaks off",
            promised(b"{\"content\":", 100),
            "endpoint-unreachable",
            "connection-reset",
            3,
            4,
        ),
        fault(
            "half a head",
            b"HTTP/1.1 200 OK\r\ncontent-".to_vec(),
            "endpoint-unreachable",
            "connection-reset",
            3,
            4,
        ),
        fault("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "endpoint-unreachable", "", 3, 4),
        fault("an error with status 200", json_reply(r#"{"message":"no"}"#), "answer-unreadable", "", 3, 1),
        fault(
            "another service",
            json_reply(
                r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
            ),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "a login page",
            http_reply(200, &[("content-type", "text/html")], "<html>Log in</html>"),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "JSON that says it is HTML",
            http_reply(200, &[("content-type", "text/html")], "{\"content\":[]}"),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "no body",
            http_reply(200, &[("content-type", "application/json")], ""),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        streaming(fault("no stream", claude_reply("Hello!"), "answer-unreadable", "", 3, 1)),
        streaming(fault(
            "a stream cut in a frame",
            http_reply(200, &eventstream, &whole[..whole.len() - 7]),
            "answer-unreadable",
            "",
            3,
            4,
        )),
        streaming(fault(
            "a stream cut between frames",
            stream_reply(&frames[..4]),
            "stream-incomplete",
            "",
            3,
            4,
        )),
        streaming(fault("a stream without events", stream_reply(&[]), "stream-incomplete", "", 3, 4)),
        streaming(fault(
            "a wrong checksum",
            http_reply(200, &eventstream, &corrupt),
            "answer-unreadable",
            "",
            3,
            4,
        )),
        streaming(fault(
            "an exception in the stream",
            exception(
                "modelStreamErrorException",
                "The system encountered an unexpected error during processing. Try your request again.",
            ),
            "call-failed",
            "stream-internal",
            3,
            4,
        )),
        streaming(fault(
            "a quota in the stream",
            exception("throttlingException", "Too many tokens, please wait before trying again."),
            "call-failed",
            "throttle-tpm",
            3,
            4,
        )),
        streaming(fault(
            "a wrong body in the stream",
            exception("validationException", "Input is too long for requested model."),
            "call-failed",
            "input-too-long",
            1,
            1,
        )),
    ]
}

#[test]
fn every_fault_ends_with_a_code_and_a_place() {
    let mut wrong = Vec::new();
    for fault in faults() {
        let (printed, calls, project) = recorded(fault.streams, &[], &[Reply::Bytes(fault.reply)]);
        let cause = if fault.cause.is_empty() { String::new() } else { format!("explain {}`", fault.cause) };
        let expected = [
            format!("exit {}\n", fault.exit),
            format!("error[{}]", fault.code),
            cause,
            "--> bedrock.toml:".to_owned(),
        ];
        let missing: Vec<_> = expected.iter().filter(|part| !printed.contains(part.as_str())).collect();
        if !missing.is_empty() || calls != fault.calls {
            wrong.push(format!("{}: {missing:?}, {calls} calls\n{printed}", fault.name));
        }
        assert_eq!(
            project.tree(),
            ["bedrock-check.toml", "bedrock.toml"],
            "{}: nothing is written",
            fault.name
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn temporary_errors_are_retried_and_the_answer_recorded() {
    let throttled = Reply::Bytes(error_reply(
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
    ));
    let good = Reply::Bytes(claude_reply("Hello!"));
    let (printed, calls, project) = recorded(false, &[], &[throttled.clone(), Reply::Close, good.clone()]);
    assert_eq!((calls, printed.starts_with("exit 0\n")), (3, true), "{printed}");
    assert!(printed.contains("3 attempts"), "{printed}");
    assert_eq!(project.tree().len(), 4);
    let (printed, calls, _) = recorded(false, &["--retries", "0"], &[throttled, good]);
    assert_eq!((calls, printed.starts_with("exit 3\n")), (1, true), "{printed}");
}

#[test]
fn the_retry_after_header_is_obeyed() {
    let head = [("retry-after", "1"), ("x-amzn-errortype", "ThrottlingException")];
    let throttled = Reply::Bytes(http_reply(429, &head, "{\"message\":\"slow down\"}"));
    let started = Instant::now();
    let (printed, calls, _) = recorded(false, &[], &[throttled, Reply::Bytes(claude_reply("Hello!"))]);
    assert_eq!((calls, printed.starts_with("exit 0\n")), (2, true), "{printed}");
    assert!(started.elapsed() >= Duration::from_secs(1));
    // The wait would be longer than the time limit of the case, so there is no retry.
    let head = [("retry-after", "600"), ("x-amzn-errortype", "ThrottlingException")];
    let (printed, calls, _) = recorded(false, &[], &[Reply::Bytes(http_reply(429, &head, "{}"))]);
    assert_eq!((calls, printed.starts_with("exit 3\n")), (1, true), "{printed}");
}

#[test]
fn time_limits_end_slow_calls() {
    let second = Duration::from_millis(1500);
    let slow = Reply::After(second, claude_reply("Hello!"));
    let (printed, _, _) = recorded(false, &["--retries", "0"], &[slow]);
    assert!(printed.contains("error[call-timed-out]") && printed.contains("`first_byte`"), "{printed}");
    let frames = claude_frames("Hello!");
    let whole = stream_reply(&frames);
    let (first, rest) = whole.split_at(200);
    let dribbled = Reply::InTwoParts(first.to_vec(), second, rest.to_vec());
    let (printed, _, _) = recorded(true, &["--retries", "0"], &[dribbled]);
    assert!(printed.contains("error[call-timed-out]") && printed.contains("`call`"), "{printed}");
}

#[test]
fn an_unreachable_endpoint_is_reported() {
    let project = project(false);
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let server = MockServer::start(|_, _| Reply::Close);
    let mut command = server.command(&project);
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", format!("http://{port}"));
    let printed = project.run_command(command.args(["record", "--retries", "1"]));
    let printed = printed.replace(&port.to_string(), "[ADDRESS]");
    insta::assert_snapshot!(printed, @r#"
    exit 3
    --- stdout
      record-missing 1 case in 1 file
      ERROR    demo::hello

    error[endpoint-unreachable]: the call did not reach `http://[ADDRESS]`
      --> bedrock.toml:5:10
       |
     5 | region = "us-east-1"
       |          ^^^^^^^^^^^
    ...
    16 | name = "hello"
       |        ------- in `demo::hello`
       |
       = note: the message was: dispatch failure: io error: client error (Connect): tcp connect error: Connection refused (os error 111)
       = note: cause: no server listens at the endpoint (`bedrock-check explain connection-refused`)
       = help: check the endpoint and its port

      ──────
      1 case: 1 error   [TIME]
    --- stderr
      calls    127.0.0.1 with the default credentials
    "#);
    let printed = project.run_command(
        server.command(&project).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://nowhere.invalid").args([
            "record",
            "--retries",
            "0",
        ]),
    );
    assert!(printed.contains("explain no-endpoint"), "{printed}");
}

#[test]
fn a_huge_answer_is_not_read_to_its_end() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\"";
    let huge = [head.as_bytes(), &vec![b'x'; (32 << 20) + 10_000]].concat();
    let (project, huge) = (project(false), Reply::Bytes(huge));
    project.write("bedrock-check.toml", "timeout = { first_byte = 20, call = 60 }\n");
    let server = MockServer::start(move |_, _| huge.clone());
    let printed = project.run_command(server.command(&project).args(["record"]));
    assert!(printed.contains("error[answer-unreadable]: the answer is larger than 32 MiB"), "{printed}");
}

#[test]
fn the_request_on_the_wire_matches_the_config() {
    let body = "{ \"messages\" : [{\"role\":\"user\",\"content\":[{\"text\":\"{{prompt}}\"}]}],\n  \"inferenceConfig\": {\"maxTokens\": 1e2, \"brandNew\": 0.10} }";
    let operations = [
        ("operation = 'invoke'", "invoke", false),
        ("operation = 'invoke'\nstream = true", "invoke-with-response-stream", true),
        ("operation = 'converse'", "converse", false),
        ("operation = 'converse'\nstream = true", "converse-stream", true),
    ];
    for (keys, path, streams) in operations {
        let config = format!(
            "version = 1\n[models.m]\nregion = 'us-east-1'\nmodel_id = 'us.amazon.nova-lite-v1:0'\n{keys}\n\
             guardrail = {{ identifier = 'abc123', version = '2', trace = true }}\n\
             headers = {{ X-Amzn-Bedrock-Service-Tier = 'flex', X-Amzn-Bedrock-PerformanceConfig-Latency = 'optimized' }}\n\
             [models.m.variables]\nprompt = {{}}\n[models.m.request]\nbody = '''{body}'''\n\
             [models.m.mapping]\noutput_text = '$.output.message.content[0].text'\nnew = '$.brandNew.member'\n\
             [[models.m.cases]]\nname = 'a'\nvariables = {{ prompt = 'say \"hi\" \\\\ ü' }}\n"
        );
        let project = Project::with(&[("bedrock.toml", &config)]);
        let answer = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2},"brandNew":{"member":[1.50,"x"]}}"#;
        let event = |kind: &str, payload: &str| {
            frame(&[(":event-type", kind), (":message-type", "event")], payload.as_bytes())
        };
        let events = [
            event("messageStart", r#"{"role":"assistant","p":"ab"}"#),
            event("brandNewEvent", r#"{"x":1}"#),
            event("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
            event("contentBlockStop", r#"{"contentBlockIndex":0}"#),
            event("messageStop", r#"{"stopReason":"end_turn"}"#),
            event("metadata", r#"{"usage":{"inputTokens":1,"outputTokens":2},"metrics":{"latencyMs":5}}"#),
        ];
        let reply = match (path, streams) {
            ("converse-stream", _) => stream_reply(&events),
            (_, true) => stream_reply(&claude_frames("Hi")),
            _ => json_reply(answer),
        };
        let server = MockServer::start(move |_, _| Reply::Bytes(reply.clone()));
        let printed = project.run_command(server.command(&project).args(["record", "--accept"]));
        let calls = server.calls();
        assert_eq!(calls.len(), 1, "{printed}");
        let call = &calls[0];
        assert_eq!(call.body, body.replace("{{prompt}}", r#"say \"hi\" \\\\ ü"#), "{path}");
        assert_eq!(call.path, format!("/model/us.amazon.nova-lite-v1%3A0/{path}"));
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-amzn-bedrock-guardrailidentifier", "abc123"),
            ("x-amzn-bedrock-guardrailversion", "2"),
            ("x-amzn-bedrock-trace", "ENABLED"),
            ("x-amzn-bedrock-service-tier", "flex"),
            ("x-amzn-bedrock-performanceconfig-latency", "optimized"),
        ] {
            assert_eq!(call.header(name), value, "{path}");
        }
        assert!(call.header("authorization").contains("/us-east-1/bedrock/aws4_request"), "{path}");
        let fixture = project.read("fixtures/m/a.json");
        let kept = if path == "converse-stream" { "brandNewEvent" } else { "brandNew" };
        assert!(fixture.contains(kept), "{path}: {fixture}");
    }
}

#[test]
fn an_arn_is_one_segment_of_the_path() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl";
    let project = project(false);
    let config = project.read("bedrock.toml").replace("global.anthropic.claude-haiku-4-5-20251001-v1:0", arn);
    project.write("bedrock.toml", config);
    let server = MockServer::start(|_, _| Reply::Bytes(claude_reply("Hello!")));
    let printed = project.run_command(server.command(&project).args(["record", "--accept"]));
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    let path =
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aprovisioned-model%2Fabcdefghijkl/invoke";
    assert_eq!(server.calls()[0].path, path);
    let fixture = project.read("fixtures/demo/hello.json");
    assert!(!fixture.contains("123456789012") && fixture.contains("000000000000"), "{fixture}");
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("\"max_tokens\": 100", "\"max_tokens\": 99"));
    let printed = project.run(["test", "--check"]);
    assert!(printed.contains("fixture-stale") && printed.contains("max_tokens"), "{printed}");
    assert!(!printed.contains("000000000000"), "the account is no difference: {printed}");
    project.write("bedrock.toml", config);
    // The masked account does not make the recording stale.
    assert!(project.run(["test", "--check"]).starts_with("exit 0\n"));
}

#[test]
fn a_first_token_and_a_latency_are_measured() {
    let frames = claude_frames("Hello!");
    let whole = stream_reply(&frames);
    let until = whole.len() - frames[2..].concat().len();
    let (first, rest) = (whole[..until].to_vec(), whole[until..].to_vec());
    let project = project(true);
    let expectations = "expect.first_token_ms = { min = 250 }\nexpect.latency_ms = { max = 200 }\n";
    let config = project.read("bedrock.toml") + expectations;
    project.write("bedrock.toml", config);
    let server = MockServer::start(move |_, _| {
        Reply::InTwoParts(first.clone(), Duration::from_millis(300), rest.clone())
    });
    let printed = project.run_command(server.command(&project).args([
        "test",
        "--mode",
        "live",
        "--report",
        "jsonl=out.jsonl",
    ]));
    assert!(printed.starts_with("exit 1\n"), "{printed}");
    assert!(
        printed.contains("`latency_ms`: expected a number of at most `200`")
            && !printed.contains("`first_token_ms`"),
        "{printed}"
    );
    let call = regex::Regex::new(r#""call":\{"latency_ms":\d+,"first_token_ms":\d+,"#).expect("a regex");
    assert!(call.is_match(&project.read("out.jsonl")), "{}", project.read("out.jsonl"));
}

#[test]
fn a_case_is_repeated_as_often_as_configured() {
    let answers = |good: &'static [bool]| {
        move |_: &crate::mock_server::ReceivedRequest, earlier: usize| {
            Reply::Bytes(claude_reply(if good[earlier % good.len()] { "Hello!" } else { "No." }))
        }
    };
    let run = |good: &'static [bool]| {
        let project = project(false);
        let config = project.read("bedrock.toml")
            + "repeat = 5\nrequire = 4\nexpect.output_text = { contains = 'Hello' }\n";
        project.write("bedrock.toml", config);
        let server = MockServer::start(answers(good));
        let printed = project.run_command(server.command(&project).args(["test", "--mode", "live"]));
        assert_eq!(server.calls().len(), 5, "{printed}");
        printed
    };
    let printed = run(&[true, true, false, true, true]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("4 of 5 passed"), "{printed}");
    let printed = run(&[true, false, false, true, true]);
    assert!(printed.starts_with("exit 1\n"), "{printed}");
    assert!(printed.contains("3 of 5 calls passed, and `demo::hello` requires 4"), "{printed}");
}

#[test]
fn the_output_of_the_last_passing_call_is_kept() {
    let project = project(false);
    let repeat = "repeat = 4\nrequire = 3\nexpect.output_text = { contains = 'Hello' }\n";
    project.write("bedrock.toml", project.read("bedrock.toml") + repeat);
    let answers = ["Hello 1", "Hello 2", "Hello 3", "No."];
    let server = MockServer::start(move |_, earlier| Reply::Bytes(claude_reply(answers[earlier])));
    let printed = project.run_command(server.command(&project).args([
        "test",
        "--mode",
        "live",
        "--report",
        "jsonl=out.jsonl",
    ]));
    assert!(printed.starts_with("exit 0\n") && printed.contains("3 of 4 passed"), "{printed}");
    let report = project.read("out.jsonl");
    assert!(report.contains(r#""output_text":"Hello 3""#), "{report}");
}

#[test]
fn a_chunk_without_bytes_is_an_error() {
    let empty = frame(&[(":event-type", "chunk"), (":message-type", "event")], b"{}");
    let (printed, _, _) =
        recorded(true, &["--retries", "0"], &[Reply::Bytes(stream_reply(&[empty, chunk("{}")]))]);
    assert!(printed.contains("error[stream-incomplete]"), "{printed}");
}
