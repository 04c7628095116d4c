//! What must not be told or written: secrets, the environment, files outside the repository.

use crate::common::Project;
use crate::demo_project::{project, record, says};

const SECRET: &str = "AKIAQWERTYUIOPASDFGH";

#[track_caller]
fn check(told: &str, has: &[&str], lacks: &[&str]) {
    for part in has {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    for part in lacks {
        assert!(!told.contains(part), "{part} is in:\n{told}");
    }
}

/// A project with one recorded case that asks what `TOKEN` holds.
fn asks_the_environment() -> Project {
    let project = project(&[("hello", "")]);
    record(&project, &[("demo::hello", says("Hi!"))]);
    let config = project.read("bedrock.toml").replace("\"Say hello\"", "{ env = \"TOKEN\" }");
    assert!(config.contains("TOKEN"), "{config}");
    project.write("bedrock.toml", config);
    project
}

#[test]
fn a_stale_request_does_not_reveal_the_environment() {
    let project = asks_the_environment();
    let args = ["test", "--report", "junit=out.xml", "--report", "jsonl=out.jsonl"];
    let told = project.told(project.command().args(args).env("TOKEN", "hush \"hush\""));
    for text in [told, project.read("out.xml"), project.read("out.jsonl")] {
        check(&text, &["fixture-stale", "Say hello", "***"], &["hush"]);
    }
}

#[test]
fn an_invalid_value_does_not_reveal_the_environment() {
    let project = asks_the_environment();
    let config = project.read("bedrock.toml").replace("type = \"string\"", "type = \"integer\"");
    project.write("bedrock.toml", config);
    let told = project.told(project.command().arg("test").env("TOKEN", "hush"));
    check(&told, &["the value of `TOKEN` is not an integer"], &["hush"]);
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
    // Escaped, it isn't seen in the config's text.
    let description = SECRET.replacen('A', "\\u0041", 1);
    let project = project(&[("hello", &format!("description = \"{description}\""))]);
    record(&project, &[("demo::hello", says("Hi!"))]);
    for flag in ["--update=always", "--update=new", "--update=force"] {
        check(&project.run(["test", flag]), &["an AWS access key ID is in the snapshot"], &[SECRET]);
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
        record(&project, &[("demo::hello", says("Hi!"))]);
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
        let told = project.run(["test", "--accept", "--unreferenced", "ignore"]);
        check(&told, &["error[file-outside-root]", "leads out of the repository"], &["private"]);
        assert_eq!(outside.read("demo__hello.snap"), "private", "{link}");
        assert_eq!(outside.tree(), ["demo__hello.snap", "hello.json"], "{link}");
    }
}

#[cfg(unix)]
#[test]
fn an_import_does_not_write_through_symlinks() {
    let outside = Project::with(&[]);
    let project = project(&[("hello", "")]);
    record(&project, &[("demo::hello", says("Hi!"))]);
    project.write("out/notes.txt", "");
    std::os::unix::fs::symlink(outside.path(), project.path().join("out/fixtures")).expect("a link");
    let told = project.run(["import", "fixtures", "--out", "out"]);
    check(&told, &["leads out of `out`", "nothing was written"], &[]);
    assert_eq!(outside.tree(), [""; 0]);
}
