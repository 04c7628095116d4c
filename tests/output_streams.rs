//! Reports written to streams such as `/dev/stdout`, and regular files below `/dev`.
#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions};
use std::process::Command;

use crate::common::Project;
use crate::demo_project::{self, project, record, text_answer};

/// Runs `bedrock-check test` with `report` and its standard output in `out`; returns its standard error.
#[track_caller]
fn run_into(project: &Project, report: &str, out: File) -> String {
    let mut command = project.command();
    let output = command.args(["test", "--report", report]).stdout(out).output().expect("the binary runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn a_report_to_dev_stdout_is_appended_to_a_log() {
    let project = demo_project::accepted();
    project.write("log", "old\n");
    let log = project.path().join("log");
    let append = OpenOptions::new().append(true).open(&log).expect("a file");
    let talk = run_into(&project, "tap=/dev/stdout", append);
    let text = project.read("log");
    assert!(text.starts_with("old\nTAP version 14\n") && text.ends_with("demo::greeting\n"), "{text}");
    assert!(talk.contains("1 case: 1 passed"), "{talk}");
}

#[test]
fn a_report_to_dev_stdout_follows_redirection() {
    let project = demo_project::accepted();
    let out = project.path().join("out");
    run_into(&project, "tap=-", File::create(&out).expect("a file"));
    let expected = project.read("out");
    for name in ["tap=/dev/stdout", "tap=/dev/fd/1", "tap=/proc/self/fd/1"] {
        run_into(&project, name, File::create(&out).expect("a file"));
        assert_eq!(project.read("out"), expected, "{name}");
    }
}

#[test]
fn only_one_report_can_go_to_standard_output() {
    let project = demo_project::accepted();
    let printed = project.run(["test", "--report", "tap=-", "--report", "jsonl=/dev/stdout"]);
    assert!(printed.contains("another report goes to standard output"), "{printed}");
}

#[test]
fn a_report_to_dev_stderr_is_appended_to_existing_text() {
    let project = demo_project::accepted();
    project.write("log", "old\n");
    let mut command = project.command();
    command.args(["test", "--report", "tap=/dev/stderr"]);
    // The file is not opened for appending: writes continue at the position of the descriptor.
    let mut log = OpenOptions::new().write(true).open(project.path().join("log")).expect("a file");
    std::io::Seek::seek(&mut log, std::io::SeekFrom::End(0)).expect("a file");
    assert!(command.stderr(log).status().expect("the binary runs").success());
    let text = project.read("log");
    assert!(text.starts_with("old\nTAP version 14\n"), "{text}");
}

#[test]
fn a_report_to_a_descriptor_of_the_shell_is_appended() {
    let project = demo_project::accepted();
    project.write("log", "old\n");
    let mut shell = Command::new("sh");
    let line = format!("{} test -qq --report tap=/dev/fd/3 3>> log", env!("CARGO_BIN_EXE_bedrock-check"));
    shell.args(["-c", &line]).current_dir(project.path());
    assert!(shell.status().expect("a shell").success());
    let text = project.read("log");
    assert!(text.starts_with("old\nTAP version 14\n"), "{text}");
}

#[test]
fn a_named_pipe_receives_the_report_and_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let project = demo_project::accepted();
    let pipe = project.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("text")
    });
    project.run(["test", "--report", "tap=pipe"]);
    assert!(reader.join().expect("a reader").starts_with("TAP version 14\n"));
    assert!(fs::metadata(&pipe).expect("a pipe").file_type().is_fifo());
}

#[test]
fn a_report_below_dev_shm_replaces_a_longer_one() {
    let project = demo_project::accepted();
    let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
    let path = folder.path().join("a.xml");
    let report = format!("junit={}", path.display());
    fs::write(&path, "a longer text ".repeat(1000)).expect("a file");
    project.run(["test", "--report", &report]);
    project.run(["test", "--report", "junit=b.xml"]);
    assert_eq!(fs::read_to_string(path).expect("text"), project.read("b.xml"));
}

#[test]
fn a_snapshot_below_dev_shm_is_accepted_whole() {
    let text = format!("{}{}", demo_project::MODEL, demo_project::case("greeting", ""));
    let project = Project::below("/dev/shm");
    project.write("bedrock.toml", text);
    for answer in ["A long answer.\nOf two lines.", "Hi!"] {
        record(&project, &[("demo::greeting", text_answer(answer))]);
        let printed = project.run(["test", "--accept"]);
        assert!(printed.starts_with("exit 0\n"), "{printed}");
    }
    let other = self::project(&[("greeting", "")]);
    record(&other, &[("demo::greeting", text_answer("Hi!"))]);
    other.run(["test", "--accept"]);
    let snapshot = "snapshots/demo__greeting.snap";
    assert_eq!(project.read(snapshot), other.read(snapshot));
}
