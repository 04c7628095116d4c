//! Another process replaces a folder by a symlink to a folder outside the repository, again and again, while a command
//! writes or removes files in it. Nothing outside is changed.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::common::Project;
use crate::demo_project::{project, record_each, text_answer};

const CASES: usize = 100;
const ATTEMPTS: usize = 6;
const PENDING: &str = "---\nsource: bedrock.toml\n---\noutput_text: Bye!\n";

/// A project with many recorded cases, and the folder `folder` that is swapped.
fn many_cases(folder: &str) -> Project {
    let names: Vec<String> = (0..CASES).map(|number| format!("case-{number}")).collect();
    let cases: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    record_each(&project, |_| Some(text_answer("Hello!")));
    fs::create_dir_all(project.path().join(folder)).expect("a folder");
    project
}

/// Runs `command` while `folder` is swapped with a symlink to `outside`. At the end, it is the folder again.
fn swap_while(project: &Project, folder: &str, outside: &Path, command: impl FnOnce()) {
    let (folder, link) = (project.path().join(folder), project.path().join("link"));
    symlink(outside, &link).expect("a symlink");
    let swap = || renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).expect("a swap");
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                swap();
                thread::yield_now();
            }
        });
        command();
        ended.store(true, Ordering::Relaxed);
    });
    if fs::symlink_metadata(&folder).expect("an entry").is_symlink() {
        swap();
    }
    fs::remove_file(link).expect("a symlink");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Runs `args` several times, while `folder` is swapped. Before each run, both folders get the files `before` with a
/// pending snapshot, and the folder outside keeps exactly them. Returns how many files the folder inside has after each run.
fn check(project: &Project, folder: &str, args: &[&str], before: &[String]) -> Vec<usize> {
    let inside = project.path().join(folder);
    let attempts = (0..ATTEMPTS).map(|_| {
        let outside = tempfile::tempdir().expect("a folder");
        for name in before {
            for folder in [inside.as_path(), outside.path()] {
                fs::write(folder.join(name), PENDING).expect("a file");
            }
        }
        swap_while(project, folder, outside.path(), || drop(project.output(args)));
        assert_eq!(names(outside.path()), before, "{args:?}");
        for name in before {
            assert_eq!(fs::read(outside.path().join(name)).expect("a file"), PENDING.as_bytes());
        }
        names(&inside).len()
    });
    attempts.collect()
}

#[test]
fn snapshots_are_not_written_outside() {
    for args in [&["test", "--accept"][..], &["test", "--update", "new"]] {
        let project = many_cases("snapshots");
        let written = check(&project, "snapshots", args, &[]);
        assert!(written.iter().any(|count| *count > 0), "{args:?} wrote nothing: {written:?}");
    }
}

#[test]
fn reports_of_a_settings_file_are_not_written_outside() {
    let project = many_cases("out");
    project.output(&["test", "--accept"]);
    project.write("bedrock-check.toml", "report = [\"tap=out/a.tap\", \"jsonl=out/a.jsonl\"]\n");
    let written: Vec<usize> = (0..5).flat_map(|_| check(&project, "out", &["test"], &[])).collect();
    assert!(written.iter().any(|count| *count > 0), "nothing was written: {written:?}");
}

#[test]
fn pending_snapshots_are_not_accepted_or_removed_outside() {
    for command in ["accept", "reject"] {
        let project = many_cases("snapshots");
        project.output(&["test", "--update", "new"]);
        let pending = names(&project.path().join("snapshots"));
        assert_eq!(pending.len(), CASES, "{pending:?}");
        check(&project, "snapshots", &[command], &pending);
    }
}
