//! `review` in a pseudo-terminal, driven by keys.
#![cfg(unix)]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bedrock_check::exchange::Answer;
use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record, text_answer};

const NAMES: [&str; 4] = ["one", "two", "three", "four"];

/// Four pending cases: the last has no snapshot yet, the others differ.
fn pending_project() -> Project {
    let project = project(&NAMES.map(|name| (name, "tags = ['t']")));
    let ids = NAMES.map(|name| format!("demo::{name}"));
    let answers = |text: &str, count: usize| {
        ids[..count].iter().map(|id| (id.as_str(), text_answer(text))).collect::<Vec<_>>()
    };
    record(&project, &answers("Refunds take 5 days.", 3));
    project.run(["test", "--accept"]);
    record(&project, &answers("Refunds take five business days, or a little longer than that.", 4));
    project.run(["test"]);
    project
}

/// Types `keys`, each after the response to the previous one. Returns the exit code and the screens.
pub fn typed(project: &Project, keys: &str, more: &[&str]) -> (i32, Vec<String>) {
    typed_with(project, keys, more, "x")
}

/// Like [`typed`], but keys in `unknown` get no response.
pub fn typed_with(project: &Project, keys: &str, more: &[&str], unknown: &str) -> (i32, Vec<String>) {
    typed_by("", project, keys, more, unknown)
}

