//! What can go wrong on the wire: nothing hangs, nothing is half written, and each has a code and a place.

use std::time::{Duration, Instant};

use crate::common::Project;
use crate::demo_project::{MODEL, case};
use crate::mock_server::{Reply, StandIn, chunk, frame, http, json, refuses, says, stream, streamed};

const SETTINGS: &str =
    "retry_pause = 0.001\ntimeout = { connect = 2, first_byte = 0.4, call = 1, case = 5 }\n";

/// A project with one case; the model is called without a role.
fn project(streams: bool) -> Project {
    let model = MODEL.replace("credentials = \"demo\"\n", if streams { "stream = true\n" } else { "" });
    let config = format!("{model}{}", case("hello", ""));
    Project::with(&[("bedrock.toml", &config), ("bedrock-check.toml", SETTINGS)])
}

/// What `record` tells of a server that gives these replies, the last one again and again, and how often it
/// was asked.
fn recorded(streams: bool, args: &[&str], replies: &[Reply]) -> (String, usize, Project) {
    let (project, replies) = (project(streams), replies.to_vec());
    let server = StandIn::start(move |_, before| replies[before.min(replies.len() - 1)].clone());
    let started = Instant::now();
    let told = project.told(server.command(&project).args(["record", "--accept"]).args(args));
    assert!(started.elapsed() < Duration::from_secs(20), "{told}");
    (told, server.calls().len(), project)
}

