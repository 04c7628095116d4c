//! A repository that an earlier version recorded keeps its outcome: `earlier` was written by the binary of commit `87425c5`, with
//! `record` on made-up answers and `accept`.

use std::path::Path;

use insta::assert_snapshot;

use crate::common::Project;

fn earlier() -> Project {
    let project = Project::with(&[]);
    project.copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/earlier"));
    project
}

#[test]
fn a_repository_of_an_earlier_version_replays_clean_in_ci() {
    let project = earlier();
    let before = project.contents();
    let mut command = project.command();
    assert_snapshot!(project.run_command(command.args(["test"]).env("CI", "true")), @"
    exit 0
    --- stdout
      replay   12 cases in 1 file
      ──────
      12 cases: 12 passed; 1 finding lowered   [TIME]
    ");
    assert_snapshot!(project.run(["validate"]), @"
    exit 0
    --- stdout
    1 file, 4 models, 12 cases: no findings; 1 finding lowered
    ");
    assert_eq!(project.contents(), before, "a replay changes no file");
}

/// The recorded answers include hidden characters and a text that a rule for secrets matches now.
#[test]
fn a_repository_of_an_earlier_version_can_be_bundled() {
    let project = earlier();
    let printed = project.run(["bundle", "--output", "run.zip"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    for command in [["bundle", "verify", "run.zip"].as_slice(), &["test", "--bundle", "run.zip"]] {
        let printed = project.run_command(project.command().args(command));
        assert!(printed.starts_with("exit 0\n"), "{printed}");
    }
}
