//! Hidden characters in everything that a repository or a model controls: no stream for people contains one.
#![cfg(unix)]

use std::fmt::Write as _;
use std::process::Output;

use bedrock_check::diagnose::is_hidden;
use serde_json::Value;

use crate::common::Project;
use crate::demo_project::{MODEL, record_each, text_answer};

/// Characters of each class: control sequences (C0, DEL, C1), separators, bidirectional controls, joiners, fillers, soft
/// hyphens, variation selectors, tags. They would set the title, clear the screen, write to the clipboard and so on.
const CLASSES: [&str; 10] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[31m",
    "\r\u{8}\u{b}\u{c}",
    "\u{7f}",
    "\u{9b}5n\u{85}\u{9d}52;c;AAAA\u{9c}",
    "\u{2028}\u{2029}",
    "\u{202e}\u{202c}\u{2066}\u{2069}\u{200f}\u{61c}",
    "\u{200b}\u{200d}\u{2060}\u{feff}",
    "\u{ad}\u{34f}\u{115f}\u{3164}\u{180e}\u{180f}\u{fff9}",
    "\u{fe0f}\u{fe00}\u{e0101}",
    "\u{e0001}\u{e0041}\u{e007f}",
];

/// All classes in one text, between two letters.
fn hidden() -> String {
    format!("a{}z", CLASSES.concat())
}

/// `text` as a TOML string in which each character is an escape.
fn toml_escaped(text: &str) -> String {
    let mut escaped = "\"".to_owned();
    for char in text.chars() {
        write!(escaped, "\\U{:08X}", u32::from(char)).expect("writing to a string can't fail");
    }
    escaped + "\""
}

/// A project in which each name, text and answer contains `hidden`.
fn project(hidden: &str) -> Project {
    let (text, name) = (toml_escaped(hidden), format!("{}.bedrock.toml", hidden.replace('/', "")));
    // TOML allows C1 and format characters in comments and strings, but no other control characters.
    let raw: String = hidden.chars().filter(|char| !char.is_ascii_control()).collect();
    let config = MODEL
        .replace("[models.demo]\n", &format!("[models.demo]\ndescription = {text}\ntags = [\"x{raw}\"]\n"));
    let case = format!(
        "[[models.demo.cases]] # {raw}\nname = {text}\ndescription = {text}\ntags = [{text}]\nvariables = {{ prompt = {text} }}\nexpect.output_text = {{ equals = \"{raw}\" }} # {raw}\n"
    );
    let case = case.replace(&format!("tags = [{text}]\n"), "");
    let project = Project::with(&[(&name, &format!("{config}{case}"))]);
    record_each(&project, |_| Some(text_answer(&format!("{hidden} one\n{hidden}"))));
    project
        .write(&format!("invalid/{name}"), format!("version = 1 # {hidden}\nunknown-{raw} = '{raw}' {raw}"));
    project.write(
        &format!("unknown/{name}"),
        format!("version = 1\n'{raw}' = '{raw}'\n[models.'{raw}']\nregion = '{raw}'\n"),
    );
    project.write("recorded.json", format!("{{\"{raw}\": 1}}"));
    project
}

/// Checks that `output` contains no hidden character, except in the sequences that set colours.
#[track_caller]
fn check(output: &Output, context: &str) -> String {
    let mut all = String::new();
    let styles = regex::Regex::new(r"\x1b\[[0-9;]*m").expect("a regex");
    for bytes in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let plain = if context.contains("--color always") {
            styles.replace_all(&text, "")
        } else {
            text.as_str().into()
        };
        let found = plain.chars().find(|char| is_hidden(*char));
        assert_eq!(found, None, "{context}: {plain:?}");
        all.push_str(&text);
    }
    assert!(output.status.code().is_some_and(|code| code != 101), "{context}: {all}");
    all
}

