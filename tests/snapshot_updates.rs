//! Which snapshots a run writes, accepts or leaves pending, by flags, settings and environment.

use std::collections::BTreeMap;
use std::fs;

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, case, project, record, text_answer};

const NEW: &str = "snapshots/demo__new.snap";
const CHANGED: &str = "snapshots/demo__changed.snap";
const SAME: &str = "snapshots/demo__same.snap";

/// Three cases: without a snapshot, with a different one, and with an equal one.
fn three() -> Project {
    let project = project(&[("new", ""), ("changed", ""), ("same", "")]);
    record(&project, &[("demo::changed", text_answer("before")), ("demo::same", text_answer("same"))]);
    project.run(["test", "--accept"]);
    record(&project, &[("demo::new", text_answer("new")), ("demo::changed", text_answer("after"))]);
    project
}

/// Every file with its bytes.
fn files(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let read = |path: String| (fs::read(project.path().join(&path)).expect("a file"), path);
    project.tree().into_iter().map(read).map(|(bytes, path)| (path, bytes)).collect()
}

/// The exit code of `test` and its changes to files, sorted: `+` created, `~` changed, `-` removed.
fn changes(project: &Project, args: &[&str], environment: &[(&str, &str)]) -> String {
    let before = files(project);
    let mut command = project.command();
    let output = command.arg("test").args(args).envs(environment.iter().copied()).output().expect("it runs");
    let after = files(project);
    let written = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes));
    let written =
        written.map(|(path, _)| format!("{} {path}", if before.contains_key(path) { '~' } else { '+' }));
    let removed = before.keys().filter(|path| !after.contains_key(*path)).map(|path| format!("- {path}"));
    let mut lines: Vec<String> = written.chain(removed).collect();
    lines.insert(0, format!("exit {}", output.status.code().expect("no signal")));
    lines.join("\n")
}

