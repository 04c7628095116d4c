//! Reports and other outputs replace no file that belongs to the repository's configs or that the command reads.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::common::Project;
use crate::demo_project;

/// A project with a config that reads files, and with its run as JSON Lines.
fn project() -> Project {
    let project = demo_project::accepted();
    let config = project.read("bedrock.toml");
    let with_rows = config
        .replace("name = \"greeting\"", "name = \"greeting\"\neach = \"rows.csv\"")
        .replace("prompt = \"Say greeting\"", "prompt = { file = \"prompt.txt\" }");
    project.write("rows.toml", with_rows);
    project.write("rows.csv", "name,expect.output_text.contains\na,x\n");
    project.write("prompt.txt", "Say it.");
    project.write("bedrock-check.toml", "");
    project.write("other/bedrock.toml", &config);
    project.write("snapshots/demo__greeting.snap.new", "a pending snapshot");
    project.write(".gitignore", "target\n");
    project.run(["test", "bedrock.toml", "--report", "jsonl=run.jsonl"]);
    let path = |name: &str| project.path().join(name);
    symlink("prompt.txt", path("link.txt")).expect("a symlink");
    symlink("bedrock.toml", path("link.xml")).expect("a symlink");
    fs::hard_link(path("rows.csv"), path("hard.csv")).expect("a hard link");
    fs::hard_link(path("fixtures/demo/greeting.json"), path("hard.json")).expect("a hard link");
    project
}

#[test]
fn a_report_replaces_no_file_of_the_repository() {
    let project = project();
    let before = project.contents();
    let absolute = project.path().join("bedrock.toml").display().to_string();
    for (target, kind) in [
        ("bedrock.toml", "a config"),
        ("./snapshots/../bedrock.toml", "a config"),
        (&absolute, "a config"),
        ("link.xml", "a config"),
        ("other/bedrock.toml", "a config"),
        ("new/team.bedrock.toml", "a config"),
        ("rows.toml", "a file that this command reads"),
        ("rows.csv", "a file that this command reads"),
        ("hard.csv", "a file that this command reads"),
        ("prompt.txt", "a file that this command reads"),
        ("link.txt", "a file that this command reads"),
        ("run.jsonl", "a file that this command reads"),
        ("bedrock-check.toml", "the settings"),
        (".config/bedrock-check.toml", "the settings"),
        ("fixtures/demo/greeting.json", "a recording"),
        ("hard.json", "a recording"),
        ("snapshots/demo__greeting.snap", "a snapshot"),
        ("snapshots/demo__greeting.snap.new", "a snapshot"),
        (".gitignore", "a file of git"),
        (".git/config", "a file of git"),
    ] {
        for format in ["junit", "jsonl", "html", "markdown", "pr-comment", "sarif", "tap"] {
            let report = format!("{format}={target}");
            let printed = project.run([
                "test",
                "bedrock.toml",
                "rows.toml",
                "--previous",
                "run.jsonl",
                "--report",
                &report,
            ]);
            let expected = format!("error: the report `{report}` would replace {kind}\n");
            let expected = expected.replace(&project.path().display().to_string(), "[DIR]");
            assert!(printed.starts_with("exit 2\n") && printed.contains(&expected), "{report}: {printed}");
            assert_eq!(project.contents(), before, "{report}");
        }
    }
    // The other commands that write reports.
    let validate = project.run(["validate", "--report", "sarif=bedrock.toml"]);
    assert!(validate.contains("the report `sarif=bedrock.toml` would replace a config"), "{validate}");
    for target in ["bedrock.toml", "run.jsonl", "snapshots/demo__greeting.snap"] {
        let printed = project.run(["report", "run.jsonl", "--to", "junit", "--output", target]);
        assert!(printed.contains(&format!("`--output {target}` would replace ")), "{printed}");
    }
    project.run(["bundle", "bedrock.toml", "--output", "run.zip"]);
    for target in ["run.zip", "bedrock.toml"] {
        let report = format!("tap={target}");
        let printed = project.run(["test", "--bundle", "run.zip", "--report", &report]);
        assert!(printed.contains(&format!("the report `{report}` would replace ")), "{printed}");
    }
    fs::remove_file(project.path().join("run.zip")).expect("a bundle");
    for (target, kind) in [(".gitattributes", "a file of git"), ("new/bedrock.toml", "a config")] {
        let printed = project.run(["bundle", "bedrock.toml", "--output", target]);
        let expected = format!("`--output {target}` would replace {kind}");
        assert!(printed.starts_with("exit 2\n") && printed.contains(&expected), "{printed}");
    }
    for target in ["bedrock.toml", "fixtures/demo/greeting.json"] {
        let mut command = project.command();
        command.args(["test", "bedrock.toml", "--report", "github"]).env("GITHUB_STEP_SUMMARY", target);
        let printed = project.run_command(&mut command);
        assert!(printed.contains("error: `GITHUB_STEP_SUMMARY` names a "), "{printed}");
    }
    assert_eq!(project.contents(), before);
}

#[test]
fn a_report_replaces_an_earlier_report() {
    let project = project();
    for format in ["junit", "jsonl", "html", "markdown", "sarif", "tap"] {
        let report = format!("{format}=out.json");
        for _ in 0..2 {
            let printed = project.run(["test", "bedrock.toml", "--report", &report]);
            assert!(printed.starts_with("exit 0\n"), "{report}: {printed}");
        }
    }
}

#[test]
fn two_reports_of_one_file_are_refused_in_any_spelling() {
    let project = project();
    let printed = project.run(["test", "--report", "tap=out", "--report", "junit=./snapshots/../out"]);
    assert!(printed.contains("another report goes to the same file"), "{printed}");
}

#[test]
fn reports_of_a_settings_file_stay_in_the_repository() {
    let (project, outside) = (project(), Project::with(&[("kept.xml", "kept")]));
    symlink(outside.path(), project.path().join("away")).expect("a symlink");
    let absolute = outside.path().join("kept.xml").display().to_string();
    for path in ["../out.xml", "away/kept.xml", "away/new/out.xml", absolute.as_str(), "/dev/stderr"] {
        project.write("bedrock-check.toml", format!("report = [\"tap=fine.tap\", \"junit={path}\"]\n"));
        let printed = project.run(["test", "bedrock.toml"]);
        let expected = "error[setting-needs-flag]: `report`: a settings file can't choose ";
        assert!(printed.starts_with("exit 2\n") && printed.contains(expected), "{path}: {printed}");
        assert!(printed.contains("bedrock-check.toml:1:27"), "{printed}");
        assert_eq!(outside.tree(), ["kept.xml"]);
        assert_eq!(outside.read("kept.xml"), "kept");
        let flag = project.run(["test", "bedrock.toml", "--report", "tap=fine.tap"]);
        assert!(flag.starts_with("exit 2\n"), "the file is still reported: {flag}");
    }
    fs::remove_file(project.path().join("away")).expect("a symlink");
    project.write("bedrock-check.toml", "report = [\"junit=out/report.xml\"]\n");
    assert!(project.run(["test", "bedrock.toml"]).starts_with("exit 0\n"));
    assert!(project.read("out/report.xml").contains("<testsuites"));
}
