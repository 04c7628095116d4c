//! Runs that signals end at any moment: no torn file, and no temporary file that stays.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::common::Project;
use crate::demo_project::{MODEL, accepted, case};
use crate::mock_server::{MockServer, Reply, claude_reply};

const CASES: usize = 30;

/// A project that calls without a role, and a folder for its temporary files.
fn project() -> Project {
    let cases: String = (0..CASES).map(|number| case(&format!("case {number}"), "")).collect();
    let model = MODEL.replace("credentials = \"demo\"\n", "");
    let project = Project::with(&[("bedrock.toml", &format!("{model}{cases}"))]);
    fs::create_dir(project.path().join("tmp")).expect("a folder");
    project
}

fn server() -> MockServer {
    MockServer::start(|_, earlier| {
        Reply::After(Duration::from_millis(5), claude_reply(&format!("answer {earlier}")))
    })
}

fn spawn(command: &mut Command, project: &Project) -> Child {
    command.env("TMPDIR", project.path().join("tmp"));
    let mut command = with_default_hangup(command);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs")
}

/// The same command, which SIGHUP ends even if the tests run below `nohup`, where every process inherits that it is ignored.
#[cfg(target_os = "linux")]
fn with_default_hangup(command: &Command) -> Command {
    let mut env = Command::new("env");
    env.arg("--default-signal=HUP").arg(command.get_program()).args(command.get_args()).env_clear();
    env.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    env.current_dir(command.get_current_dir().expect("the folder of a project"));
    env
}

#[cfg(not(target_os = "linux"))]
fn with_default_hangup(command: &mut Command) -> &mut Command {
    command
}

fn send(signal: &str, run: &Child) {
    let killed = Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status();
    assert!(killed.expect("`kill` runs").success());
}

/// The temporary files and folders below `folder`.
fn temporary(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let nested = entries.flat_map(|entry| {
        let name = entry.file_name().into_string().expect("UTF-8");
        let is_folder = entry.file_type().expect("a type").is_dir();
        let below = if is_folder { temporary(&entry.path()) } else { Vec::new() };
        name.starts_with(".bedrock-check-").then_some(name).into_iter().chain(below)
    });
    nested.collect()
}

#[track_caller]
fn check_files_are_whole(project: &Project) {
    let printed = project.run(["test", "--check"]);
    assert!(!printed.contains("-invalid]") && !printed.contains("fixture-edited"), "{printed}");
}

fn make_old(path: &Path) {
    let old = FileTimes::new().set_modified(SystemTime::now() - Duration::from_mins(2));
    File::open(path).expect("a file").set_times(old).expect("a time");
}

#[test]
fn a_run_ends_after_the_write_in_progress_whatever_the_signal() {
    let (project, server) = (project(), server());
    for (signal, exit) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        for pause in [60, 120, 180, 240] {
            let mut command = server.command(&project);
            let mut run = spawn(command.args(["record", "--mode", "record-all", "--accept"]), &project);
            sleep(Duration::from_millis(pause));
            send(signal, &run);
            let code = run.wait().expect("it ends").code();
            // The run may not have begun, and the signal then ends the process at once; or it may have ended.
            assert!([Some(exit), None, Some(0)].contains(&code), "{signal} after {pause} ms: {code:?}");
            assert_eq!(temporary(project.path()), Vec::<String>::new(), "{signal} after {pause} ms");
            check_files_are_whole(&project);
        }
    }
}

#[test]
fn the_exit_code_names_the_signal() {
    let project = project();
    for (signal, exit) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let server = MockServer::start(|_, _| Reply::After(Duration::from_mins(1), claude_reply("late")));
        let mut command = server.command(&project);
        let mut run = spawn(command.args(["record", "--report", "jsonl=out.jsonl"]), &project);
        while server.calls().is_empty() {
            sleep(Duration::from_millis(10));
        }
        send(signal, &run);
        assert_eq!(run.wait().expect("it ends").code(), Some(exit), "{signal}");
        assert!(project.read("out.jsonl").contains("\"interrupted\":true"), "{signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_below_nohup_ignores_that_the_terminal_was_closed() {
    let (project, server) = (project(), server());
    let mut command = server.command(&project);
    let (path, binary) = (std::env::var_os("PATH").unwrap_or_default(), env!("CARGO_BIN_EXE_bedrock-check"));
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" record --mode record-all", binary]);
    shell.current_dir(project.path()).env_clear().env("PATH", path);
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut run = spawn(&mut shell, &project);
    while server.calls().is_empty() {
        sleep(Duration::from_millis(10));
    }
    send("HUP", &run);
    assert_ne!(run.wait().expect("it ends").code(), Some(129));
    assert_eq!(server.calls().len(), CASES);
    command.stdin(Stdio::null());
}

#[test]
fn the_next_run_removes_what_a_killed_one_left() {
    let (project, server) = (project(), server());
    let record = || {
        let mut command = server.command(&project);
        spawn(command.args(["record", "--mode", "record-all", "--accept"]), &project)
    };
    assert!(record().wait().expect("it ends").success());
    for pause in [30, 60, 90, 120, 150, 180] {
        let mut run = record();
        sleep(Duration::from_millis(pause));
        send("KILL", &run);
        run.wait().expect("it ends");
        check_files_are_whole(&project);
    }
    // A killed process may have left nothing, so files are added that one could have left.
    for folder in ["fixtures/demo", "snapshots", "reports"] {
        project.write(&format!("{folder}/.bedrock-check-abc123.tmp"), "half a fi");
    }
    project.write("fixtures/demo/.bedrock-check-mine", "not a temporary file");
    for folder in ["fixtures/demo", "snapshots", "reports"] {
        for name in temporary(&project.path().join(folder)) {
            make_old(&project.path().join(folder).join(name));
        }
    }
    assert!(record().wait().expect("it ends").success());
    assert_eq!(temporary(&project.path().join("fixtures")), [".bedrock-check-mine"]);
    assert_eq!(temporary(&project.path().join("snapshots")), Vec::<String>::new());
    project.run(["test", "--report", "junit=reports/junit.xml"]);
    assert_eq!(temporary(&project.path().join("reports")), Vec::<String>::new());
}

#[test]
fn an_unpacked_bundle_is_removed_at_every_signal_or_by_the_next_run() {
    let project = accepted();
    fs::create_dir(project.path().join("tmp")).expect("a folder");
    project.run(["bundle"]);
    let tmp = project.path().join("tmp");
    let replay = || spawn(project.command().args(["test", "--bundle", "evidence.zip"]), &project);
    for signal in ["INT", "TERM", "HUP"] {
        for pause in [0, 5, 10, 20, 30, 50] {
            let mut run = replay();
            sleep(Duration::from_millis(pause));
            send(signal, &run);
            run.wait().expect("it ends");
            assert_eq!(temporary(&tmp), Vec::<String>::new(), "{signal} after {pause} ms");
        }
    }
    for pause in [5, 10, 20, 30, 50] {
        let mut run = replay();
        sleep(Duration::from_millis(pause));
        send("KILL", &run);
        run.wait().expect("it ends");
    }
    project.write("tmp/.bedrock-check-abc123.tmp/repository/bedrock.toml", "");
    for name in temporary(&tmp) {
        make_old(&tmp.join(name));
    }
    assert!(replay().wait().expect("it ends").success());
    assert_eq!(temporary(&tmp), Vec::<String>::new());
}
