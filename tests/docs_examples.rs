//! The examples in the docs are true: each command of a `console` block runs in a copy of the example project, and
//! the page must show its output. `UPDATE_DOCS=1` updates the pages.
//!
//! `<!-- edit FILE: OLD => NEW -->` above a block is an edit that the text asks the reader to make;
//! `<!-- file FILE -->` above a block makes the block a file of the project.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::common::Project;

const PAGES: [&str; 10] = [
    "README.md",
    "docs/bundle.md",
    "docs/checks.md",
    "docs/ci.md",
    "docs/config.md",
    "docs/iam.md",
    "docs/jsonl.md",
    "docs/live.md",
    "docs/probes.md",
    "docs/review.md",
];

#[test]
fn console_blocks_show_the_real_output() {
    for page in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let shown = fs::read_to_string(&path).expect("a page");
        let real = with_real_output(&shown);
        if std::env::var_os("UPDATE_DOCS").is_some() && without_times(&real) != without_times(&shown) {
            fs::write(&path, &real).expect("a page");
        } else {
            assert_eq!(
                without_times(&shown),
                without_times(&real),
                "{page}: run the tests with UPDATE_DOCS=1"
            );
        }
    }
}

/// The page with the real output of its commands.
fn with_real_output(page: &str) -> String {
    let mut real = String::new();
    let fresh = || {
        let project = Project::example();
        for (name, text) in files(page) {
            project.write(&name, text);
        }
        project
    };
    let mut project = fresh();
    let mut in_block = false;
    for line in page.split_inclusive('\n') {
        let text = line.trim_end();
        let command = text.strip_prefix("$ ");
        if text == "```" {
            in_block = false;
            project = fresh();
        } else if text == "```console" {
            in_block = true;
        } else if let Some(edit) = text.strip_prefix("<!-- edit ") {
            apply(edit, &project);
        } else if in_block && command.is_none() {
            continue;
        }
        real.push_str(line);
        real.extend(command.filter(|_| in_block).map(|command| run(command, &project)));
    }
    real
}

/// The blocks of a page that are files of the project.
fn files(page: &str) -> Vec<(String, String)> {
    let block = Regex::new(r"(?s)<!-- file (\S+) -->\n```\w*\n(.*?)```").expect("a regex");
    block.captures_iter(page).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

fn apply(edit: &str, project: &Project) {
    let parts = edit.strip_suffix(" -->").and_then(|edit| edit.split_once(": "));
    let (file, change) = parts.expect("`FILE: OLD => NEW`");
    let (old, new) = change.split_once(" => ").expect("`OLD => NEW`");
    let text = project.read(file);
    assert!(text.contains(old), "{file} has no `{old}`");
    project.write(file, text.replacen(old, new, 1));
}

/// The output of `command`, standard output first.
fn run(command: &str, project: &Project) -> String {
    let (command, filter) = command.split_once(" | ").unwrap_or((command, ""));
    let arguments = ["bedrock-check ", "cargo run -q -- ", "cargo run -- "];
    let arguments = arguments.iter().find_map(|start| command.strip_prefix(start));
    let arguments = words(arguments.unwrap_or_else(|| panic!("`{command}` can't be run here")));
    let output = project.command().args(arguments).output().expect("the binary runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("UTF-8");
    let lines = text.split_inclusive('\n');
    match (filter.strip_prefix("head -"), filter.strip_prefix("grep ")) {
        (Some(number), _) => lines.take(number.parse().expect("a number")).collect(),
        (_, Some(part)) => lines.filter(|line| line.contains(part)).collect(),
        _ => text,
    }
}

#[test]
fn complete_configs_in_the_docs_are_valid() {
    let block = Regex::new(r"(?s)```toml\n(.*?)```").expect("a regex");
    for page in PAGES {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a page");
        let configs = block.captures_iter(&text).map(|found| found[1].to_owned());
        for config in configs.filter(|config| config.contains("version = 1")) {
            let printed = Project::with(&[("bedrock.toml", &config)]).run(["validate"]);
            assert!(printed.ends_with("no findings\n"), "{page}: {printed}");
        }
    }
}

/// Splits a command into words like a shell; quotes are supported, escapes are not.
fn words(command: &str) -> Vec<String> {
    let word = Regex::new(r#"'([^']*)'|"([^"]*)"|(\S+)"#).expect("a regex");
    let words = word.captures_iter(command);
    words.map(|found| found.iter().skip(1).flatten().map(|part| part.as_str()).collect()).collect()
}

/// Masks times, and digests of bundles, which change with every version.
fn without_times(page: &str) -> String {
    Regex::new(r"\b\d+\.\d+ s\b|sha256:[0-9a-f]{64}\b")
        .expect("a regex")
        .replace_all(page, "[..]")
        .into_owned()
}
