//! The examples on the pages of `explain`: the wrong example gives exactly its code, the right one doesn't give it.

use std::collections::BTreeSet;

use bedrock_check::diagnose::Code;
use regex::Regex;
use serde_json::Value;

use crate::common::Project;
use crate::demo_project::{self, MODEL, record_each, text_answer};

/// The case that TOML examples are merged with.
const CASE: &str = "[[models.demo.cases]]\nname = \"greeting\"\nvariables = { prompt = \"Say hello\" }\n";

/// Files that examples refer to.
const COMPANIONS: [(&str, &str); 2] =
    [("prompts/long.txt", "Say hello at length"), ("cases.csv", "prompt\nSay hello\n")];

/// An example of a page: its language and its text.
struct Example {
    language: String,
    text: String,
}

/// The `wrong` or `right` example on the page of a code.
fn example(code: Code, kind: &str) -> Example {
    let block = Regex::new(&format!(r"(?s)```(\w+) {kind}\n(.*?)```")).expect("a regex");
    let found: Vec<_> = block.captures_iter(code.explanation()).collect();
    assert_eq!(found.len(), 1, "`{code}` has one {kind} example");
    Example { language: found[0][1].to_owned(), text: found[0][2].to_owned() }
}

/// The codes whose wrong example is written in `language`, with both examples.
fn pages(language: &str) -> impl Iterator<Item = (Code, String, String)> {
    let pages = Code::ALL.iter().map(|code| (*code, example(*code, "wrong"), example(*code, "right")));
    let pages = pages.filter(move |(_, wrong, _)| wrong.language == language);
    pages.map(|(code, wrong, right)| (code, wrong.text, right.text))
}

/// The base config merged with `fragment`: tables are merged, arrays replaced.
fn merge_with_base(fragment: &str) -> String {
    if fragment.starts_with("# whole file\n") {
        return fragment.to_owned();
    }
    let base: Value = toml::from_str(&format!("{MODEL}{CASE}")).expect("TOML");
    let fragment: Value = toml::from_str(fragment).unwrap_or_else(|error| panic!("{fragment}{error}"));
    let merged = merged(base, fragment);
    let tables = merged.as_object().into_iter().flatten();
    let lines: Vec<String> = tables.map(|(key, value)| format!("{key} = {}", written(value))).collect();
    lines.join("\n")
}

fn merged(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (key, value) in above {
                let value = match below.remove(&key) {
                    Some(old) => merged(old, value),
                    None => value,
                };
                below.insert(key, value);
            }
            Value::Object(below)
        }
        (_, above) => above,
    }
}