/// The commands that print names, lines and answers of the [`project`], each with its arguments. `name` is the name of its config
/// and of its case.
fn commands(name: &str) -> Vec<Vec<String>> {
    let config = &format!("{name}.bedrock.toml");
    let id = &format!("demo::{name}");
    let commands: &[&[&str]] = &[
        &["validate", "."],
        &["validate", "invalid"],
        &["validate", "unknown"],
        &["validate", "--schema-only", "."],
        &["list", config],
        &["list", "invalid"],
        &["test", config, "-v"],
        &["test", config, "--report", "github"],
        &["test", config, "--report", "jsonl=run.jsonl"],
        &["test", config, "-k", name],
        &["test", "-k", "no such case", config],
        &["test", "invalid"],
        &["pending", config],
        &["diff", config],
        &["diff", name],
        &["review", config],
        &["config", "show", config, "--origin"],
        &["config", "show", "invalid"],
        &["config", "show", config, "--origin", "--profile", name],
        &["config", "show", config, "--set", &format!("models.{name}=1")],
        &["plan", config],
        &["show", "demo", config],
        &["show", name, config],
        &["map", "demo", "--infer", config],
        &["map", name, "--infer", config],
        &["import", "recorded.json", "--out", name],
        &["import", name, "--out", name],
        &["import", "recorded.json", "--case", id, "--config", config],
        &["fixtures", "scrub", "--check", config],
        &["iam", "policy", config],
        &["iam", "ticket", config],
        &["iam", "trust", config],
        &["iam", "check", "recorded.json", config],
        &["iam", "check", name, config],
        &["models", "resolve", name],
        &["models", "list", "--region", name],
        &["explain", name],
        &["schema", name],
        &["report", "--to", name, "run.jsonl"],
        &["report", "--to", "markdown", name],
        &["bundle", "verify", name],
        &["bundle", "--output", &format!("{name}.zip"), config],
        &["bundle", "verify", &format!("{name}.zip")],
        &["doctor", name, config],
        &["invoke", name, "--config", config],
        &["accept", name, config],
        &["accept", config],
        &["test", config],
        &[name],
        &["test", &format!("--{name}")],
        &["test", "--mode", name],
    ];
    let owned = |arguments: &&[&str]| arguments.iter().map(|argument| (*argument).to_owned()).collect();
    commands.iter().map(owned).collect()
}

#[test]
fn no_command_prints_a_hidden_character() {
    let project = project(&hidden());
    let mut printed = Vec::new();
    for color in ["never", "always"] {
        for arguments in commands(&hidden()) {
            let mut command = project.command();
            let output = command.args(&arguments).args(["--color", color]).output().expect("the binary runs");
            printed.push(check(&output, &format!("{arguments:?} --color {color}")));
        }
    }
    // The commands did print the names, the lines of the files and the answers.
    let printed = printed.concat();
    for expected in
        ["\\u{1b}[2J", "\\u{9b}5n", "\\u{202e}", "\\u{2028}", "\\u{e0041}", "\\u{fe0f}", "\\u{7f}", "^"]
    {
        assert!(printed.contains(expected), "{expected}");
    }
}

/// No name, text or answer begins a line of its own, where it would look like the output of the tool.
#[test]
fn no_command_prints_a_line_that_a_name_forges() {
    let forged = "a\nFORGED error\r\nFORGED";
    let project = project(forged);
    let mut seen = 0;
    for arguments in commands(forged) {
        let output = project.command().args(&arguments).output().expect("the binary runs");
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            // A usage error repeats what the user typed.
            if text.contains("For more information, try '--help'") {
                continue;
            }
            let line = text.lines().find(|line| line.starts_with("FORGED"));
            assert_eq!(line, None, "{arguments:?}: {text}");
            seen += text.matches("FORGED").count();
        }
    }
    assert!(seen > 40, "only {seen} names were printed");
}

#[test]
fn a_settings_file_with_hidden_characters_is_reported_without_them() {
    for class in CLASSES {
        let project = Project::with(&[("bedrock.toml", MODEL)]);
        for settings in [
            format!("x = 1 # {class}"),
            format!("'x{class}' = '{class}'"),
            format!("mode = {}", toml_escaped(class)),
        ] {
            project.write("bedrock-check.toml", &settings);
            for color in ["never", "always"] {
                let output = project.output(&["validate", "--color", color]);
                let printed = check(&output, &format!("{settings:?} --color {color}"));
                assert!(printed.contains("bedrock-check.toml"), "{printed}");
            }
        }
    }
}

#[test]
fn no_report_contains_a_hidden_character() {
    let project = project(&hidden());
    let output = project.output(&["test", "--report", "jsonl=run.jsonl"]);
    check(&output, "test");
    let lines: Vec<String> = project.read("run.jsonl").lines().map(with_hidden_texts).collect();
    project.write("run.jsonl", lines.join("\n") + "\n");
    for format in ["markdown", "pr-comment", "junit", "tap", "sarif", "html", "github"] {
        for previous in [&[] as &[&str], &["--previous", "run.jsonl"]] {
            let args = [&["report", "--to", format, "run.jsonl"], previous].concat();
            let output = project.output(&args);
            let printed = check(&output, &format!("{args:?}"));
            assert!(printed.contains("\\u{9b}") || printed.contains("\\\\u{9b}"), "{format}: {printed}");
        }
    }
}

/// A line of JSON Lines in which all texts end with hidden characters, except those that must be known words.
fn with_hidden_texts(line: &str) -> String {
    fn change(value: &mut Value, name: &str) {
        match value {
            Value::String(text) if !["type", "mode", "kind", "operation", "outcome"].contains(&name) => {
                text.push_str(&hidden());
            }
            Value::Array(items) => items.iter_mut().for_each(|item| change(item, name)),
            Value::Object(members) => members.iter_mut().for_each(|(name, value)| change(value, name)),
            _ => (),
        }
    }
    let mut record = serde_json::from_str(line).expect("JSON");
    change(&mut record, "");
    record.to_string()
}
