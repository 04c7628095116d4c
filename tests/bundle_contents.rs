//! The files of a bundle and their names, the files it may overwrite, and the comparison with an earlier run.

use crate::bundle::{Files, bytes, check, check_replay, elsewhere, packed, unpacked};
use crate::common::Project;
use crate::demo_project::{accepted, project, record, text_answer};

#[test]
fn files_of_unselected_cases_are_left_out_but_files_of_configs_are_not() {
    let project = project(&[("one", ""), ("two", "")]);
    project.write("letter.txt", "Say two");
    project.write(
        "bedrock.toml",
        project.read("bedrock.toml").replace("\"Say two\"", "{ file = \"letter.txt\" }"),
    );
    record(&project, &[("demo::one", text_answer("Hello!")), ("demo::two", text_answer("Hello!"))]);
    project.run(["test", "--accept"]);
    check(&project.run(["bundle", "-k", "one"]), &["exit 0\n", "1 not selected"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    let files: Vec<_> = files.keys().filter_map(|name| name.strip_prefix("repository/")).collect();
    // The config is checked as a whole and would be invalid without `letter.txt`.
    let expected = [
        "bedrock-check.toml",
        "bedrock.toml",
        "fixtures/demo/one.json",
        "letter.txt",
        "snapshots/demo__one.snap",
    ];
    assert_eq!(files, expected);
    check_replay(&project, 0);
}

#[test]
fn a_bundle_does_not_overwrite_other_files() {
    let project = accepted();
    project.write("notes.txt", "mine");
    project.write("other.zip", packed(&Files::from([("a.txt".to_owned(), b"a".to_vec())])));
    for file in ["bedrock.toml", "snapshots/demo__greeting.snap", "notes.txt", "other.zip"] {
        let before = bytes(&project, file);
        let printed = project.run(["bundle", "--output", file]);
        check(
            &printed,
            &["exit 2\n", &format!("`--output {file}` exists and is not a bundle"), "name another"],
        );
        assert_eq!(bytes(&project, file), before, "{file}");
    }
    project.write("empty.zip", "");
    for file in ["evidence.zip", "evidence.zip", "empty.zip"] {
        check(&project.run(["bundle", "--output", file]), &["exit 0\n", "bundle: "]);
    }
    std::fs::remove_file(project.path().join("fixtures/demo/greeting.json")).expect("a fixture");
    let tree = project.tree();
    for (file, why) in [
        ("fixtures/demo/greeting.json", "would overwrite `fixtures/demo/greeting.json`, which the run reads"),
        ("snapshots/demo__greeting.snap.new", "would replace a snapshot"),
        ("bedrock-check.toml", "would replace the settings"),
    ] {
        let printed = project.run(["bundle", "--output", file]);
        check(&printed, &["exit 2\n", why]);
        assert_eq!(project.tree(), tree, "{file}");
    }
}

#[test]
fn names_in_a_bundle_do_not_depend_on_the_working_directory() {
    let project = Project::with(&[("note", "")]);
    for file in accepted().tree() {
        let from = accepted();
        project.write(&format!("deep/er/{file}"), bytes(&from, &file));
    }
    let printed = project.run(["bundle", "deep/er", "--output", "evidence.zip"]);
    check(&printed, &["exit 2\n", "all configs are below `deep`", "create an empty `bedrock-check.toml`"]);
    let mut command = project.command();
    let config = project.path().join("deep/er/bedrock.toml");
    command.arg("bundle").arg(&config).arg("--output").arg(project.path().join("evidence.zip"));
    check(
        &project.run_command(command.current_dir("/")),
        &["exit 2\n", "no file marks the root of their repository"],
    );
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
    project.write("bedrock-check.toml", "");
    check(&project.run(["bundle", "deep/er"]), &["exit 0\n", "bundle: "]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    assert!(files.contains_key("repository/deep/er/bedrock.toml"));
}

#[test]
fn a_replay_compares_with_an_earlier_run() {
    let project = accepted();
    project.run(["bundle"]);
    project.run(["test", "--report", "jsonl=before.jsonl"]);
    let now = project.read("before.jsonl");
    let other = elsewhere(&bytes(&project, "evidence.zip"));
    other.write("before.jsonl", now.replace("\"outcome\":\"pass\"", "\"outcome\":\"fail\""));
    let page = |args: &[&str]| {
        let mut command = other.command();
        command.args(["test", "--bundle", "evidence.zip", "--report", "html=page.html"]).args(args);
        check(&other.run_command(&mut command), &["exit 0\n"]);
        other.read("page.html")
    };
    assert!(page(&[]) != page(&["--previous", "before.jsonl"]), "the page compares with nothing");
}
