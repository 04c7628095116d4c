//! `test --watch`: which cases run after a change, read from the printed lines.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record, record_each, text_answer};

/// A process that watches, and the lines that it prints on both streams.
struct Watcher {
    child: Child,
    lines: Receiver<String>,
}

impl Watcher {
    /// Starts a watcher; returns it with the output of the first round.
    fn start(project: &Project, args: &[&str]) -> (Watcher, String) {
        let mut command = project.command();
        command.args(["test", "-v", "--watch"]).args(args);
        let watcher = Watcher::spawn(command);
        let first = watcher.round();
        (watcher, first)
    }

    /// Both streams go into one pipe, so that their lines arrive in the order in which they were printed.
    fn spawn(mut command: Command) -> Watcher {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        command.stdin(Stdio::null()).stdout(writer.try_clone().expect("a pipe")).stderr(writer);
        let child = command.spawn().expect("the binary runs");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || BufReader::new(reader).lines().all(|line| send(&sender, line)));
        Watcher { child, lines }
    }

    /// The output of a round, until the watcher waits for the next change.
    #[track_caller]
    fn round(&self) -> String {
        let time = regex::Regex::new(r"\d+\.\d+ s").expect("a regex");
        let mut printed = String::new();
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line =
                self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("it does not wait:\n{printed}"));
            printed.push_str(&line);
            printed.push('\n');
            if line.contains("  watching ") {
                return time.replace_all(&printed, "[TIME]").into_owned();
            }
        }
    }

    /// The first round whose output contains `text`. A change in several steps, such as a new folder and a file in it,
    /// may cause several rounds.
    #[track_caller]
    fn until(&self, text: &str) -> String {
        loop {
            let round = self.round();
            if round.contains(text) {
                return round;
            }
        }
    }

    /// Interrupts the watcher; returns the exit code and the remaining output.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        (status.code(), self.lines.iter().map(|line| line + "\n").collect())
    }
}

