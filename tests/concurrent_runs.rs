//! Several processes that write in one repository.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::Project;
use crate::demo_project::{MODEL, accepted, case};
use crate::mock_server::{MockServer, Reply, claude_reply};

const WAITING: &str = "waiting for another run in this repository…";

/// A project that calls without a role.
fn project(cases: usize) -> Project {
    let cases: String = (0..cases).map(|number| case(&format!("case {number}"), "")).collect();
    let model = MODEL.replace("credentials = \"demo\"\n", "");
    Project::with(&[("bedrock.toml", &format!("{model}{cases}"))])
}

fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
}

#[test]
fn two_runs_that_record_and_accept_never_mix_their_files() {
    const CASES: usize = 20;
    let project = project(CASES);
    // Each answer is different, so a pair from two runs is noticed.
    let server = MockServer::start(|_, earlier| {
        Reply::After(Duration::from_millis(20), claude_reply(&format!("answer {earlier}")))
    });
    let run = || {
        let mut command = server.command(&project);
        spawn(command.args(["record", "--mode", "record-all", "--accept"]))
    };
    let outputs = [run(), run()].map(|run| run.wait_with_output().expect("it ends"));
    let messages = outputs.each_ref().map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(outputs.iter().all(|output| output.status.success()), "{messages:?}");
    assert_eq!(messages.iter().filter(|message| message.contains(WAITING)).count(), 1, "{messages:?}");
    assert_eq!(server.calls().len(), 2 * CASES);
    for number in 0..CASES {
        let snapshot = project.read(&format!("snapshots/demo__case-{number}.snap"));
        let answer = snapshot.lines().find_map(|line| line.strip_prefix("output_text: ")).expect("a text");
        let fixture = project.read(&format!("fixtures/demo/case-{number}.json"));
        assert!(fixture.contains(&format!("\"{answer}\"")), "{answer} is not in {fixture}");
    }
    assert!(project.run(["test"]).contains("20 passed"));
}

#[cfg(unix)]
#[test]
fn commands_that_write_wait_and_others_do_not() {
    let project = accepted();
    let folder = File::open(project.path()).expect("a folder");
    folder.lock().expect("the lock is free");
    for arguments in [
        &["test"][..],
        &["test", "--check"],
        &["validate"],
        &["pending"],
        &["fixtures", "scrub", "--check"],
        &["bundle"],
    ] {
        let output = project.output(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !message.contains(WAITING), "{arguments:?} {message}");
    }
    for arguments in [
        &["test", "--accept"][..],
        &["test", "--unreferenced", "delete"],
        &["record"],
        &["accept"],
        &["reject"],
        &["fixtures", "scrub"],
    ] {
        let mut run = spawn(project.command().args(arguments));
        let mut lines = BufReader::new(run.stderr.take().expect("a pipe")).lines();
        assert_eq!(lines.next().expect("a line").expect("UTF-8"), WAITING, "{arguments:?}");
        assert!(run.try_wait().expect("a process").is_none(), "{arguments:?} waits");
        interrupt(&run);
        let interrupted = Instant::now();
        assert!(!run.wait().expect("it ends").success());
        assert!(interrupted.elapsed() < Duration::from_secs(5), "{arguments:?}");
    }
    let mut waiting = spawn(project.command().args(["test", "--accept"]));
    sleep(Duration::from_millis(200));
    folder.unlock().expect("the lock is held");
    assert!(waiting.wait().expect("it ends").success());
}

#[cfg(unix)]
fn interrupt(run: &Child) {
    let killed = Command::new("kill").args(["-INT", &run.id().to_string()]).status();
    assert!(killed.expect("`kill` runs").success());
}
