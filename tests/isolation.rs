//! Replay uses only the project: no network, no credentials, no home folder; and files are written whole.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::common::{Project, skip};
use crate::demo_project::{self, project, record_each, text_answer};

/// The program `name` on the `PATH`; if it is absent or fails with `probe`, calls [`skip`] and returns `None`.
fn tool(name: &str, probe: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    let works = |tool: &PathBuf| {
        let probed = Command::new(tool).args(probe).stdout(Stdio::null()).stderr(Stdio::null()).status();
        probed.is_ok_and(|status| status.success())
    };
    let found = found.filter(works);
    if found.is_none() {
        skip(&format!("`{name}` is absent or may not be used here"));
    }
    found
}

/// A home folder whose files in `~/.aws` are pipes without a writer: reading them would block forever.
fn blocking_home(folder: &Path) -> PathBuf {
    let home = folder.join("home");
    fs::create_dir_all(home.join(".aws")).expect("a folder");
    for name in ["credentials", "config"] {
        let made = Command::new("mkfifo").arg(home.join(".aws").join(name)).status().expect("mkfifo runs");
        assert!(made.success());
    }
    home
}

/// Invalid AWS variables.
const GARBAGE: [(&str, &str); 8] = [
    ("AWS_ACCESS_KEY_ID", "garbage"),
    ("AWS_SECRET_ACCESS_KEY", "garbage"),
    ("AWS_PROFILE", "nobody"),
    ("AWS_REGION", "mars-north-1"),
    ("AWS_CONFIG_FILE", "/nonexistent"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ("AWS_BEARER_TOKEN_BEDROCK", "garbage"),
];

#[track_caller]
fn check_passes(output: &Output) {
    let printed = [&output.stdout[..], &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&printed));
}

#[test]
fn replay_needs_no_environment_at_all() {
    // `Project::command` clears the environment: no PATH, no HOME, no TMPDIR.
    check_passes(&demo_project::accepted().command().arg("test").output().expect("it runs"));
}

#[test]
fn replay_works_without_a_network() {
    let Some(unshare) = tool("unshare", &["-rn", "true"]) else { return };
    let project = demo_project::accepted();
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(unshare);
    command.args(["-rn", env!("CARGO_BIN_EXE_bedrock-check"), "test"]).current_dir(project.path());
    let output = command.env_clear().envs(GARBAGE).env("HOME", blocking_home(folder.path())).output();
    check_passes(&output.expect("it runs"));
}

#[test]
fn replay_opens_no_socket_and_no_file_of_the_home() {
    let Some(strace) = tool("strace", &["-f", "-o", "/dev/null", "true"]) else { return };
    let project = demo_project::accepted();
    let folder = tempfile::tempdir().expect("a folder");
    let (home, log) = (blocking_home(folder.path()), folder.path().join("calls"));
    for args in [
        &["test"][..],
        &["test", "--report", "junit=out.xml"],
        &["validate"],
        &["config", "show", "--origin"],
        &["bundle"],
        &["test", "--bundle", "evidence.zip"],
    ] {
        let mut command = Command::new(&strace);
        command.args(["-f", "-qq", "-e", "trace=network,file", "-o"]).arg(&log);
        command.arg(env!("CARGO_BIN_EXE_bedrock-check")).args(args).current_dir(project.path());
        let output = command.env_clear().envs(GARBAGE).env("HOME", &home).output().expect("it runs");
        check_passes(&output);
        let calls = fs::read_to_string(&log).expect("a log");
        assert!(calls.contains("bedrock.toml"), "the log has the calls: {calls}");
        let forbidden = ["socket(", "connect(", ".aws", "resolv.conf", "/etc/hosts", "garbage"];
        // The arguments and environment in `execve` don't count as access.
        let calls = calls.lines().filter(|line| !line.contains("execve("));
        let forbidden: Vec<&str> =
            calls.filter(|line| forbidden.iter().any(|word| line.contains(word))).collect();
        assert!(forbidden.is_empty(), "{args:?}: {forbidden:#?}");
    }
}

#[test]
fn a_case_reads_only_the_variables_that_it_names() {
    let project = demo_project::accepted();
    let config = project
        .read("bedrock.toml")
        .replace("{ prompt = \"Say greeting\" }", "{ prompt = { env = \"PROMPT\" } }");
    project.write("bedrock.toml", config);
    let with = |value: &str| project.run_command(project.command().arg("test").env("PROMPT", value));
    assert!(with("Say greeting").starts_with("exit 0\n"), "{}", with("Say greeting"));
    assert!(with("Say more").starts_with("exit 5\n"), "{}", with("Say more"));
}

#[test]
fn two_runs_at_once_leave_every_file_whole() {
    let names: Vec<String> = (0..60).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    record_each(&project, |id| Some(text_answer(&format!("{id} ").repeat(400))));
    let start = || {
        let mut command = project.command();
        command.args(["test", "--update", "force", "-qq", "--report", "junit=out.xml"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    };
    for _ in 0..3 {
        let runs = [start(), start(), start()];
        for run in runs {
            check_passes(&run.wait_with_output().expect("it ends"));
        }
    }
    let tree = project.tree();
    assert_eq!(tree.iter().filter(|path| path.contains(".snap")).count(), names.len());
    let leftovers: Vec<&String> =
        tree.iter().filter(|path| path.contains("tmp") || path.contains(".new")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    check_passes(&project.command().args(["test", "--check"]).output().expect("it runs"));
    assert!(project.read("out.xml").ends_with("</testsuites>\n"));
}

/// A command in a project mounted read-only, which binds root too.
fn read_only(project: &Project, args: &[&str]) -> Option<Command> {
    let unshare = tool("unshare", &["-rm", "true"])?;
    let mount =
        "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && cd \"$1\" && shift && exec \"$@\"";
    let mut command = Command::new(unshare);
    command.args(["-rm", "sh", "-c", mount, "sh"]).arg(project.path());
    command.arg(env!("CARGO_BIN_EXE_bedrock-check")).args(args);
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Some(command)
}

#[test]
fn a_passing_run_needs_no_write_permission() {
    let project = demo_project::accepted();
    let Some(mut command) = read_only(&project, &["test"]) else { return };
    check_passes(&command.output().expect("it runs"));
}

#[test]
fn an_unwritable_file_is_reported_with_its_path() {
    let project = demo_project::accepted();
    fs::remove_file(project.path().join("snapshots/demo__greeting.snap")).expect("it is there");
    let args = ["test", "--accept", "--report", "junit=out.xml"];
    let Some(mut command) = read_only(&project, &args) else { return };
    insta::assert_snapshot!(project.run_command(&mut command), @r#"
    exit 3
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::greeting

    error[file-unwritable]: can't write `snapshots/demo__greeting.snap`: read-only file system
      --> bedrock.toml:17:8
       |
    17 | name = "greeting"
       |        ^^^^^^^^^^
       |
       = help: free disk space or make the folder writable, or run with `--check`, which writes nothing

      ──────
      1 case: 1 error   [TIME]
    --- stderr
    error: can't write `out.xml`: read-only file system
    "#);
    assert_eq!(project.tree(), ["bedrock.toml", "fixtures/demo/greeting.json"]);
}