/// A value as TOML; JSON's strings and numbers are also valid in TOML.
fn written(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let members = table
                .iter()
                .map(|(key, value)| format!("{} = {}", Value::from(key.as_str()), written(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        plain => plain.to_string(),
    }
}

fn project(config: &str) -> Project {
    let project = Project::with(&COMPANIONS);
    project.write("bedrock.toml", config);
    project
}

/// The codes of all findings of `validate`.
fn validated(project: &Project) -> BTreeSet<String> {
    let output = project.command().args(["validate", "--format", "json"]).output();
    let document = output.expect("the binary runs").stdout;
    let document: Value = serde_json::from_slice(&document).expect("a document");
    codes(&document)
}

/// The codes of all findings of `test`.
fn run(project: &Project) -> BTreeSet<String> {
    let output = project.command().args(["test", "--report", "jsonl=-"]).output().expect("the binary runs");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    lines.flat_map(|line| codes(&line)).collect()
}

fn codes(document: &Value) -> BTreeSet<String> {
    let findings = document["findings"].as_array().into_iter().flatten();
    findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

/// The codes for a config with one recorded answer: those of `validate`, or of `test` if `validate` has none.
fn reported_codes(project: &Project, code: Code) -> BTreeSet<String> {
    let mut validated = validated(project);
    // The run reports a predicted mapping mismatch again, with the code that fits the actual response.
    if code != Code::MappingImpossible {
        validated.remove(Code::MappingImpossible.id());
    }
    if validated.is_empty() { run(project) } else { validated }
}

#[track_caller]
fn assert_only(code: Code, reported: &BTreeSet<String>) {
    assert_eq!(reported.iter().collect::<Vec<_>>(), [code.id()], "the wrong example of `{code}`");
}

#[test]
fn toml_examples_give_the_code_only_if_wrong() {
    for (code, wrong, right) in pages("toml") {
        let base = project(&merge_with_base(""));
        record_each(&base, |_| Some(text_answer("Hello!")));
        base.write("bedrock.toml", merge_with_base(&wrong));
        assert_only(code, &reported_codes(&base, code));
        let right = project(&merge_with_base(&right));
        record_each(&right, |_| Some(text_answer("Hello!")));
        let printed = right.run(["validate"]);
        assert!(printed.starts_with("exit 0\n"), "the right example of `{code}`: {printed}");
        assert!(!reported_codes(&right, code).contains(code.id()), "the right example of `{code}`");
    }
}

#[test]
fn fixture_examples_give_the_code_only_if_wrong() {
    let titan = "[models.demo]\nmodel_id = \"amazon.titan-text-lite-v1\"\nrequest.body = '{ \"inputText\": \"{{prompt}}\" }'\n";
    let config = merge_with_base(titan).replace("$.content[0].text", "$.results[0].outputText");
    let config = config.replace(
        r#", "input_tokens" = "$.usage.input_tokens", "output_tokens" = "$.usage.output_tokens""#,
        "",
    );
    for (code, wrong, right) in pages("json").filter(|(code, ..)| !is_of_policies(*code)) {
        let project = project(&config);
        // Titan is retired.
        project.write("bedrock-check.toml", "severity.model-ended = \"off\"\n");
        project.write("fixtures/demo/greeting.json", wrong);
        assert_only(code, &reported_codes(&project, code));
        project.write("fixtures/demo/greeting.json", right);
        let printed = project.run(["test", "--accept"]);
        assert!(printed.starts_with("exit 0\n"), "the right example of `{code}`: {printed}");
    }
}

fn is_of_policies(code: Code) -> bool {
    ["policy-", "trust-"].iter().any(|start| code.id().starts_with(start))
}

/// The codes of `iam check` for a permission or trust policy.
fn checked(project: &Project, code: Code, policy: &str) -> BTreeSet<String> {
    let written = project.output(&["iam", "policy"]);
    project.write("policy.json", written.stdout);
    let file = if code.id().starts_with("trust-") { "trust.json" } else { "policy.json" };
    project.write(file, policy);
    let mut args = vec!["iam", "check", "policy.json", "--format", "json"];
    if file == "trust.json" {
        args.extend(["--trust", file]);
    }
    codes(&serde_json::from_slice(&project.output(&args).stdout).expect("a document"))
}

#[test]
fn policy_examples_give_the_code_only_if_wrong() {
    let trust =
        "trusted_principal = \"arn:aws:iam::999999999999:root\"\nexternal_id = \"kore-1\"\n[models.demo]";
    let config = format!("{MODEL}{CASE}").replacen("[models.demo]", trust, 1);
    for (code, wrong, right) in pages("json").filter(|(code, ..)| is_of_policies(*code)) {
        let project = project(&config);
        assert_only(code, &checked(&project, code, &wrong));
        assert_eq!(checked(&project, code, &right), BTreeSet::new(), "the right example of `{code}`");
    }
}

#[test]
fn snapshot_examples_give_the_code_only_if_wrong() {
    let path = "snapshots/demo__greeting.snap";
    for (code, wrong, right) in pages("text").filter(|(code, ..)| code.id().starts_with("snapshot-")) {
        let project = demo_project::accepted();
        let accepted = project.read(path);
        let lines = |text: &str| text.lines().flat_map(|line| [line.trim_start(), "\n"]).collect::<String>();
        let within = |text: &str| accepted.replace("output_tokens: 6\n", &lines(text));
        let files = match code {
            Code::SnapshotInvalid => [wrong, right],
            Code::SnapshotConflict => [within(&wrong), within(&right)],
            _ => continue,
        };
        project.write(path, &files[0]);
        assert_only(code, &run(&project));
        project.write(path, &files[1]);
        assert!(!run(&project).contains(code.id()), "the right example of `{code}`");
    }
}

/// The output of the first command line of an example; text after two spaces is a remark.
fn commanded(project: &Project, example: &str) -> String {
    let line = example.lines().find_map(|line| line.strip_prefix("$ ")).expect("a command");
    let line = line.split("  ").next().unwrap_or_default();
    let mut command = project.command();
    for word in line.split(' ') {
        match word.split_once('=') {
            Some((variable, value)) if variable.starts_with("BEDROCK_CHECK_") => command.env(variable, value),
            _ if word == "bedrock-check" => &mut command,
            _ => command.arg(word),
        };
    }
    project.run_command(&mut command)
}

#[test]
fn command_examples_give_the_code_only_if_wrong() {
    let config = format!("{MODEL}{CASE}[profile.production.models.demo]\nregion = \"eu-west-1\"\n");
    let pages = pages("text").filter(|(_, wrong, _)| wrong.starts_with("$ "));
    for (code, wrong, right) in pages.filter(|(code, ..)| *code != Code::FileUnwritable) {
        let other = Project::with(&[("models/claude.toml", &config)]);
        let project =
            Project::with(&[("models/claude.bedrock.toml", &config), ("models/claude.toml", &config)]);
        let printed = commanded(if code == Code::NoConfig { &other } else { &project }, &wrong);
        assert!(printed.contains(&format!("[{code}]")), "the wrong example of `{code}`: {printed}");
        let printed = commanded(&project, &right);
        assert!(!printed.contains(&format!("[{code}]")), "the right example of `{code}`: {printed}");
    }
}

#[test]
fn the_base_config_of_the_examples_is_valid() {
    let project = project(&merge_with_base(""));
    record_each(&project, |_| Some(text_answer("Hello!")));
    project.run(["test", "--accept"]);
    assert_eq!(reported_codes(&project, Code::MappingImpossible), BTreeSet::new());
}