struct Fault {
    name: &'static str,
    streams: bool,
    reply: Vec<u8>,
    /// The code of the finding and the cause, where it has one.
    code: &'static str,
    cause: &'static str,
    exit: u8,
    /// How often the server is asked with three retries.
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
    let frames = streamed("Hello!");
    let whole = frames.concat();
    let eventstream = [("content-type", "application/vnd.amazon.eventstream")];
    let mut corrupt = whole.clone();
    corrupt[frames[0].len() + 40] ^= 1;
    let exception = |kind: &str, message: &str| {
        let payload = format!(r#"{{"message":"{message}"}}"#);
        let exception =
            frame(&[(":exception-type", kind), (":message-type", "exception")], payload.as_bytes());
        stream(&[frames[0].clone(), frames[1].clone(), exception])
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
            refuses(429, "ThrottlingException", "Too many requests, please wait before trying again."),
            "call-failed",
            "throttle-rpm",
            3,
            4,
        ),
        fault(
            "a daily quota",
            refuses(429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
            "call-failed",
            "throttle-tpd",
            3,
            1,
        ),
        fault(
            "no capacity",
            refuses(503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
            "call-failed",
            "unable",
            3,
            4,
        ),
        fault(
            "a model that fails",
            refuses(424, "ModelErrorException", "x"),
            "call-failed",
            "model-error",
            3,
            2,
        ),
        fault(
            "a model that is slow",
            refuses(408, "ModelTimeoutException", "Model has timed out in processing the request."),
            "call-failed",
            "timeout",
            3,
            4,
        ),
        fault(
            "a cold model",
            refuses(
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
            refuses(
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
            refuses(400, "ValidationException", "max_tokens: must be greater than or equal to 1"),
            "call-failed",
            "member-invalid",
            1,
            1,
        ),
        fault(
            "an error of a gateway",
            http(502, &[("content-type", "text/html")], "<html>Bad gateway</html>"),
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
        fault("an error with status 200", json(r#"{"message":"no"}"#), "answer-unreadable", "", 3, 1),
        fault(
            "another service",
            json(
                r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
            ),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "a login page",
            http(200, &[("content-type", "text/html")], "<html>Log in</html>"),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "JSON that says it is HTML",
            http(200, &[("content-type", "text/html")], "{\"content\":[]}"),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        fault(
            "no body",
            http(200, &[("content-type", "application/json")], ""),
            "answer-unreadable",
            "",
            3,
            1,
        ),
        streaming(fault("no stream", says("Hello!"), "answer-unreadable", "", 3, 1)),
        streaming(fault(
            "a stream cut in a frame",
            http(200, &eventstream, &whole[..whole.len() - 7]),
            "answer-unreadable",
            "",
            3,
            4,
        )),
        streaming(fault("a stream cut between frames", stream(&frames[..4]), "stream-incomplete", "", 3, 4)),
        streaming(fault("a stream without events", stream(&[]), "stream-incomplete", "", 3, 4)),
        streaming(fault(
            "a wrong checksum",
            http(200, &eventstream, &corrupt),
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
        let (told, calls, project) = recorded(fault.streams, &[], &[Reply::Bytes(fault.reply)]);
        let cause = if fault.cause.is_empty() { String::new() } else { format!("explain {}`", fault.cause) };
        let expected = [
            format!("exit {}\n", fault.exit),
            format!("error[{}]", fault.code),
            cause,
            "--> bedrock.toml:".to_owned(),
        ];
        let missing: Vec<_> = expected.iter().filter(|part| !told.contains(part.as_str())).collect();
        if !missing.is_empty() || calls != fault.calls {
            wrong.push(format!("{}: {missing:?}, {calls} calls\n{told}", fault.name));
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
    let throttled = Reply::Bytes(refuses(
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
    ));
    let good = Reply::Bytes(says("Hello!"));
    let (told, calls, project) = recorded(false, &[], &[throttled.clone(), Reply::Nothing, good.clone()]);
    assert_eq!((calls, told.starts_with("exit 0\n")), (3, true), "{told}");
    assert!(told.contains("3 attempts"), "{told}");
    assert_eq!(project.tree().len(), 4);
    let (told, calls, _) = recorded(false, &["--retries", "0"], &[throttled, good]);
    assert_eq!((calls, told.starts_with("exit 3\n")), (1, true), "{told}");
}

#[test]
fn the_retry_after_header_is_obeyed() {
    let head = [("retry-after", "1"), ("x-amzn-errortype", "ThrottlingException")];
    let throttled = Reply::Bytes(http(429, &head, "{\"message\":\"slow down\"}"));
    let started = Instant::now();
    let (told, calls, _) = recorded(false, &[], &[throttled, Reply::Bytes(says("Hello!"))]);
    assert_eq!((calls, told.starts_with("exit 0\n")), (2, true), "{told}");
    assert!(started.elapsed() >= Duration::from_secs(1));
    // Longer than the case may take: it is not waited for.
    let head = [("retry-after", "600"), ("x-amzn-errortype", "ThrottlingException")];
    let (told, calls, _) = recorded(false, &[], &[Reply::Bytes(http(429, &head, "{}"))]);
    assert_eq!((calls, told.starts_with("exit 3\n")), (1, true), "{told}");
}

#[test]
fn time_limits_end_slow_calls() {
    let second = Duration::from_millis(1500);
    let slow = Reply::After(second, says("Hello!"));
    let (told, _, _) = recorded(false, &["--retries", "0"], &[slow]);
    assert!(told.contains("error[call-timed-out]") && told.contains("`first_byte`"), "{told}");
    let frames = streamed("Hello!");
    let whole = stream(&frames);
    let (first, rest) = whole.split_at(200);
    let dribbled = Reply::Dribbled(first.to_vec(), second, rest.to_vec());
    let (told, _, _) = recorded(true, &["--retries", "0"], &[dribbled]);
    assert!(told.contains("error[call-timed-out]") && told.contains("`call`"), "{told}");
}

#[test]
fn an_unreachable_endpoint_is_reported() {
    let project = project(false);
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let server = StandIn::start(|_, _| Reply::Nothing);
    let mut command = server.command(&project);
    command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", format!("http://{port}"));
    let told = project.told(command.args(["record", "--retries", "1"]));
    let told = told.replace(&port.to_string(), "[ADDRESS]");
    insta::assert_snapshot!(told, @r#"
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
       = note: cause: nothing listens at the endpoint (`bedrock-check explain connection-refused`)
       = help: check the endpoint and its port

      ──────
      1 case: 1 error   [TIME]
    "#);
    let told = project.told(
        server.command(&project).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://nowhere.invalid").args([
            "record",
            "--retries",
            "0",
        ]),
    );
    assert!(told.contains("explain no-endpoint"), "{told}");
}

#[test]
fn a_huge_answer_is_not_read_to_its_end() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\"";
    let huge = [head.as_bytes(), &vec![b'x'; (64 << 20) + 10_000]].concat();
    let (project, huge) = (project(false), Reply::Bytes(huge));
    project.write("bedrock-check.toml", "timeout = { first_byte = 20, call = 60 }\n");
    let server = StandIn::start(move |_, _| huge.clone());
    let told = project.told(server.command(&project).args(["record"]));
    assert!(told.contains("error[answer-unreadable]: the answer is larger than 64 MiB"), "{told}");
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
            ("converse-stream", _) => stream(&events),
            (_, true) => stream(&streamed("Hi")),
            _ => json(answer),
        };
        let server = StandIn::start(move |_, _| Reply::Bytes(reply.clone()));
        let told = project.told(server.command(&project).args(["record", "--accept"]));
        let calls = server.calls();
        assert_eq!(calls.len(), 1, "{told}");
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
    let server = StandIn::start(|_, _| Reply::Bytes(says("Hello!")));
    let told = project.told(server.command(&project).args(["record", "--accept"]));
    assert!(told.starts_with("exit 0\n"), "{told}");
    let path =
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aprovisioned-model%2Fabcdefghijkl/invoke";
    assert_eq!(server.calls()[0].path, path);
    let fixture = project.read("fixtures/demo/hello.json");
    assert!(!fixture.contains("123456789012") && fixture.contains("000000000000"), "{fixture}");
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("\"max_tokens\": 100", "\"max_tokens\": 99"));
    let told = project.run(["test", "--check"]);
    assert!(told.contains("fixture-stale") && told.contains("max_tokens"), "{told}");
    assert!(!told.contains("000000000000"), "the account is no difference: {told}");
    project.write("bedrock.toml", config);
    // The masked account doesn't make the recording stale.
    assert!(project.run(["test", "--check"]).starts_with("exit 0\n"));
}

#[test]
fn a_first_token_and_a_latency_are_measured() {
    let frames = streamed("Hello!");
    let whole = stream(&frames);
    let until = whole.len() - frames[2..].concat().len();
    let (first, rest) = (whole[..until].to_vec(), whole[until..].to_vec());
    let project = project(true);
    let expectations = "expect.first_token_ms = { min = 250 }\nexpect.latency_ms = { max = 200 }\n";
    let config = project.read("bedrock.toml") + expectations;
    project.write("bedrock.toml", config);
    let server =
        StandIn::start(move |_, _| Reply::Dribbled(first.clone(), Duration::from_millis(300), rest.clone()));
    let told = project.told(server.command(&project).args([
        "test",
        "--mode",
        "live",
        "--report",
        "jsonl=out.jsonl",
    ]));
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(
        told.contains("`latency_ms`: expected a number of at most `200`")
            && !told.contains("`first_token_ms`"),
        "{told}"
    );
    let call = regex::Regex::new(r#""call":\{"latency_ms":\d+,"first_token_ms":\d+,"#).expect("a regex");
    assert!(call.is_match(&project.read("out.jsonl")), "{}", project.read("out.jsonl"));
}

#[test]
fn a_case_is_repeated_as_often_as_configured() {
    let answers = |good: &'static [bool]| {
        move |_: &crate::mock_server::Seen, before: usize| {
            Reply::Bytes(says(if good[before % good.len()] { "Hello!" } else { "No." }))
        }
    };
    let run = |good: &'static [bool]| {
        let project = project(false);
        let config = project.read("bedrock.toml")
            + "repeat = 5\nrequire = 4\nexpect.output_text = { contains = 'Hello' }\n";
        project.write("bedrock.toml", config);
        let server = StandIn::start(answers(good));
        let told = project.told(server.command(&project).args(["test", "--mode", "live"]));
        assert_eq!(server.calls().len(), 5, "{told}");
        told
    };
    let told = run(&[true, true, false, true, true]);
    assert!(told.starts_with("exit 0\n") && told.contains("4 of 5 passed"), "{told}");
    let told = run(&[true, false, false, true, true]);
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(told.contains("3 of 5 calls passed, and `demo::hello` requires 4"), "{told}");
}

#[test]
fn the_output_of_the_last_passing_call_is_kept() {
    let project = project(false);
    let repeat = "repeat = 4\nrequire = 3\nexpect.output_text = { contains = 'Hello' }\n";
    project.write("bedrock.toml", project.read("bedrock.toml") + repeat);
    let answers = ["Hello 1", "Hello 2", "Hello 3", "No."];
    let server = StandIn::start(move |_, before| Reply::Bytes(says(answers[before])));
    let told = project.told(server.command(&project).args([
        "test",
        "--mode",
        "live",
        "--report",
        "jsonl=out.jsonl",
    ]));
    assert!(told.starts_with("exit 0\n") && told.contains("3 of 4 passed"), "{told}");
    let report = project.read("out.jsonl");
    assert!(report.contains(r#""output_text":"Hello 3""#), "{report}");
}

#[test]
fn a_chunk_without_bytes_is_an_error() {
    let empty = frame(&[(":event-type", "chunk"), (":message-type", "event")], b"{}");
    let (told, _, _) = recorded(true, &["--retries", "0"], &[Reply::Bytes(stream(&[empty, chunk("{}")]))]);
    assert!(told.contains("error[stream-incomplete]"), "{told}");
}
