//! Recording: which fixtures are written, and that secrets are neither written nor printed.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::Project;
use crate::demo_project::{self, MODEL, case, text_answer};
use crate::mock_server::{
    MockServer, ReceivedRequest, Reply, SECRET, assume_role_reply, caller_identity_reply, claude_frames,
    claude_reply, error_reply, json_reply, stream_reply,
};

/// A project that calls with a role; `cases` are pairs of a name and further keys.
fn project(cases: &[(&str, &str)]) -> Project {
    let cases: String = cases.iter().map(|(name, more)| case(name, more)).collect();
    Project::with(&[
        ("bedrock.toml", &format!("{MODEL}{cases}")),
        ("bedrock-check.toml", "retry_pause = 0.001\nretries = 1\n"),
    ])
}

fn mock_server_with(reply: impl Fn(&ReceivedRequest) -> Vec<u8> + Send + Sync + 'static) -> MockServer {
    MockServer::start(move |request, _| {
        Reply::Bytes(match request.field("Action").as_deref() {
            Some("AssumeRole") => assume_role_reply("planted", 3600),
            Some("GetCallerIdentity") => caller_identity_reply("123456789012"),
            _ => reply(request),
        })
    })
}

#[track_caller]
fn run(server: &MockServer, project: &Project, args: &[&str]) -> String {
    project.run_command(server.command(project).args(args))
}