#[test]
fn new_and_changed_outputs_become_pending() {
    let project = three();
    assert_snapshot!(changes(&project, &[], &[]), @"
    exit 1
    + snapshots/demo__changed.snap.new
    + snapshots/demo__new.snap.new
    ");
    assert_snapshot!(project.read(&format!("{CHANGED}.new")), @r#"
    ---
    source: bedrock.toml
    expression: "demo::changed"
    info:
      model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
      operation: InvokeModel
    ---
    output_text: after
    input_tokens: 9
    output_tokens: 5
    "#);
    assert_eq!(changes(&project, &[], &[]), "exit 1", "the same again changes nothing");
}

#[test]
fn accepted_snapshots_are_listed_and_the_next_run_passes() {
    let project = three();
    project.run(["test"]);
    assert_snapshot!(project.run(["test", "--accept"]), @"
    exit 0
    --- stdout
      replay   3 cases in 1 file
      ACCEPTED demo::new
      ACCEPTED demo::changed
      ──────
      3 cases: 3 passed; 2 accepted   [TIME]
    ");
    assert_snapshot!(project.read(CHANGED), @r#"
    ---
    source: bedrock.toml
    expression: "demo::changed"
    info:
      model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
      operation: InvokeModel
    ---
    output_text: after
    input_tokens: 9
    output_tokens: 5
    "#);
    assert_eq!(changes(&project, &[], &[]), "exit 0");
    assert_eq!(changes(&project, &["--accept"], &[]), "exit 0");
}

#[test]
fn accepting_removes_pending_snapshots() {
    let project = three();
    project.run(["test"]);
    assert_snapshot!(changes(&project, &["--accept"], &[]), @"
    exit 0
    ~ snapshots/demo__changed.snap
    + snapshots/demo__new.snap
    - snapshots/demo__changed.snap.new
    - snapshots/demo__new.snap.new
    ");
}

#[test]
fn only_selected_cases_are_accepted() {
    assert_snapshot!(changes(&three(), &["--accept", "-k", "new"], &[]), @"
    exit 0
    + snapshots/demo__new.snap
    ");
}

#[test]
fn a_check_writes_nothing() {
    let project = three();
    assert_eq!(changes(&project, &["--check"], &[]), "exit 1");
    assert_snapshot!(project.run(["test", "--check", "-q"]), @r#"
    exit 1
    --- stdout
      NEW      demo::new

    error[snapshot-new]: `demo::new` has no accepted snapshot yet
      --> bedrock.toml:17:8
       |
    17 | name = "new"
       |        ^^^^^
       |
       = note: snapshots/demo__new.snap
               output_text: new
               input_tokens: 9
               output_tokens: 3
       = help: if the output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::new' --accept`

      DIFFERS  demo::changed

    error[snapshot-differs]: the mapped output of `demo::changed` differs from the accepted snapshot
      --> bedrock.toml:21:8
       |
    21 | name = "changed"
       |        ^^^^^^^^^
       |
       = note: snapshots/demo__changed.snap
               @@ -1,3 +1,3 @@
               -output_text: before
               +output_text: after
                input_tokens: 9
               -output_tokens: 6
               +output_tokens: 5
       = help: if the new output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::changed' --accept`

      ──────
      NEW      demo::new
      DIFFERS  demo::changed
      3 cases: 1 passed, 1 snapshot differs, 1 new   [TIME]
    "#);
}

/// Checks the results for new, changed and equal output, a letter each: `a`ccepted, `p`ending or `.` unchanged.
#[track_caller]
fn check(args: &[&str], environment: &[(&str, &str)], expected: &str) {
    let project = three();
    let stale = project.read(SAME).replace("\nexpression", "\ndescription: old\nexpression");
    project.write(SAME, &stale);
    let printed = changes(&project, args, environment);
    let letter = |path: &str| {
        let written = [format!("+ {path}"), format!("~ {path}")];
        match printed
            .lines()
            .find_map(|line| written.iter().find_map(|start| line.strip_prefix(start.as_str())))
        {
            Some("") => 'a',
            Some(_) => 'p',
            None => '.',
        }
    };
    assert_eq!(
        [NEW, CHANGED, SAME].map(letter).iter().collect::<String>(),
        expected,
        "{args:?} {environment:?}\n{printed}"
    );
}

#[test]
fn insta_update_and_ci_work_as_in_insta() {
    check(&[], &[], "pp.");
    check(&[], &[("CI", "true")], "...");
    check(&[], &[("CI", "1")], "...");
    check(&[], &[("TF_BUILD", "True")], "...");
    check(&[], &[("CI", "false")], "pp.");
    check(&[], &[("CI", "")], "pp.");
    check(&[], &[("INSTA_UPDATE", "auto")], "pp.");
    check(&[], &[("INSTA_UPDATE", "auto"), ("CI", "true")], "...");
    check(&[], &[("INSTA_UPDATE", "always"), ("CI", "true")], "aa.");
    check(&[], &[("INSTA_UPDATE", "new"), ("CI", "true")], "pp.");
    check(&[], &[("INSTA_UPDATE", "unseen")], "ap.");
    check(&[], &[("INSTA_UPDATE", "no")], "...");
    check(&[], &[("INSTA_UPDATE", "force")], "aaa");
}

#[test]
fn flags_and_settings_override_the_environment() {
    check(&["--accept"], &[("CI", "true")], "aa.");
    check(&["--accept"], &[("INSTA_UPDATE", "no")], "aa.");
    check(&["--check"], &[("INSTA_UPDATE", "always")], "...");
    check(&["--update", "unseen"], &[("CI", "true")], "ap.");
    check(&["--update", "force"], &[], "aaa");
    check(&["--update", "no"], &[], "...");
    check(&["--update", "auto"], &[("CI", "true")], "...");
    check(&["--update", "auto"], &[("INSTA_UPDATE", "always")], "aa.");
    check(&[], &[("BEDROCK_CHECK_UPDATE", "always"), ("CI", "true")], "aa.");
}

#[test]
fn an_invalid_insta_update_value_is_rejected() {
    let project = three();
    let printed = project.run_command(project.command().arg("test").env("INSTA_UPDATE", "yes"));
    assert_snapshot!(printed, @"
    exit 2
    --- stderr
    error: `INSTA_UPDATE` is `yes`: expected `auto`, `always`, `new`, `unseen`, `no` or `force`
    ");
}

#[test]
fn a_full_match_compares_the_header_too() {
    let project = three();
    project.write(SAME, project.read(SAME).replace("\nexpression", "\ndescription: old\nexpression"));
    assert_eq!(changes(&project, &["-k", "same"], &[]), "exit 0");
    let full = [("INSTA_REQUIRE_FULL_MATCH", "1")];
    assert_snapshot!(changes(&project, &["-k", "same"], &full), @"
    exit 1
    + snapshots/demo__same.snap.new
    ");
    let printed = project.run_command(project.command().args(["test", "-k", "same", "--check"]).envs(full));
    assert_snapshot!(printed, @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      DIFFERS  demo::same

    error[snapshot-differs]: the mapped output of `demo::same` differs from the accepted snapshot
      --> bedrock.toml:25:8
       |
    25 | name = "same"
       |        ^^^^^^
       |
       = note: snapshots/demo__same.snap
               @@ -1,6 +1,5 @@
                ---
                source: bedrock.toml
               -description: old
                expression: "demo::same"
                info:
                  model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
       = help: if the new output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::same' --accept`

      ──────
      1 case: 1 snapshot differs; 2 not selected   [TIME]
      next: `bedrock-check test -k same --accept` accepts the new output
    "#);
}

#[test]
fn pending_files_can_be_in_another_folder() {
    let project = three();
    let folder = tempfile::tempdir().expect("a folder");
    let absolute = folder.path().join("pending").display().to_string();
    assert_snapshot!(changes(&project, &[], &[("INSTA_PENDING_DIR", &absolute)]), @"exit 1");
    let waiting = folder.path().join("pending").join(format!("{NEW}.new"));
    assert!(waiting.is_file(), "{}", waiting.display());
    assert_snapshot!(changes(&project, &["--accept"], &[("INSTA_PENDING_DIR", &absolute)]), @"
    exit 0
    ~ snapshots/demo__changed.snap
    + snapshots/demo__new.snap
    ");
    assert!(!waiting.exists());
    let relative = three();
    assert_snapshot!(changes(&relative, &[], &[("INSTA_PENDING_DIR", "pending")]), @"
    exit 1
    + pending/snapshots/demo__changed.snap.new
    + pending/snapshots/demo__new.snap.new
    ");
}

#[test]
fn a_pending_snapshot_is_removed_when_the_case_passes_again() {
    let project = three();
    project.run(["test"]);
    record(&project, &[("demo::changed", text_answer("before"))]);
    assert_snapshot!(changes(&project, &["-k", "changed"], &[]), @"
    exit 0
    - snapshots/demo__changed.snap.new
    ");
}

#[test]
fn check_and_ci_remove_no_pending_snapshot() {
    let project = three();
    project.run(["test"]);
    record(&project, &[("demo::changed", text_answer("before"))]);
    assert_eq!(changes(&project, &["-k", "changed", "--check"], &[]), "exit 0");
    assert_eq!(changes(&project, &["-k", "changed"], &[("CI", "true")]), "exit 0");
}

#[test]
fn a_case_that_fails_leaves_nothing_to_review() {
    let project = project(&[("failing", "expect.output_text.contains = \"x\""), ("missing", "")]);
    record(&project, &[("demo::failing", text_answer("y"))]);
    assert_eq!(changes(&project, &["--accept"], &[]), "exit 1");
}

#[test]
fn cases_without_snapshot_write_no_file() {
    let project = project(&[("plain", "snapshot = false\nexpect.output_text.contains = \"y\"")]);
    record(&project, &[("demo::plain", text_answer("yes"))]);
    assert_eq!(changes(&project, &["--accept"], &[]), "exit 0");
}

#[test]
fn snapshots_are_beside_the_config_from_any_working_directory() {
    let project = Project::with(&[
        ("bedrock-check.toml", ""),
        ("models/a/bedrock.toml", &format!("{}{}", demo_project::MODEL, case("one", ""))),
    ]);
    record(&project, &[("demo::one", text_answer("1"))]);
    let path = "models/a/snapshots/demo__one.snap";
    project.run(["test", "--accept"]);
    let snapshot = project.read(path);
    fs::remove_file(project.path().join(path)).expect("it is there");
    let mut command = project.command();
    command.current_dir(project.path().join("models")).args(["test", "--accept", "a"]);
    assert!(project.run_command(&mut command).starts_with("exit 0\n"));
    assert_eq!(project.read(path), snapshot, "the same bytes from any folder");
    assert_snapshot!(snapshot, @r#"
    ---
    source: models/a/bedrock.toml
    expression: "demo::one"
    info:
      model_id: "global.anthropic.claude-haiku-4-5-20251001-v1:0"
      operation: InvokeModel
    ---
    output_text: "1"
    input_tokens: 9
    output_tokens: 1
    "#);
}