/// Like [`typed_with`], with `front`, an assignment of a shell variable, before the command.
fn typed_by(front: &str, project: &Project, keys: &str, more: &[&str], unknown: &str) -> (i32, Vec<String>) {
    let words = format!("{front}{} review {}", env!("CARGO_BIN_EXE_bedrock-check"), more.join(" "));
    let mut command = Command::new("script");
    command.args(["-qec", &words, "/dev/null"]).current_dir(project.path()).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("NO_COLOR", "1").env("SHELL", "/bin/sh");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` runs");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reader = {
        let seen = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Some(count) = stdout.read(&mut bytes).ok().filter(|count| *count > 0) {
                seen.lock().expect("no panic").extend_from_slice(&bytes[..count]);
            }
        })
    };
    let text = || String::from_utf8_lossy(&seen.lock().expect("no panic")).replace('\r', "");
    for (index, key) in keys.chars().enumerate() {
        let until = Instant::now() + Duration::from_secs(20);
        let expected = index + 1 - keys.chars().take(index).filter(|key| unknown.contains(*key)).count();
        while text().matches("q quit").count() < expected {
            assert!(Instant::now() < until, "no answer to key {index} of {keys:?}:\n{}", text());
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(40));
        stdin.write_all(key.to_string().as_bytes()).expect("it reads");
    }
    let exit = child.wait().expect("it ends").code().expect("no signal");
    drop(stdin);
    reader.join().expect("no panic");
    let screens = text().split(&format!("{}\n", "-".repeat(80))).skip(1).map(str::to_owned).collect();
    (exit, screens)
}

fn pending(project: &Project) -> usize {
    project.tree().iter().filter(|path| path.ends_with(".new")).count()
}

#[test]
fn every_key_does_what_its_label_says() {
    let project = pending_project();
    let (exit, screens) = typed(&project, "iddoooiarsxq", &[]);
    assert_eq!(exit, 5);
    let [plain, info, beside, unified, old, new, both, .., last] = screens.as_slice() else {
        panic!("{screens:#?}")
    };
    assert_snapshot!(plain, @"
    Reviewing [1/4]
    DIFFERS  demo::one  snapshots/demo__one.snap

    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-5 days.-]
    +output_text: Refunds take {+five business days, or a little longer than that.+}
     input_tokens: 9
    -output_tokens: [-20-]
    +output_tokens: {+62+}
      output_tokens 20 → 62 (+210%)

    a accept   r reject   s skip   A R S  the same for all that follow
    i info   d side by side   o old   q quit
    ");
    assert_snapshot!(info, @"
    Reviewing [1/4]
    DIFFERS  demo::one  snapshots/demo__one.snap
      config       bedrock.toml:17
      fixture      fixtures/demo/one.json
      pending      snapshots/demo__one.snap.new
      model_id     global.anthropic.claude-haiku-4-5-20251001-v1:0
      operation    InvokeModel
      tags         t

    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-5 days.-]
    +output_text: Refunds take {+five business days, or a little longer than that.+}
     input_tokens: 9
    -output_tokens: [-20-]
    +output_tokens: {+62+}
      output_tokens 20 → 62 (+210%)

    a accept   r reject   s skip   A R S  the same for all that follow
    i less   d side by side   o old   q quit
    ");
    assert_snapshot!(beside, @"
    Reviewing [1/4]
    DIFFERS  demo::one  snapshots/demo__one.snap
      config       bedrock.toml:17
      fixture      fixtures/demo/one.json
      pending      snapshots/demo__one.snap.new
      model_id     global.anthropic.claude-haiku-4-5-20251001-v1:0
      operation    InvokeModel
      tags         t

    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-5 days.-] | +output_text: Refunds take {+five busi
                                           | +ness days, or a little longer than th
                                           | +at.+}
     input_tokens: 9                       |  input_tokens: 9
    -output_tokens: [-20-]                 | +output_tokens: {+62+}
      output_tokens 20 → 62 (+210%)

    a accept   r reject   s skip   A R S  the same for all that follow
    i less   d unified   o old   q quit
    ");
    assert_eq!(unified, info);
    assert_snapshot!(old, @"
    Reviewing [1/4]
    DIFFERS  demo::one  snapshots/demo__one.snap
      config       bedrock.toml:17
      fixture      fixtures/demo/one.json
      pending      snapshots/demo__one.snap.new
      model_id     global.anthropic.claude-haiku-4-5-20251001-v1:0
      operation    InvokeModel
      tags         t

    old: accepted
     output_text: Refunds take 5 days.
     input_tokens: 9
     output_tokens: 20
      output_tokens 20 → 62 (+210%)

    a accept   r reject   s skip   A R S  the same for all that follow
    i less   d side by side   o new   q quit
    ");
    assert_snapshot!(new, @"
    Reviewing [1/4]
    DIFFERS  demo::one  snapshots/demo__one.snap
      config       bedrock.toml:17
      fixture      fixtures/demo/one.json
      pending      snapshots/demo__one.snap.new
      model_id     global.anthropic.claude-haiku-4-5-20251001-v1:0
      operation    InvokeModel
      tags         t

    new: pending
     output_text: Refunds take five business days, or a little longer than that.
     input_tokens: 9
     output_tokens: 62
      output_tokens 20 → 62 (+210%)

    a accept   r reject   s skip   A R S  the same for all that follow
    i less   d side by side   o differences   q quit
    ");
    assert_eq!(both, info);
    assert_snapshot!(last, @"
    Reviewing [4/4]
    NEW      demo::four  snapshots/demo__four.snap

    +output_text: Refunds take five business days, or a little longer than that.
    +input_tokens: 9
    +output_tokens: 62

    a accept   r reject   s skip   A R S  the same for all that follow
    i info   d side by side   o old   q quit
    1 accepted, 1 rejected, 2 still pending
    ");
    let widest = screens.iter().flat_map(|screen| screen.lines()).map(|line| line.chars().count()).max();
    assert!(beside.lines().all(|line| line.chars().count() <= 80), "{widest:?}");
    assert_eq!(pending(&project), 2);
    assert!(project.read("snapshots/demo__one.snap").contains("five business"));
    assert!(project.read("snapshots/demo__two.snap").contains("take 5 days"));
}

#[test]
fn a_diff_tool_is_one_of_the_views() {
    let project = pending_project();
    let (_, screens) = typed_by("INSTA_DIFF_TOOL=cmp ", &project, "ddq", &["-k", "one"], "");
    let [by_tool, beside, again] = screens.as_slice() else { panic!("{screens:#?}") };
    assert!(by_tool.contains("demo__one.old.snap demo__one.new.snap differ"), "{by_tool}");
    assert!(beside.contains("[-5 days.-] | +") && beside.contains("   d diff tool   "), "{beside}");
    assert!(again.starts_with(by_tool.trim_end_matches("0 accepted")), "{again}");
}

#[test]
fn capital_keys_apply_to_all_following_snapshots() {
    for (keys, exit, left, tally) in [
        ("A", 0, 0, "4 accepted, 0 rejected, 0 still pending"),
        ("R", 0, 0, "0 accepted, 4 rejected, 0 still pending"),
        ("S", 5, 4, "0 accepted, 0 rejected, 4 still pending"),
        ("aR", 0, 0, "1 accepted, 3 rejected, 0 still pending"),
        ("ssA", 5, 2, "2 accepted, 0 rejected, 2 still pending"),
    ] {
        let project = pending_project();
        let (code, screens) = typed(&project, keys, &[]);
        assert!(screens.concat().contains(tally), "{keys}: {screens:#?}");
        assert_eq!((code, pending(&project)), (exit, left), "{keys}");
    }
}

#[test]
fn ctrl_c_keeps_earlier_decisions() {
    let project = pending_project();
    assert_eq!(typed(&project, "a\u{3}", &[]).0, 130);
    assert_eq!(pending(&project), 3);
}

#[test]
fn only_the_named_snapshots_are_reviewed() {
    let project = pending_project();
    let (code, screens) = typed(&project, "a", &["-k", "four"]);
    assert!(code == 0 && screens[0].contains("[1/1]"), "{screens:#?}");
    assert_eq!(pending(&project), 3);
}

#[test]
fn without_a_terminal_review_names_the_other_commands() {
    let project = pending_project();
    assert_snapshot!(project.run(["review"]), @"
    exit 2
    --- stderr
      DIFFERS  demo::one    snapshots/demo__one.snap.new
      DIFFERS  demo::two    snapshots/demo__two.snap.new
      DIFFERS  demo::three  snapshots/demo__three.snap.new
      NEW      demo::four   snapshots/demo__four.snap.new
    error: `review` needs a terminal
      = help: see `bedrock-check diff`, then `bedrock-check accept` or `reject` with a path, a case, `-k` or `--tag`
    ");
}

/// Runs git with a made-up author.
fn git(project: &Project, words: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]);
    let output = command.args(words).current_dir(project.path()).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_commit_that_changed_the_output_is_shown() {
    let project = project(&[("one", "")]);
    record(&project, &[("demo::one", text_answer("before"))]);
    project.run(["test", "--accept"]);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "accepted"]);
    let why = |project: &Project| {
        let printed = project.run(["diff"]);
        let lines = printed.lines().filter(|line| line.starts_with("  why: ")).collect::<Vec<_>>().join("\n");
        regex::Regex::new("[0-9a-f]{7,}$").expect("a regex").replace_all(&lines, "[COMMIT]").into_owned()
    };
    let snapshot = project.read("snapshots/demo__one.snap");
    project.write("snapshots/demo__one.snap.new", snapshot.replace("before", "after"));
    assert_snapshot!(why(&project), @"  why: tool upgraded: config and fixture are unchanged since [COMMIT]");
    record(&project, &[("demo::one", text_answer("after"))]);
    assert_snapshot!(why(&project), @"  why: fixture re-recorded: fixtures/demo/one.json");
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("content[0]", "content[1]"));
    assert_snapshot!(why(&project), @r#"
    why: config edited: bedrock.toml:13: output_text = "$.content[1].text"
    why: fixture re-recorded: fixtures/demo/one.json
    "#);
}

#[test]
fn the_edit_is_named_even_if_the_model_inherits_it() {
    let base = MODEL.replace("models.demo", "models.base");
    let config = format!(
        "{base}[models.demo]
extends = \"base\"
enabled = true
{}[models.other]
extends = \"base\"
region = \"us-west-2\"
[defaults]
region = \"eu-west-1\"
tags = [\"shared\"]
",
        case("one", "")
    );
    let project = Project::with(&[("bedrock.toml", &config)]);
    record(&project, &[("demo::one", text_answer("before"))]);
    let printed = project.run(["test", "--accept"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "accepted"]);
    let snapshot = project.read("snapshots/demo__one.snap");
    project.write("snapshots/demo__one.snap.new", snapshot.replace("before", "after"));
    let tool = "tool upgraded: config and fixture are unchanged since ";
    for (from, to, expected) in [
        ("us-east-1", "us-east-2", "config edited: bedrock.toml:6: region = \"us-east-2\""),
        (
            "$.content[0]",
            "$.content[1]",
            "config edited: bedrock.toml:13: output_text = \"$.content[1].text\"",
        ),
        ("shared", "all", "config edited: bedrock.toml:28: tags = [\"all\"]"),
        ("tags = [\"shared\"]\n", "", "config edited: bedrock.toml:27: removed: tags = [\"shared\"]"),
        ("BedrockAccess", "Other", "config edited: bedrock.toml:3: role_arn"),
        ("version = 1\n", "# all\nversion = 1\n", tool),
        ("eu-west-1", "eu-west-2", tool),
        ("us-west-2", "us-west-1", tool),
    ] {
        project.write("bedrock.toml", config.replace(from, to));
        let printed = project.run(["diff"]);
        assert!(printed.contains(&format!("\n  why: {expected}")), "{from} → {to}: {printed}");
    }
}

#[test]
fn the_change_in_latency_is_shown() {
    let project = project(&[("one", "")]);
    let took = |text: &str, milliseconds: u64| {
        let Answer::Response(mut response) = text_answer(text) else { unreachable!("it is a response") };
        response.headers.insert("x-amzn-bedrock-invocation-latency".to_owned(), milliseconds.to_string());
        record(&project, &[("demo::one", Answer::Response(response))]);
    };
    took("before", 812);
    project.run(["test", "--accept"]);
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "accepted"]);
    took("behind", 655);
    project.run(["test"]);
    assert_snapshot!(project.run(["diff"]), @"
    exit 5
    --- stdout
    DIFFERS  demo::one  snapshots/demo__one.snap
      why: fixture re-recorded: fixtures/demo/one.json
    @@ -1,3 +1,3 @@
    -output_text: [-before-]
    +output_text: {+behind+}
     input_tokens: 9
     output_tokens: 6
      latency_ms 812 → 655 (-19%)

    --- stderr
    1 pending; `bedrock-check review` shows them one by one
    ");
    took("behind", 812);
    assert!(!project.run(["diff"]).contains("latency"), "it took as long");
}
