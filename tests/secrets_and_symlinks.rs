//! Secrets and environment variables are not revealed, and symlinks that point outside the repository are not followed.

use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record, text_answer};

const SECRET: &str = "AKIAQWERTYUIOPASDFGH";

#[track_caller]
fn check(printed: &str, has: &[&str], lacks: &[&str]) {
    for part in has {
        assert!(printed.contains(part), "{part} is not in:\n{printed}");
    }
    for part in lacks {
        assert!(!printed.contains(part), "{part} is in:\n{printed}");
    }
}

/// A project with one recorded case that takes its prompt from `TOKEN`.
fn prompt_from_environment() -> Project {
    let project = project(&[("hello", "")]);
    record(&project, &[("demo::hello", text_answer("Hi!"))]);
    let config = project.read("bedrock.toml").replace("\"Say hello\"", "{ env = \"TOKEN\" }");
    assert!(config.contains("TOKEN"), "{config}");
    project.write("bedrock.toml", config);
    project
}

#[test]
fn a_stale_request_does_not_reveal_the_environment() {
    let project = prompt_from_environment();
    let args = ["test", "--report", "junit=out.xml", "--report", "jsonl=out.jsonl"];
    let printed = project.run_command(project.command().args(args).env("TOKEN", "hush \"hush\""));
    for text in [printed, project.read("out.xml"), project.read("out.jsonl")] {
        check(&text, &["fixture-stale", "Say hello", "***"], &["hush"]);
    }
}

#[test]
fn an_invalid_value_does_not_reveal_the_environment() {
    let project = prompt_from_environment();
    let config = project.read("bedrock.toml").replace("type = \"string\"", "type = \"integer\"");
    project.write("bedrock.toml", config);
    let printed = project.run_command(project.command().arg("test").env("TOKEN", "hush"));
    check(&printed, &["the value of `TOKEN` is not an integer"], &["hush"]);
}

#[test]
fn config_show_masks_secrets() {
    let project = project(&[("hello", "")]);
    let config = project.read("bedrock.toml").replace("Say hello", &format!("Say {SECRET}"));
    project.write("bedrock.toml", config);
    check(&project.run(["config", "show"]), &["Say ****"], &[SECRET]);
}

#[test]
fn a_secret_in_a_snapshot_header_is_not_written() {
    // The header names the config.
    let config = format!("{MODEL}{}", case("hello", ""));
    let project = Project::with(&[(&format!("{SECRET}.bedrock.toml"), &config)]);
    record(&project, &[("demo::hello", text_answer("Hi!"))]);
    for flag in ["--update=always", "--update=new", "--update=force"] {
        check(
            &project.run(["test", flag]),
            &["the snapshot of `demo::hello` would contain an AWS access key ID"],
            &[SECRET],
        );
        let written: Vec<String> = project.tree().into_iter().filter(|path| path.contains(".snap")).collect();
        assert!(written.is_empty(), "{flag}: {written:?}");
    }
}

#[cfg(unix)]
#[test]
fn fixtures_and_snapshots_outside_the_repository_are_neither_read_nor_written() {
    use std::os::unix::fs::symlink;

    let outside = Project::with(&[("hello.json", "{ \"private\": 1"), ("demo__hello.snap", "private")]);
    for link in ["fixtures/demo", "fixtures/demo/hello.json", "snapshots", "snapshots/demo__hello.snap"] {
        let project = project(&[("hello", "")]);
        record(&project, &[("demo::hello", text_answer("Hi!"))]);
        project.write("snapshots/other.txt", "");
        let path = project.path().join(link);
        if path.is_dir() {
            std::fs::remove_dir_all(&path).expect("a folder");
        } else if path.exists() {
            std::fs::remove_file(&path).expect("a file");
        }
        let name = path.file_name().filter(|_| path.extension().is_some());
        symlink(name.map_or(outside.path().to_owned(), |name| outside.path().join(name)), &path)
            .expect("a link");
        let output = project.run(["test", "--accept", "--unreferenced", "ignore"]);
        check(&output, &["error[file-outside-root]", "points outside the repository"], &["private"]);
        assert_eq!(outside.read("demo__hello.snap"), "private", "{link}");
        assert_eq!(outside.tree(), ["demo__hello.snap", "hello.json"], "{link}");
    }
}

#[cfg(unix)]
#[test]
fn an_import_does_not_write_through_symlinks() {
    let outside = Project::with(&[]);
    let project = project(&[("hello", "")]);
    record(&project, &[("demo::hello", text_answer("Hi!"))]);
    project.write("out/notes.txt", "");
    std::os::unix::fs::symlink(outside.path(), project.path().join("out/fixtures")).expect("a link");
    let printed = project.run(["import", "fixtures", "--out", "out"]);
    check(&printed, &["points outside `out`", "nothing was written"], &[]);
    assert_eq!(outside.tree(), [""; 0]);
}
