//! Named pipes, devices and folders with the names of files: no command waits for one, and each is reported.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::Project;
use crate::demo_project::{self, MODEL};

/// What a test creates instead of a file.
#[derive(Clone, Copy, Debug)]
enum Special {
    Pipe,
    /// A symlink to a device that never ends.
    Device,
    /// A symlink to standard input, which stays open.
    Input,
    Folder,
}

impl Special {
    const ALL: [Special; 4] = [Special::Pipe, Special::Device, Special::Input, Special::Folder];

    fn replace(self, project: &Project, name: &str) {
        let path = project.path().join(name);
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        match self {
            Special::Pipe => {
                assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
            }
            Special::Device => symlink("/dev/zero", &path).expect("a symlink"),
            Special::Input => symlink("/dev/stdin", &path).expect("a symlink"),
            Special::Folder => fs::create_dir(&path).expect("a folder"),
        }
    }
}

/// The exit code and both streams. Standard input is a pipe that nothing is written to.
fn run(project: &Project, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = project.command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let input = child.stdin.take();
    wait(&mut child, &format!("{arguments:?}"));
    drop(input);
    let output = child.wait_with_output().expect("it ended");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Fails if `child` waits for something. The time is only a guard against a test that never ends.
fn wait(child: &mut Child, context: &str) {
    let started = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if started.elapsed() > Duration::from_mins(1) {
            child.kill().expect("a child");
            panic!("{context} waits");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn no_command_waits_for_a_file_of_the_repository() {
    let config = demo_project::accepted().read("bedrock.toml");
    let with_files = config
        .replace("prompt = \"Say greeting\"", "prompt = { file = \"prompt.txt\" }")
        .replace("name = \"greeting\"", "name = \"greeting\"\neach = \"rows.csv\"");
    for (name, text, arguments) in [
        ("bedrock-check.toml", &config, ["test"].as_slice()),
        ("bedrock-check.toml", &config, &["validate"]),
        ("named.toml", &config, &["validate", "named.toml"]),
        ("prompt.txt", &with_files, &["validate"]),
        ("rows.csv", &with_files, &["validate"]),
        ("fixtures/demo/greeting.json", &config, &["test"]),
        ("snapshots/demo__greeting.snap", &config, &["test"]),
        ("snapshots/demo__greeting.snap.new", &config, &["pending"]),
        ("snapshots/demo__greeting.snap.new", &config, &["accept"]),
        (".gitignore", &config, &["validate"]),
        (".ignore", &config, &["test"]),
        (".git/info/exclude", &config, &["test"]),
        ("policy.json", &config, &["iam", "check", "policy.json"]),
        ("run.jsonl", &config, &["report", "--to", "markdown", "run.jsonl"]),
        ("run.jsonl", &config, &["test", "--report", "html=run.html", "--previous", "run.jsonl"]),
        ("evidence.zip", &config, &["bundle", "verify", "evidence.zip"]),
        ("evidence.zip", &config, &["test", "--bundle", "evidence.zip"]),
        ("evidence.zip", &config, &["accept", "--from", "evidence.zip"]),
        ("recorded.json", &config, &["import", "recorded.json", "--out", "new"]),
        ("recorded/.gitignore", &config, &["import", "recorded", "--out", "new"]),
        ("recorded/.ignore", &config, &["import", "recorded", "--out", "new"]),
    ] {
        for special in Special::ALL {
            let project = demo_project::accepted();
            project.write("bedrock.toml", text);
            project.write("prompt.txt", "x");
            project.write("rows.csv", "name,prompt\na,x\n");
            project.write("recorded/a.json", "{}");
            special.replace(&project, name);
            let (code, printed) = run(&project, arguments);
            let context = format!("{special:?} as {name}, {arguments:?}: {code:?}\n{printed}");
            assert!(code.is_some_and(|code| code != 101), "{context}");
            // What isn't a file is no pending snapshot. Like git, we ignore a folder that is called `.gitignore`.
            let is_tolerated = name.ends_with(".snap.new")
                || (matches!(special, Special::Folder)
                    && ([".git", ".ignore"].iter().any(|part| name.contains(part))
                        || name == "evidence.zip"));
            assert!(is_tolerated || (code != Some(0) && printed.contains(name)), "{context}");
        }
    }
}

#[test]
fn a_report_does_not_wait_for_a_pipe() {
    let project = demo_project::accepted();
    Special::Pipe.replace(&project, "out");
    let (code, printed) = run(&project, &["test", "--report", "tap=out"]);
    let expected = "error: can't write `out`: no process reads this pipe\n";
    assert!(code != Some(0) && printed.contains(expected), "{code:?}\n{printed}");
    // A settings file may not choose a stream, so a file takes its place.
    project.write("bedrock-check.toml", "report = [\"tap=out\"]\n");
    let (code, printed) = run(&project, &["test"]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(project.read("out").starts_with("TAP version 14\n"));
}

/// What the user names on the command line may be a stream.
#[test]
fn a_config_can_be_read_from_standard_input() {
    let project = Project::with(&[]);
    let mut command = project.command();
    command.args(["validate", "/dev/stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), MODEL.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ended");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("1 file, 1 model"), "{printed}");
}
