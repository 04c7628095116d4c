//! Unreferenced files: fixtures and snapshots that belong to no case.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, case, record, text_answer};

/// A project with an unreferenced fixture and an unreferenced snapshot.
fn with_unreferenced_files() -> Project {
    let project = demo_project::accepted();
    for (path, gone) in [
        ("fixtures/demo/greeting.json", "fixtures/demo/gone.json"),
        ("snapshots/demo__greeting.snap", "snapshots/demo__gone.snap"),
    ] {
        project.write(gone, project.read(path));
    }
    project.write("fixtures/README.md", "");
    project
}

#[test]
fn unreferenced_files_are_reported() {
    let project = with_unreferenced_files();
    assert_snapshot!(project.run(["test"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file

    warning[fixture-unreferenced]: the fixture `fixtures/demo/gone.json` belongs to no case
    --> fixtures/demo/gone.json
     = help: remove the file, or rename it after its case

    warning[snapshot-unreferenced]: the snapshot `snapshots/demo__gone.snap` belongs to no case
    --> snapshots/demo__gone.snap
     = help: remove the file, or rename it after its case

      ──────
      1 case: 1 passed; 2 unreferenced   [TIME]
    ");
    assert_eq!(project.run(["test", "--unreferenced", "warn"]), project.run(["test"]));
    assert_snapshot!(project.run(["test", "--unreferenced", "ignore"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    ");
    assert_snapshot!(project.run(["test", "--unreferenced", "reject", "-q"]), @"
    exit 5
    --- stdout
    error[fixture-unreferenced]: the fixture `fixtures/demo/gone.json` belongs to no case
    --> fixtures/demo/gone.json
     = help: remove the file, or rename it after its case

    error[snapshot-unreferenced]: the snapshot `snapshots/demo__gone.snap` belongs to no case
    --> snapshots/demo__gone.snap
     = help: remove the file, or rename it after its case

      1 case: 1 passed; 2 unreferenced   [TIME]
    ");
    assert_snapshot!(project.run(["validate"]), @"
    exit 0
    --- stdout
    warning[fixture-unreferenced]: the fixture `fixtures/demo/gone.json` belongs to no case
    --> fixtures/demo/gone.json
     = help: remove the file, or rename it after its case

    warning[snapshot-unreferenced]: the snapshot `snapshots/demo__gone.snap` belongs to no case
    --> snapshots/demo__gone.snap
     = help: remove the file, or rename it after its case

    1 file, 1 model, 1 case: 2 warnings
    ");
}

#[test]
fn the_summary_alone_states_the_unreferenced_files() {
    assert_snapshot!(with_unreferenced_files().run(["test", "--unreferenced", "reject", "-qq"]), @"
    exit 5
    --- stdout
      1 case: 1 passed; 2 unreferenced   [TIME]
    ");
}

#[test]
fn disabled_snapshots_and_stray_pending_files_are_unreferenced() {
    let project = demo_project::accepted();
    let config = project.read("bedrock.toml");
    project.write(
        "bedrock.toml",
        format!("{config}snapshot = false\nexpect.output_text.contains = \"Hello\"\n"),
    );
    project.write("snapshots/demo__gone.snap.new", project.read("snapshots/demo__greeting.snap"));
    assert_snapshot!(project.run(["test"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file

    warning[snapshot-unreferenced]: the snapshot `snapshots/demo__gone.snap.new` belongs to no case
    --> snapshots/demo__gone.snap.new
     = help: remove the file, or rename it after its case

    warning[snapshot-unreferenced]: the snapshot `snapshots/demo__greeting.snap` belongs to no case
    --> snapshots/demo__greeting.snap
     = help: remove the file, or rename it after its case

      ──────
      1 case: 1 passed; 2 unreferenced   [TIME]
    ");
}

#[test]
fn unreferenced_files_fail_a_run_in_ci() {
    let project = with_unreferenced_files();
    let exit = |args: &[&str]| {
        let mut command = project.command();
        command.arg("test").args(args).env("CI", "true").output().expect("it runs").status.code()
    };
    assert_eq!(exit(&[]), Some(5));
    assert_eq!(exit(&["--unreferenced", "warn"]), Some(0));
    project.write("bedrock-check.toml", "unreferenced = \"ignore\"\n");
    assert_eq!(exit(&[]), Some(0));
    assert_eq!(exit(&["--unreferenced", "reject"]), Some(5));
}

#[test]
fn files_of_cases_that_did_not_run_are_not_unreferenced() {
    let project = demo_project::accepted();
    project.write(
        "other.bedrock.toml",
        format!("{}{}", demo_project::MODEL, case("two", "")).replace("models.demo", "models.other"),
    );
    record(&project, &[("other::two", text_answer("2"))]);
    project.run(["test", "--accept"]);
    for args in [
        &["test", "bedrock.toml"][..],
        &["test", "-k", "greeting"],
        &["test", "--model", "nothing", "--no-tests=pass"],
    ] {
        let printed = project.run_command(project.command().args(args).env("CI", "1"));
        assert!(printed.starts_with("exit 0\n") && !printed.contains("unreferenced"), "{args:?} {printed}");
    }
    project.write(
        "other.bedrock.toml",
        project.read("other.bedrock.toml").replace("region", "enabled = false\nregion"),
    );
    let printed = project.run_command(project.command().arg("test").env("CI", "1"));
    assert!(!printed.contains("unreferenced"), "a model that is off keeps its files: {printed}");
}

#[test]
fn unreferenced_files_are_deleted_after_a_run_without_failures() {
    let gone = |project: &Project| !project.tree().iter().any(|path| path.contains("gone"));
    let project = with_unreferenced_files();
    assert_snapshot!(project.run(["test", "--unreferenced", "delete"]), @"
    exit 0
    --- stdout
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    --- stderr
    DELETED  fixtures/demo/gone.json
    DELETED  snapshots/demo__gone.snap
    ");
    assert!(gone(&project) && project.tree().contains(&"fixtures/README.md".to_owned()));
    let project = with_unreferenced_files();
    let mut command = project.command();
    let printed = project.run_command(command.args(["test", "--unreferenced", "auto"]).env("CI", "1"));
    assert!(printed.starts_with("exit 5\n") && !gone(&project), "{printed}");
    assert!(
        project.run(["test", "--unreferenced", "auto", "--check"]).starts_with("exit 0\n") && !gone(&project)
    );
    project.run(["test", "--unreferenced", "auto"]);
    assert!(gone(&project));
    let project = with_unreferenced_files();
    record(&project, &[("demo::greeting", text_answer("Other."))]);
    let printed = project.run(["test", "--unreferenced", "delete"]);
    assert!(printed.starts_with("exit 1\n") && !gone(&project), "{printed}");
}