/// Ends the process even if a test fails.
impl Drop for Watcher {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn send(sender: &mpsc::Sender<String>, line: std::io::Result<String>) -> bool {
    line.is_ok_and(|line| sender.send(line).is_ok())
}

/// The ids of the cases in the output of a round.
fn ran(printed: &str) -> Vec<&str> {
    const WORDS: [&str; 6] = ["PASS", "FAIL", "NEW", "DIFFERS", "MISSING", "ACCEPTED"];
    let list = printed.split("──────").next().unwrap_or_default();
    let cases = list.lines().filter_map(|line| line.trim().split_once(' '));
    cases
        .filter(|(word, _)| WORDS.contains(word))
        .map(|(_, id)| id.trim().split("   ").next().expect("an id"))
        .collect()
}

/// Three accepted cases of `demo`, and one of `other` in a second file.
fn four() -> Project {
    let project = project(&[("one", ""), ("two", ""), ("three", "")]);
    project.save(
        "other/b.bedrock.toml",
        format!("{MODEL}{}", case("four", "")).replace("models.demo", "models.other"),
    );
    record_each(&project, |_| Some(text_answer("Hello!")));
    assert!(project.output(&["test", "--accept", "-qq"]).status.success());
    project
}

#[test]
fn a_change_runs_the_affected_cases() {
    let project = four();
    let (watcher, first) = Watcher::start(&project, &[]);
    assert_eq!(ran(&first), ["demo::one", "demo::two", "demo::three", "other::four"]);
    let config = project.read("bedrock.toml");

    project.save(
        "bedrock.toml",
        config.replace("name = \"two\"", "name = \"two\"\nexpect.output_text.equals = \"x\""),
    );
    let round = watcher.round();
    assert_eq!(ran(&round), ["demo::two"], "a case of a config:\n{round}");
    assert!(
        round.contains("\n  1 file changed: bedrock.toml\n")
            || round.starts_with("  1 file changed: bedrock.toml\n"),
        "{round}"
    );
    assert!(round.contains("watching 4 cases, 1 open; Ctrl-C quits"), "{round}");

    project.save("bedrock.toml", config.replace("max_tokens\": 100", "max_tokens\": 101"));
    assert_eq!(ran(&watcher.round()).len(), 0, "stale recordings are not in `WORDS`");
    project.save("bedrock.toml", &config);
    assert_eq!(ran(&watcher.round()), ["demo::one", "demo::two", "demo::three"], "the model of a config");

    project
        .save("fixtures/demo/three.json", project.read("fixtures/demo/three.json").replace("Hello!", "Hi!"));
    let round = watcher.round();
    assert_eq!(ran(&round), ["demo::three"], "a recording:\n{round}");
    assert!(round.contains("DIFFERS"), "{round}");

    project.save(
        "other/snapshots/other__four.snap",
        project.read("other/snapshots/other__four.snap").replace("Hello!", "Bye!"),
    );
    assert_eq!(ran(&watcher.round()), ["other::four"], "a snapshot");
    let (exit, rest) = watcher.interrupt();
    assert_eq!((exit, rest.as_str()), (Some(0), ""));
}

#[test]
fn configs_can_be_added_and_removed() {
    let project = four();
    let (watcher, _) = Watcher::start(&project, &[]);
    let config = format!("{MODEL}{}", case("five", "")).replace("models.demo", "models.fifth");
    project.save("deep/er/c.bedrock.toml", config);
    let round = watcher.until("MISSING  fifth::five");
    assert_eq!(ran(&round), ["fifth::five"], "{round}");
    record_each(&project, |id| (id == "fifth::five").then(|| text_answer("Hello!")));
    let round = watcher.until("NEW      fifth::five");
    assert_eq!(ran(&round), ["fifth::five"], "a recording in a new folder:\n{round}");
    std::fs::remove_file(project.path().join("deep/er/c.bedrock.toml")).expect("it is there");
    let round = watcher.until("no case is affected\n");
    assert_eq!(ran(&round).len(), 0, "{round}");
    assert!(round.contains("watching 4 cases;"), "{round}");
}

#[test]
fn a_broken_config_is_reported_until_it_is_fixed() {
    let project = four();
    let (watcher, _) = Watcher::start(&project, &[]);
    let config = project.read("bedrock.toml");
    project.save("bedrock.toml", config.replace("region = ", "regoin = "));
    let round = watcher.round();
    assert!(round.contains("error[unknown-key]") && round.contains("no case ran"), "{round}");
    // Changes to other files in the meantime are not forgotten.
    project
        .save("fixtures/demo/three.json", project.read("fixtures/demo/three.json").replace("Hello!", "Hi!"));
    watcher.round();
    project.save("bedrock.toml", config);
    assert_eq!(ran(&watcher.round()), ["demo::three"]);
}

#[test]
fn changes_during_a_syntax_error_are_not_lost() {
    let project = four();
    let (watcher, _) = Watcher::start(&project, &["bedrock.toml"]);
    let config = project.read("bedrock.toml");
    project.save("bedrock.toml", format!("{config}[[["));
    let round = watcher.round();
    assert!(round.contains("no case ran"), "{round}");
    for name in ["snapshots/demo__two.snap", "fixtures/demo/three.json"] {
        project.save(name, project.read(name).replace("Hello!", "Hi!"));
        watcher.round();
    }
    project.save("bedrock.toml", config);
    let round = watcher.round();
    assert_eq!(ran(&round), ["demo::two", "demo::three"], "{round}");
}

#[test]
fn files_that_a_config_reads_run_the_cases_that_use_them() {
    let each = "[[models.demo.cases]]\nname = \"row\"\neach = \"rows.csv\"\n";
    let file =
        "[[models.demo.cases]]\nname = \"file\"\nvariables = { prompt = { file = \"prompts/a.txt\" } }\n";
    let project = Project::with(&[
        ("bedrock.toml", &format!("{MODEL}{each}{file}")),
        ("rows.csv", "name,prompt\na,Say a\nb,Say b\n"),
        ("prompts/a.txt", "Say x"),
    ]);
    record_each(&project, |_| Some(text_answer("Hello!")));
    project.run(["test", "--accept", "-qq"]);
    let (watcher, first) = Watcher::start(&project, &[]);
    assert_eq!(ran(&first), ["demo::row [a]", "demo::row [b]", "demo::file"]);
    project.save("rows.csv", "name,prompt\na,Say a\nb,Say b\nc,Say c\n");
    assert_eq!(ran(&watcher.round()), ["demo::row [c]"]);
    std::fs::remove_file(project.path().join("prompts/a.txt")).expect("it is there");
    let round = watcher.round();
    assert!(round.contains("there is no `prompts/a.txt`"), "{round}");
    // Editors write a temporary file and rename it.
    project.save("prompts/.a.txt.swp", "Say x");
    std::fs::rename(project.path().join("prompts/.a.txt.swp"), project.path().join("prompts/a.txt"))
        .expect("a rename");
    let round = watcher.round();
    assert!(round.contains("no case is affected"), "the same text as before:\n{round}");
}

#[test]
fn files_that_a_run_writes_start_no_run() {
    let project = four();
    let (watcher, _) = Watcher::start(&project, &["--accept"]);
    project.save("fixtures/demo/one.json", project.read("fixtures/demo/one.json").replace("Hello!", "Hi!"));
    let round = watcher.round();
    assert!(round.contains("ACCEPTED demo::one"), "{round}");
    // The next round is about the next change only.
    project.save("fixtures/demo/two.json", project.read("fixtures/demo/two.json").replace("Hello!", "Hi!"));
    let round = watcher.round();
    assert_eq!(ran(&round), ["demo::two"]);
    assert!(round.contains("changed: fixtures/demo/two.json\n"), "{round}");
    let (exit, rest) = watcher.interrupt();
    assert_eq!((exit, rest.as_str()), (Some(0), ""));
}

#[test]
fn a_pending_snapshot_starts_no_run() {
    let project = four();
    let (watcher, _) = Watcher::start(&project, &[]);
    project.save("fixtures/demo/one.json", project.read("fixtures/demo/one.json").replace("Hello!", "Hi!"));
    assert!(watcher.round().contains("DIFFERS"));
    assert!(project.tree().iter().any(|path| path.ends_with(".snap.new")));
    project.run(["accept"]);
    let round = watcher.round();
    assert!(round.contains("1 file changed: snapshots/demo__one.snap\n"), "{round}");
    assert_eq!(ran(&round), ["demo::one"]);
    assert!(round.contains("watching 4 cases; Ctrl-C quits"), "{round}");
}

#[test]
fn a_change_of_settings_runs_all_selected_cases() {
    let project = four();
    let (watcher, first) = Watcher::start(&project, &["-k", "demo::"]);
    assert_eq!(ran(&first).len(), 3);
    project.save("bedrock-check.toml", "jobs = 1\n");
    let round = watcher.round();
    assert_eq!(ran(&round), ["demo::one", "demo::two", "demo::three"], "{round}");
    project.save("other/fixtures/other/four.json", "{}");
    project.save("fixtures/demo/one.json", project.read("fixtures/demo/one.json").replace("Hello!", "Hi!"));
    // Cases that the flags exclude do not run.
    let round = watcher.round();
    assert!(ran(&round).iter().all(|id| *id == "demo::one"), "{round}");
}

/// The exit code and output of a command that ends instead of watching.
#[track_caller]
fn refused(project: &Project, args: &[&str]) -> String {
    let mut command = project.command();
    command.args(args);
    let mut watcher = Watcher::spawn(command);
    let until = Instant::now() + Duration::from_secs(30);
    let mut printed = String::new();
    loop {
        match watcher.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => printed.extend([&line, "\n"]),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => panic!("it watches:\n{printed}"),
        }
    }
    let status = watcher.child.wait().expect("it ends");
    format!("exit {}\n{printed}", status.code().expect("no signal"))
}

