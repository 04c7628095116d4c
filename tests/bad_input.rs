//! Every mistake in `tests/bad`: the binary reports its place and a fix, and never panics.
//!
//! Each folder of `tests/bad` is a project with one mistake, named after it. Its file `args` contains the
//! command line, after optional environment variables; without the file the command is `validate`. [`ADDED`]
//! adds what a repository can't contain: invalid UTF-8, symlinks, huge files, secrets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::common::Project;

#[test]
fn every_mistake_is_reported_with_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let inputs = inputs(&folder);
    for added in ADDED {
        assert!(inputs.contains_key(added.0), "tests/bad has no {}", added.0);
    }
    let mut wrong = Vec::new();
    for ((name, _), printed) in inputs.iter().zip(run_all(&inputs)) {
        wrong.extend(faults(name, &printed).into_iter().map(|fault| format!("{name}: {fault}")));
        compare(name, printed, &mut wrong);
    }
    let snapshots = folder.with_file_name("snapshots").join("bad_input");
    let left = files_of(&snapshots).filter_map(|name| Some(name.strip_suffix(".snap")?.to_owned()));
    wrong.extend(left.filter(|name| !inputs.contains_key(name)).map(|name| format!("{name}: has no input")));
    println!("bad input: {} mistakes, {} of them reported wrongly", inputs.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn inputs(folder: &Path) -> BTreeMap<String, PathBuf> {
    files_of(folder).map(|name| (name.clone(), folder.join(name))).collect()
}

fn files_of(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// The output of the binary for each input, in the same order.
fn run_all(inputs: &BTreeMap<String, PathBuf>) -> Vec<String> {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let inputs: Vec<_> = inputs.iter().collect();
    let printed = std::thread::scope(|scope| {
        let shares = inputs.chunks(inputs.len().div_ceil(jobs));
        let work = |share: &[(&String, &PathBuf)]| -> Vec<String> {
            share.iter().map(|(name, path)| run(name, path)).collect()
        };
        let threads: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no input breaks the test")).collect::<Vec<_>>()
    });
    printed.concat()
}

/// Runs the binary on a copy of the project at `path`.
fn run(name: &str, path: &Path) -> String {
    let project = Project::with(&[("bedrock-check.toml", "")]);
    project.copy(path);
    if let Some((_, add)) = ADDED.iter().find(|(known, _)| *known == name) {
        add(&project);
    }
    let line = fs::read_to_string(path.join("args")).unwrap_or_else(|_| "validate".to_owned());
    let mut command = project.command();
    for word in line.split_whitespace() {
        match word.split_once('=') {
            Some((variable, value)) if command.get_args().len() == 0 => command.env(variable, value),
            _ => command.arg(word),
        };
    }
    format!("$ {}\n{}", line.trim_end(), project.run_command(&mut command))
}

/// The faults of an output: a panic, success, or a missing place.
fn faults(name: &str, printed: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for word in ["exit 101", "panicked", "exit 0\n--- stdout\n1 file, 1 model, 1 case: no findings"] {
        if printed.contains(word) {
            faults.push(format!("the output contains `{word}`"));
        }
    }
    let place = |pattern: &str| Regex::new(pattern).expect("a regex").is_match(printed);
    let is_whole = |known: &[&str]| known.iter().any(|start| name.starts_with(start));
    if is_whole(WITHOUT_PLACE) {
        if !place(r"(?m)^(error|warning)(\[[a-z-]+\])?: .") {
            faults.push("no error or warning is reported".to_owned());
        }
    } else if is_whole(WHOLE_FILE) {
        if !place(r"(?m)^ *--> \S.*$") {
            faults.push("no file is named".to_owned());
        }
    } else if !place(r"(?m)^ *--> \S.*:\d+:\d+$") {
        faults.push("no file with line and column is named".to_owned());
    }
    faults
}

fn compare(name: &str, printed: String, wrong: &mut Vec<String>) {
    insta::with_settings!({
        snapshot_path => "snapshots/bad_input",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        let compared = std::panic::catch_unwind(|| insta::assert_snapshot!(name, printed));
        if compared.is_err() {
            wrong.push(format!("{name}: the output differs from the snapshot"));
        }
    });
}

/// Mistakes outside of files: on the command line, in the environment, or a missing file.
const WITHOUT_PLACE: &[&str] = &[
    "command-misspelt",
    "config-without-a-case",
    "config-without-a-model",
    "explain-",
    "filter-",
    "flag",
    "folder-empty",
    "folder-named-like-a-config",
    "folder-with-only-ignored-files",
    "override-without-a-value",
    "report-",
    "settings-by-a-bad-insta-update",
    "settings-with-a-bad-",
];

/// Mistakes that concern a whole file, so that no line is reported.
const WHOLE_FILE: &[&str] = &[
    "bytes-a-config-of-100-megabytes",
    "file-that-is-missing",
    "fixture-empty",
    "fixture-is-a-folder",
    "fixture-of-100-megabytes",
    "fixture-of-no-case",
    "folder-that-is-missing",
    "override-of-an-unknown-model",
    "profile-unknown",
    "rows-file-empty",
    "snapshot-empty",
    "snapshot-is-a-folder",
    "snapshot-of-no-case",
    "toml-nothing-at-all",
];

type Added = (&'static str, fn(&Project));

const FIXTURE: &str = "fixtures/haiku/capital-of-france.json";
const SNAPSHOT: &str = "snapshots/haiku__capital-of-france.snap";

const ADDED: &[Added] = &[
    ("bytes-a-config-of-100-megabytes", |project| huge(project, "bedrock.toml")),
    ("bytes-a-null-character", |project| replace(project, "bedrock.toml", b"us-east-1", b"us-east-1\0")),
    ("bytes-brackets-without-end", |project| {
        project.write("bedrock.toml", format!("version = 1\nx = {}", "[".repeat(100_000)));
    }),
    ("bytes-byte-order-mark-before-a-mistake", |project| {
        replace(project, "bedrock.toml", b"version = 1", b"\xEF\xBB\xBFverison = 1");
    }),
    ("bytes-crlf-with-a-mistake", |project| {
        replace(project, "bedrock.toml", b"\n", b"\r\n");
        replace(project, "bedrock.toml", b"region", b"regoin");
    }),
    ("bytes-crlf-with-a-mistake-in-the-body", |project| {
        replace(project, "bedrock.toml", b"\n", b"\r\n");
        replace(project, "bedrock.toml", b"\"max_tokens\": 100,", b"\"max_tokens\": 100");
    }),
    ("bytes-not-utf-8", |project| replace(project, "bedrock.toml", b"of France?", b"of Espa\xF1a?")),
    ("bytes-utf-16", |project| {
        let text = project.read("bedrock.toml");
        let units = [0xFEFF].into_iter().chain(text.encode_utf16());
        project.write("bedrock.toml", units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    }),
    ("fixture-not-utf-8", |project| {
        project.write(FIXTURE, b"{\n  \"format\": 1,\n  \"case\": \"\xFF\"\n}\n");
    }),
    ("fixture-of-100-megabytes", |project| huge(project, FIXTURE)),
    ("folder-with-only-ignored-files", |project| project.write(".gitignore", "ignored/\n")),
    ("rows-not-utf-8", |project| project.write("questions.csv", b"name,prompt\nspain,Espa\xF1a?\n")),
    ("secret-a-bedrock-api-key-in-a-header", |project| {
        let key = format!(
            "[models.haiku.headers]\nAuthorization = \"Bearer ABSK{}\"\n\n[models.haiku.request]",
            "QmVk".repeat(12)
        );
        replace(project, "bedrock.toml", b"[models.haiku.request]", key.as_bytes());
    }),
    ("secret-a-private-key", |project| {
        let key = format!("prompt = '''-----BEGIN {} KEY-----\nMIIEow\n'''", "RSA PRIVATE");
        replace(project, "bedrock.toml", b"prompt = \"What is the capital of France?\"", key.as_bytes());
    }),
    ("secret-an-aws-access-key", |project| {
        let key = format!("version = 1\n# AWS_ACCESS_KEY_ID=AKIA{}", "QWERTYUIOPASDFGH");
        replace(project, "bedrock.toml", b"version = 1", key.as_bytes());
    }),
    ("snapshot-not-utf-8", |project| replace(project, SNAPSHOT, b"Paris", b"Par\xEEs")),
    ("variable-file-is-a-symlink-out", |project| {
        std::os::unix::fs::symlink("/etc/passwd", project.path().join("prompt.txt")).expect("a link");
    }),
    ("variable-file-not-utf-8", |project| {
        project.write("prompt.txt", b"What is the capital of Espa\xF1a?\n");
    }),
];

/// Creates a sparse file of 100 MB.
fn huge(project: &Project, path: &str) {
    project.write(path, "");
    let file = fs::OpenOptions::new().write(true).open(project.path().join(path)).expect("a file");
    file.set_len(100 << 20).expect("a sparse file");
}

/// Replaces every occurrence of the bytes `old` by `new`.
fn replace(project: &Project, path: &str, old: &[u8], new: &[u8]) {
    let bytes = fs::read(project.path().join(path)).expect("a file");
    let pattern =
        regex::bytes::Regex::new(&regex::escape(str::from_utf8(old).expect("UTF-8"))).expect("a regex");
    assert!(pattern.is_match(&bytes), "{path} does not contain what is replaced");
    project.write(path, pattern.replace_all(&bytes, regex::bytes::NoExpand(new)));
}