#[test]
fn a_recorded_answer_is_replayed() {
    let project = project(&[("one", ""), ("two", "")]);
    let server = mock_server_with(|request| {
        claude_reply(if request.body.contains("one") { "First" } else { "Second" })
    });
    let printed = run(&server, &project, &["record", "--accept", "--report", "jsonl=live.jsonl"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("2 recorded; 2 accepted"), "{printed}");
    assert_eq!(
        project.tree(),
        [
            "bedrock-check.toml",
            "bedrock.toml",
            "fixtures/demo/one.json",
            "fixtures/demo/two.json",
            "live.jsonl",
            "snapshots/demo__one.snap",
            "snapshots/demo__two.snap"
        ]
    );
    let printed = project.run(["test", "--check", "--report", "jsonl=replay.jsonl"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    let mapped = |path: &str| -> Vec<serde_json::Value> {
        let lines = project.read(path);
        let lines = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        lines.filter_map(|line| line.get("mapped").cloned()).collect()
    };
    assert_eq!(mapped("live.jsonl"), mapped("replay.jsonl"));
    // A second recording makes no calls and writes no files.
    let calls = server.calls().len();
    assert!(run(&server, &project, &["record"]).starts_with("exit 0\n"));
    assert_eq!(server.calls().len(), calls);
}

#[test]
fn only_the_selected_case_is_recorded_and_its_changes_are_printed() {
    let project = project(&[("one", ""), ("two", "")]);
    let server = mock_server_with(|_| claude_reply("Hello!"));
    run(&server, &project, &["record", "--accept"]);
    let untouched = project.read("fixtures/demo/two.json");
    project.write("fixtures/demo/two.json", untouched.replace("Hello!", "Mine!"));
    let server = mock_server_with(|_| claude_reply("Good morning!"));
    let printed = run(&server, &project, &["record", "--mode", "record-all", "-k", "one"]);
    assert!(printed.contains("Hello!") && printed.contains("Good morning!"), "{printed}");
    assert!(project.read("fixtures/demo/two.json").contains("Mine!"));
    // An identical fixture is not written again.
    let printed =
        run(&server, &project, &["record", "--mode", "record-all", "-k", "one", "--report", "jsonl=-"]);
    assert!(printed.contains(r#""recorded":"same""#), "{printed}");
}

#[test]
fn a_stale_case_is_recorded_on_request() {
    let project = project(&[("one", "")]);
    let server = mock_server_with(|_| claude_reply("Hello!"));
    run(&server, &project, &["record", "--accept"]);
    let config = project.read("bedrock.toml").replace("\"max_tokens\": 100", "\"max_tokens\": 99");
    project.write("bedrock.toml", config);
    assert!(run(&server, &project, &["record"]).contains("error[fixture-stale]"));
    assert_eq!(server.calls().len(), 1);
    assert!(run(&server, &project, &["record", "--mode", "record-stale"]).starts_with("exit 0\n"));
    assert_eq!(server.calls().len(), 2);
    assert!(project.run(["test", "--check"]).starts_with("exit 0\n"));
}

#[test]
fn an_unexpected_answer_does_not_replace_the_recording() {
    let project = project(&[("one", "")]);
    run(&mock_server_with(|_| claude_reply("Hello!")), &project, &["record", "--accept"]);
    let kept = project.read("fixtures/demo/one.json");
    let frames = claude_frames("x");
    let cut = stream_reply(&frames[..2]);
    let refusal = error_reply(400, "ValidationException", "no");
    for reply in [refusal, json_reply("{\"message\":\"no\"}"), cut, b"nonsense".to_vec()] {
        let server = mock_server_with(move |_| reply.clone());
        let printed = run(&server, &project, &["record", "--mode", "record-all"]);
        assert!(!printed.starts_with("exit 0\n"), "{printed}");
        assert_eq!(project.read("fixtures/demo/one.json"), kept, "{printed}");
    }
}

#[test]
fn a_refusal_is_recorded_if_the_case_expects_it() {
    let expects =
        "expect.error = { code = \"ValidationException\", contains = \"greater\" }\nsnapshot = false\n";
    let project = project(&[("refused", expects)]);
    let printed = run(
        &mock_server_with(|_| error_reply(400, "ValidationException", "max_tokens: must be greater than 0")),
        &project,
        &["record"],
    );
    assert!(printed.starts_with("exit 0\n") && printed.contains("RECORDED"), "{printed}");
    assert!(project.run(["test"]).starts_with("exit 0\n"));
    let kept = project.read("fixtures/demo/refused.json");
    let throttled =
        || error_reply(429, "ThrottlingException", "Too many requests, please wait before trying again.");
    let printed = run(&mock_server_with(move |_| throttled()), &project, &["record", "--mode", "record-all"]);
    assert!(printed.starts_with("exit 1\n"), "{printed}");
    assert_eq!(project.read("fixtures/demo/refused.json"), kept);
}

#[test]
fn accounts_and_request_ids_are_masked_in_fixtures() {
    let project = project(&[("one", "")]);
    let server = mock_server_with(|_| {
        let text = "arn:aws:sts::123456789012:assumed-role/BedrockAccess/x of 123456789012, (Request ID: 3d45b9a1-0000-1111-2222-333344445555) 987654321098";
        let head = [
            ("content-type", "application/json"),
            ("x-amzn-requestid", "3d45b9a1-0000-1111-2222-333344445555"),
            ("set-cookie", "planted"),
        ];
        let body = String::from_utf8(claude_reply(text)).expect("UTF-8");
        crate::mock_server::http_reply(200, &head, body.split_once("\r\n\r\n").expect("a body").1)
    });
    let printed = run(&server, &project, &["record", "--accept"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    let fixture = project.read("fixtures/demo/one.json");
    for gone in ["123456789012", "3d45b9a1", "BedrockAccess", "planted"] {
        assert!(!fixture.contains(gone), "{gone} is in {fixture}");
    }
    assert!(fixture.contains("987654321098"), "another number is the model's: {fixture}");
    assert!(project.run(["test", "--check"]).starts_with("exit 0\n"));
}

/// Every file below `folder` with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                return files(&path);
            }
            let text = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
            vec![(path.display().to_string(), text)]
        })
        .collect()
}

/// The reply of a model to a request.
type Echo = fn(&ReceivedRequest) -> Vec<u8>;

#[test]
fn no_secret_is_written_or_printed() {
    const PATTERN: &str = "AKIAQWERTYUIOPASDFGH";
    // The origin of a secret, and a reply of the model that contains it.
    let session = "session-token-of-planted";
    let echoes: [(&str, Echo); 8] = [
        ("the access key of the environment", |_| claude_reply(SECRET)),
        ("the session's token", |_| claude_reply("session-token-of-planted")),
        ("the session's secret", |_| claude_reply("secret-of-planted")),
        ("something that looks like a key", |_| claude_reply(PATTERN)),
        ("a refusal", |_| error_reply(400, "ValidationException", &format!("{SECRET} and {PATTERN}"))),
        ("a page", |_| {
            crate::mock_server::http_reply(
                200,
                &[("content-type", "text/html")],
                format!("<html>{SECRET} secret-of-planted"),
            )
        }),
        ("a stream", |_| stream_reply(&claude_frames(SECRET))),
        ("the request", |request| claude_reply(request.header("x-amz-security-token"))),
    ];
    for (name, echo) in echoes {
        for args in [
            &["record", "--accept", "-v", "--report", "jsonl=out.jsonl", "--report", "junit=out.xml"][..],
            &["test", "--mode", "live", "-v", "--report", "jsonl=out.jsonl", "--report", "junit=out.xml"],
            &["invoke", "demo", "--case", "one"],
            &["invoke", "demo", "--case", "one", "--format", "json"],
            &["doctor", "demo"],
            &["doctor", "demo", "--format", "json"],
        ] {
            let project = project(&[("one", "")]);
            if name == "a stream" {
                let config = project.read("bedrock.toml").replace("region =", "stream = true\nregion =");
                project.write("bedrock.toml", config);
            }
            let printed = run(&mock_server_with(echo), &project, args);
            let written = files(project.path());
            for (place, text) in written.iter().chain([&("the output".to_owned(), printed.clone())]) {
                for secret in [SECRET, PATTERN, session, "secret-of-planted"] {
                    assert!(!text.contains(secret), "{name}, {args:?}: {secret} is in {place}:\n{text}");
                }
            }
            assert!(
                !project.tree().iter().any(|path| path.contains("fixtures")),
                "{name}, {args:?}: {printed}"
            );
        }
    }
}

#[test]
fn a_request_with_a_secret_is_not_sent() {
    let project = project(&[("one", "")]);
    let config = project.read("bedrock.toml").replace("\"Say one\"", "{ env = \"PROMPT\" }");
    project.write("bedrock.toml", config);
    let server = mock_server_with(|_| claude_reply("Hello!"));
    let printed =
        project.run_command(server.command(&project).env("PROMPT", format!("use {SECRET}")).arg("record"));
    insta::assert_snapshot!(printed, @r#"
    exit 1
    --- stdout
      record-missing 1 case in 1 file
      ERROR    demo::one

    error[literal-secret]: the recording of `demo::one` would contain a secret that the call is signed with; nothing is written
      --> bedrock.toml:17:8
       |
    17 | name = "one"
       |        ^^^^^
       |
       = note: the secret would be at `/request/body/messages/0/content` in fixtures/demo/one.json
       = help: remove it from the request, and revoke it if it was shared with anyone

      ──────
      1 case: 1 error   [TIME]
    --- stderr
      calls    127.0.0.1 with the default credentials, then the role arn:aws:iam::123456789012:role/BedrockAccess at 127.0.0.1
    "#);
    assert!(server.calls().is_empty());
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_files_and_lists_the_rest() {
    let names: Vec<String> = (0..40).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    let server = MockServer::start(|request, _| match request.field("Action") {
        Some(_) => Reply::Bytes(assume_role_reply("planted", 3600)),
        None => Reply::After(Duration::from_millis(100), claude_reply(&"Hello! ".repeat(500))),
    });
    let mut command = server.command(&project);
    command
        .args(["record", "-j", "2", "--report", "jsonl=out.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the binary runs");
    while server.calls().len() < 8 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill").args(["-INT", &pid]).status().expect("`kill` runs");
    assert!(sent.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stdout));
    let tree = project.tree();
    let fixtures: Vec<&String> = tree.iter().filter(|path| path.starts_with("fixtures/")).collect();
    assert!((4..40).contains(&fixtures.len()), "{fixtures:?}");
    for path in fixtures {
        let text = project.read(path);
        bedrock_check::fixture::Fixture::parse(&text).expect("a whole fixture");
    }
    assert!(!tree.iter().any(|path| path.contains("tmp")), "{tree:?}");
    let report = project.read("out.jsonl");
    assert_eq!(report.lines().filter(|line| line.contains(r#""type":"case""#)).count(), 40, "{report}");
    assert!(
        report.contains(r#""not_called":"interrupted""#) || report.contains(r#""outcome":"skipped""#),
        "{report}"
    );
    // The recorded cases can be replayed.
    assert!(!project.run(["test", "--accept"]).contains("FAIL"));
}

#[test]
fn scrub_masks_existing_recordings() {
    let project = project(&[("one", "")]);
    run(&mock_server_with(|_| claude_reply("Hello!")), &project, &["record", "--accept"]);
    let dirty = "of arn:aws:iam::444455556666:user/me and AKIAQWERTYUIOPASDFGH";
    let fixture = project.read("fixtures/demo/one.json").replace("Hello!", dirty);
    project.write("fixtures/demo/one.json", &fixture);
    let printed = project.run(["fixtures", "scrub", "--check"]);
    assert!(printed.starts_with("exit 5\n") && !printed.contains("AKIAQ"), "{printed}");
    assert_eq!(project.read("fixtures/demo/one.json"), fixture);
    insta::assert_snapshot!(project.run(["fixtures", "scrub"]), @r#"
    exit 0
    --- stdout
    scrubbed fixtures/demo/one.json
      +          "text": "of arn:aws:iam::000000000000:user/*** and ********************"
    1 of 1 recording scrubbed
    "#);
    let clean = project.read("fixtures/demo/one.json");
    assert!(!clean.contains("444455556666") && !clean.contains("AKIAQ"), "{clean}");
    assert!(project.run(["fixtures", "scrub"]).contains("0 of 1 recording scrubbed"));
    assert!(!project.run(["test"]).contains("fixture-"));
}

#[test]
fn scrub_reports_recordings_that_it_could_not_read() {
    let project =
        demo_project::project(&[("one", ""), ("edited", ""), ("invalid", ""), ("large", ""), ("none", "")]);
    let recorded = ["one", "edited", "invalid", "large"].map(|name| format!("demo::{name}"));
    let answers: Vec<_> = recorded.iter().map(|id| (id.as_str(), text_answer("Hello!"))).collect();
    demo_project::record(&project, &answers);
    project.write(
        "fixtures/demo/edited.json",
        project.read("fixtures/demo/edited.json").replace("Say edited", "Say more"),
    );
    project.write("fixtures/demo/invalid.json", "{ \"format\": 1,");
    let large = std::fs::File::create(project.path().join("fixtures/demo/large.json")).expect("a file");
    large.set_len((32 << 20) + 1).expect("a sparse file");
    let printed = project.run(["fixtures", "scrub"]);
    assert!(printed.starts_with("exit 2\n") && printed.contains("0 of 5 recordings scrubbed"), "{printed}");
    for (code, file) in [
        ("fixture-edited", "fixtures/demo/edited.json"),
        ("fixture-invalid", "fixtures/demo/invalid.json"),
        ("fixture-invalid", "fixtures/demo/large.json"),
    ] {
        assert!(printed.contains(&format!("error[{code}]")) && printed.contains(file), "{file}: {printed}");
    }
    assert!(!printed.contains("one.json") && !printed.contains("none.json"), "{printed}");
}

#[cfg(unix)]
#[test]
fn scrub_reports_a_recording_outside_the_repository() {
    let (project, other) = (demo_project::accepted(), Project::with(&[]));
    let fixtures = project.path().join("fixtures/demo");
    std::fs::rename(&fixtures, other.path().join("demo")).expect("one file system");
    std::os::unix::fs::symlink(other.path().join("demo"), &fixtures).expect("a symlink");
    let printed = project.run(["fixtures", "scrub"]);
    assert!(printed.starts_with("exit 2\n") && printed.contains("error[file-outside-root]"), "{printed}");
}

#[test]
fn no_call_exceeds_the_budget() {
    let names: Vec<String> = (0..20).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    let settings = "max_cost = 0.0002\n[prices.\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"]\ninput = 0.25\noutput = 1.25\n";
    project.write("bedrock-check.toml", settings);
    let server = mock_server_with(|_| claude_reply("Hello!"));
    let printed = run(&server, &project, &["record", "--accept", "-j", "1", "--report", "jsonl=out.jsonl"]);
    assert!(printed.starts_with("exit 6\n") && printed.contains("budget used up"), "{printed}");
    let calls = server.calls().len();
    assert!((1..20).contains(&calls), "{calls}");
    assert_eq!(project.read("out.jsonl").matches(r#""not_called":"over-budget""#).count(), 20 - calls);
    // The budget allows one call at its maximum of 0.000163 USD; each call really costs 0.000006 USD.
    assert!(calls > 3, "the reserved rest is released after a call: {calls}");
}

#[test]
fn a_refused_call_does_not_use_the_budget() {
    let project = project(&[("one", ""), ("two", ""), ("three", "")]);
    // The budget allows one call at its maximum of 0.000163 USD.
    let settings = "max_cost = 0.0002\n[prices.\"global.anthropic.claude-haiku-4-5-20251001-v1:0\"]\ninput = 0.25\noutput = 1.25\n";
    project.write("bedrock-check.toml", settings);
    let server = mock_server_with(|_| error_reply(400, "ValidationException", "Malformed input request"));
    let printed =
        run(&server, &project, &["test", "--mode", "live", "-j", "1", "--report", "jsonl=out.jsonl"]);
    assert_eq!(server.calls().len(), 3, "{printed}");
    assert!(!project.read("out.jsonl").contains("over-budget"), "{printed}");
}

#[test]
fn a_budget_without_a_price_is_refused_before_any_call() {
    let project = project(&[("one", "")]);
    let server = mock_server_with(|_| claude_reply("Hello!"));
    let unpriced = "models.demo.model_id=arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl";
    let printed = run(&server, &project, &["record", "--max-cost", "1", "--set", unpriced]);
    assert!(printed.starts_with("exit 2\n") && printed.contains("error[price-unknown]"), "{printed}");
    assert!(server.requests().is_empty());
}

#[test]
fn calls_wait_for_the_rate_limit() {
    let project = project(&[("one", ""), ("two", "")]);
    project.write("bedrock-check.toml", "requests_per_minute = 1\ntimeout = { case = 1 }\n");
    let server = mock_server_with(|_| claude_reply("Hello!"));
    let printed = run(&server, &project, &["record", "--accept"]);
    assert_eq!(server.calls().len(), 1, "{printed}");
    assert!(printed.contains("out of time"), "{printed}");
}

#[test]
fn a_run_stops_at_its_time_limit() {
    let names: Vec<String> = (0..10).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    project.write("bedrock-check.toml", "jobs = 1\ntimeout = { run = 0.5 }\n");
    let server = MockServer::start(|request, _| match request.field("Action") {
        Some(_) => Reply::Bytes(assume_role_reply("planted", 3600)),
        None => Reply::After(Duration::from_millis(200), claude_reply("Hello!")),
    });
    let printed = run(&server, &project, &["test", "--mode", "live"]);
    assert!(printed.starts_with("exit 3\n") && printed.contains("out of time"), "{printed}");
    assert!(server.calls().len() < 5, "{}", server.calls().len());
}
