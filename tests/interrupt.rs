//! Ctrl-C during a run.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record, text_answer};
use crate::mock_server::{self, MockServer, Reply};

const CASES: usize = 80;

/// Accepted cases with changed answers, and a diff tool that interrupts the run once.
fn changed() -> Project {
    let names: Vec<String> = (0..CASES).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    let ids: Vec<String> = names.iter().map(|name| format!("demo::{name}")).collect();
    let answers = |text| ids.iter().map(|id| (id.as_str(), text_answer(text))).collect::<Vec<_>>();
    record(&project, &answers("Hello!"));
    assert!(project.output(&["test", "--accept", "-qq"]).status.success());
    record(&project, &answers("Good day!"));
    let tool = "[ -e \"$1\" ] && exit\ntouch \"$1\"\nkill -INT $PPID\nsleep 0.5\n";
    project.write("tool.sh", tool);
    project
}

#[test]
fn an_interrupted_run_writes_whole_files_and_lists_skipped_cases() {
    let project = changed();
    let (tool, mark) = (project.path().join("tool.sh"), project.path().join("interrupted"));
    let diff_tool = format!("sh {} {}", tool.display(), mark.display());
    let mut command = project.command();
    command.args(["test", "-j", "1", "--report", "junit=out.xml", "--report", "jsonl=out.jsonl"]);
    for format in ["sarif", "tap", "markdown", "pr-comment"] {
        command.args(["--report", &format!("{format}=out.{format}")]);
    }
    let output = command.env("INSTA_DIFF_TOOL", diff_tool).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let junit = project.read("out.xml");
    assert_eq!(junit.matches("<testcase ").count(), CASES);
    let skipped = junit.matches("<skipped").count();
    assert!((1..CASES).contains(&skipped), "{skipped} skipped");
    let lines = project.read("out.jsonl");
    let end: serde_json::Value = serde_json::from_str(lines.lines().last().expect("a footer")).expect("JSON");
    assert_eq!(end["interrupted"], true);
    assert_eq!(end["outcomes"]["skipped"], skipped);
    let sarif: serde_json::Value = serde_json::from_str(&project.read("out.sarif")).expect("JSON");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(project.read("out.tap").contains("Bail out!"));
    for report in ["out.markdown", "out.pr-comment"] {
        assert!(project.read(report).contains("interrupted"), "{report}");
    }
    // Every file that the run wrote is complete: all pending snapshots can be accepted.
    let accepted = project.output(&["test", "--accept", "-qq"]);
    assert_eq!(accepted.status.code(), Some(0), "{}", String::from_utf8_lossy(&accepted.stdout));
    assert!(!project.tree().iter().any(|path| path.ends_with(".snap.new") || path.contains(".tmp")));
}

/// How long a live run continues after Ctrl-C if Bedrock sends `reply`.
fn interrupted_while_waiting_for(reply: Reply) -> Duration {
    let config = format!("{}{}", MODEL.replace("credentials = \"demo\"\n", ""), case("hello", ""));
    let project = Project::with(&[("bedrock.toml", &config)]);
    let server = MockServer::start(move |_, _| reply.clone());
    let mut command = server.command(&project);
    command.args(["test", "--mode", "live", "--report", "jsonl=out.jsonl"]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let patience = Instant::now() + Duration::from_secs(20);
    while server.calls().is_empty() && Instant::now() < patience {
        sleep(Duration::from_millis(10));
    }
    // An immediate reply is read, and the pause before the retry begins.
    sleep(Duration::from_millis(300));
    let interrupted = Instant::now();
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().expect("`kill` runs");
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    assert_eq!(server.calls().len(), 1);
    let report = project.read("out.jsonl");
    assert!(report.contains(r#""not_called":"interrupted""#), "{report}");
    interrupted.elapsed()
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_for_an_answer_and_the_pause_before_a_retry() {
    let busy = r#"{"message":"Too many requests, please wait before trying again."}"#;
    let headers = [("x-amzn-errortype", "ThrottlingException"), ("retry-after", "60")];
    for reply in [
        Reply::After(Duration::from_mins(1), mock_server::claude_reply("Hello!")),
        Reply::Bytes(mock_server::http_reply(429, &headers, busy)),
    ] {
        let took = interrupted_while_waiting_for(reply);
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}
