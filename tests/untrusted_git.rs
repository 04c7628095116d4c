//! Repositories whose git configuration names programs: none of them runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::Project;
use crate::demo_project::accepted;

/// The file that every program of [`configuration`] creates.
const TRACE: &str = "a-program-ran";

/// Every setting that makes git start a program when it reads or compares files.
fn configuration(project: &Project) -> String {
    let program = format!("touch {}", project.path().join(TRACE).display());
    format!(
        "[core]
repositoryformatversion = 1
fsmonitor = {program:?}
hooksPath = {hooks:?}
pager = {program:?}
editor = {program:?}
sshCommand = {program:?}
alternateRefsCommand = {program:?}
[gpg]
program = {program:?}
[log]
showSignature = true
[diff]
external = {program:?}
[diff \"all\"]
textconv = {program:?}
command = {program:?}
[filter \"all\"]
clean = {program:?}
smudge = {program:?}
process = {program:?}
required = true
[pager]
log = {program:?}
rev-list = {program:?}
cat-file = {program:?}
[alias]
rev-list = \"!{program}\"
[remote \"origin\"]
url = \"ext::sh -c touch% {trace}\"
promisor = true
[extensions]
partialClone = origin
",
        hooks = project.path().join("hooks").display(),
        trace = project.path().join(TRACE).display(),
    )
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// Runs every command that reads the history, and checks that no program ran.
#[track_caller]
fn check_no_program_runs(project: &Project) {
    for arguments in
        [["diff"].as_slice(), &["pending"], &["test"], &["bundle", "--output", "evidence.zip"], &["accept"]]
    {
        let printed = project.run_command(project.command().args(arguments).env("PATH", ".:/usr/bin:/bin"));
        assert!(!project.path().join(TRACE).exists(), "{arguments:?} ran a program:\n{printed}");
        assert!(!printed.contains("exit 2\n"), "{arguments:?}: {printed}");
    }
}

/// An accepted case in the folder `models` of a repository, and a pending snapshot.
fn repository() -> Project {
    let source = accepted();
    let project = Project::with(&[(".gitattributes", "* filter=all diff=all\n")]);
    for path in source.tree() {
        project.write(&format!("models/{path}"), source.read(&path));
    }
    git(project.path(), &["init", "-q"]);
    git(project.path(), &["add", "."]);
    git(project.path(), &["commit", "-qm", "accepted"]);
    let snapshot = project.read("models/snapshots/demo__greeting.snap");
    project.write("models/snapshots/demo__greeting.snap.new", snapshot.replace("Hello", "Goodbye"));
    let config = project.read("models/bedrock.toml");
    project.write("models/bedrock.toml", config.replace("content[0]", "content[1]"));
    project
}

#[test]
fn a_committed_bare_repository_is_not_read() {
    let project = repository();
    // A folder with these four entries is a bare repository for git.
    for folder in ["models", "models/snapshots", "models/fixtures/demo"] {
        project.write(&format!("{folder}/HEAD"), "ref: refs/heads/main\n");
        project.write(&format!("{folder}/config"), configuration(&project) + "[core]\nbare = true\n");
        for name in ["objects", "refs"] {
            project.write(&format!("{folder}/{name}/keep"), "");
        }
    }
    let printed = project.run_command(project.command().arg("diff").env("PATH", "/usr/bin:/bin"));
    assert!(printed.contains("  why: config edited: "), "the outer repository is read:\n{printed}");
    check_no_program_runs(&project);
}

#[test]
fn no_program_of_the_configuration_runs() {
    let project = repository();
    fs::write(project.path().join(".git/config"), configuration(&project)).expect("a file");
    let hook = format!("#!/bin/sh\ntouch {}\n", project.path().join(TRACE).display());
    for name in ["post-index-change", "reference-transaction", "fsmonitor-watchman", "git"] {
        project.write(&format!("hooks/{name}"), &hook);
        project.write(&format!("models/snapshots/{name}"), &hook);
    }
    Command::new("chmod")
        .args(["-R", "+x", "hooks", "models/snapshots"])
        .current_dir(project.path())
        .status()
        .expect("chmod runs");
    check_no_program_runs(&project);
}

#[test]
fn a_missing_object_is_not_fetched() {
    let project = repository();
    let blob = git(project.path(), &["rev-parse", "HEAD:models/bedrock.toml"]);
    let object = project.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(object).expect("a loose object");
    fs::write(project.path().join(".git/config"), configuration(&project)).expect("a file");
    check_no_program_runs(&project);
}

#[test]
fn a_program_named_git_in_a_relative_folder_does_not_run() {
    let project = repository();
    project.write("git", format!("#!/bin/sh\ntouch {}\n", project.path().join(TRACE).display()));
    project.write("models/git", project.read("git"));
    Command::new("chmod")
        .args(["+x", "git", "models/git"])
        .current_dir(project.path())
        .status()
        .expect("chmod runs");
    check_no_program_runs(&project);
}