#[test]
fn watch_mode_makes_no_calls() {
    let project = four();
    assert_snapshot!(refused(&project, &["test", "--watch", "--mode", "live"]), @"
    exit 2
    error: `--watch` replays, and `live` calls Bedrock
      = help: watch with `--mode replay`; `bedrock-check record` calls once
    ");
    assert!(refused(&project, &["record", "--watch"]).starts_with("exit 2\n"));
    assert!(refused(&project, &["test", "--watch", "--mode", "record-missing"]).starts_with("exit 2\n"));
    // A report about a few changed cases would look like a report of all cases.
    assert!(refused(&project, &["test", "--watch", "--report", "jsonl=x"]).starts_with("exit 2\n"));
}

#[test]
fn a_folder_without_a_config_is_watched() {
    let project = Project::with(&[("README", "")]);
    let (watcher, first) = Watcher::start(&project, &[]);
    assert!(first.contains("no config file was found here"), "{first}");
    project.save(
        "bedrock.toml",
        format!("{MODEL}{}", case("one", "snapshot = false\nexpect.output_text.contains = \"H\"")),
    );
    assert_eq!(ran(&watcher.round()), ["demo::one"]);
    record(&project, &[("demo::one", text_answer("Hello!"))]);
    watcher.until("PASS     demo::one");
}

#[test]
fn keys_run_all_cases_run_open_cases_and_quit() {
    use std::io::Write as _;
    let project = four();
    project.save("fixtures/demo/one.json", project.read("fixtures/demo/one.json").replace("Hello!", "Hi!"));
    let words = format!("{} test -v --watch", env!("CARGO_BIN_EXE_bedrock-check"));
    let mut command = Command::new("script");
    command.args(["-qec", &words, "/dev/null"]).current_dir(project.path()).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("NO_COLOR", "1").env("SHELL", "/bin/sh");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("`script` runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let (sender, lines) = mpsc::channel();
    let out = child.stdout.take().expect("a pipe");
    std::thread::spawn(move || {
        BufReader::new(out).lines().all(|line| send(&sender, line.map(|line| line.replace('\r', ""))))
    });
    let mut watcher = Watcher { child, lines };
    let first = watcher.round();
    assert!(
        first.contains("watching 4 cases, 1 open; Enter runs all cases, f the open ones, q quits"),
        "{first}"
    );
    stdin.write_all(b"f").expect("it reads");
    assert_eq!(ran(&watcher.round()), ["demo::one"]);
    stdin.write_all(b"\r").expect("it reads");
    assert_eq!(ran(&watcher.round()).len(), 4);
    stdin.write_all(b"q").expect("it reads");
    assert_eq!(watcher.child.wait().expect("it ends").code(), Some(0));
}
