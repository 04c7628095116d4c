//! `--shard M/N` runs a part of the cases, and `report` merges the parts.

use insta::assert_snapshot;
use serde_json::Value;

use crate::common::Project;
use crate::demo_project::{project, record_each, text_answer};

/// Seven cases, of which one fails.
fn seven() -> Project {
    let names: Vec<String> = (1..=7).map(|number| format!("case {number}")).collect();
    let more = |name: &str| {
        let word = if name == "case 5" { "Good day" } else { "Hello" };
        format!("snapshot = false\nexpect.output_text.contains = {word:?}")
    };
    let cases: Vec<(&str, String)> = names.iter().map(|name| (name.as_str(), more(name))).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|(name, more)| (*name, more.as_str())).collect();
    let project = project(&cases);
    record_each(&project, |_| Some(text_answer("Hello!")));
    project
}

/// Runs all `of` shards of `project`, each with the report `INDEX.jsonl`; returns their exit codes.
fn run(project: &Project, of: usize) -> Vec<Option<i32>> {
    let runs = (1..=of).map(|index| {
        let (shard, report) = (format!("{index}/{of}"), format!("jsonl={index}.jsonl"));
        project.output(&["test", "-qq", "--shard", &shard, "--report", &report]).status.code()
    });
    runs.collect()
}

fn listed(project: &Project, args: &[&str]) -> Vec<String> {
    let output = project.command().arg("list").args(args).output().expect("it runs");
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn shards_contain_every_case_once_and_are_even() {
    let project = seven();
    let parts = ["1/3", "2/3", "3/3"].map(|shard| listed(&project, &["--shard", shard]));
    assert_eq!(parts.each_ref().map(Vec::len), [3, 2, 2]);
    let mut all = parts.concat();
    all.sort();
    assert_eq!(all, listed(&project, &[]));
}

#[test]
fn shards_are_made_of_the_selected_cases() {
    let project = seven();
    let args = |shard| ["-k", "/case [1-4]/", "--shard", shard];
    assert_eq!(listed(&project, &args("1/2")), ["demo::case 1", "demo::case 3"]);
    assert_eq!(listed(&project, &args("2/2")), ["demo::case 2", "demo::case 4"]);
}

#[test]
fn merged_shards_are_the_whole_run() {
    let project = seven();
    project.output(&["test", "-qq", "--report", "jsonl=whole.jsonl", "--report", "junit=whole.xml"]);
    assert_eq!(run(&project, 3), [Some(0), Some(1), Some(0)]);
    let junit =
        project.run(["report", "1.jsonl", "2.jsonl", "3.jsonl", "--to", "junit", "--output", "out.xml"]);
    assert_eq!(junit, "exit 0\n");
    let sorted = |text: String, what: &str| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.contains(what)).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let cases = sorted(project.read("out.xml"), "<testcase ");
    assert_eq!(cases.len(), 7);
    assert_eq!(cases, sorted(project.read("whole.xml"), "<testcase "));
    let lines = project.output(&["report", "1.jsonl", "2.jsonl", "3.jsonl", "--to", "jsonl"]).stdout;
    let lines = String::from_utf8(lines).expect("UTF-8");
    assert_eq!(sorted(lines, r#""type":"case""#), sorted(project.read("whole.jsonl"), r#""type":"case""#));
    let start: Value =
        serde_json::from_str(project.read("2.jsonl").lines().next().expect("a line")).expect("JSON");
    assert_eq!(start["shard"], serde_json::json!({ "index": 2, "of": 3 }));
}

#[test]
fn a_missing_shard_is_reported() {
    let project = seven();
    run(&project, 3);
    let printed = project.run(["report", "1.jsonl", "3.jsonl", "--to", "junit", "--output", "out.xml"]);
    assert_snapshot!(printed, @"
    exit 3
    --- stderr
    error: shard 2 of 3 is missing
    ");
}

#[test]
fn missing_shards_are_listed_as_ranges_and_duplicates_are_reported() {
    let project = seven();
    run(&project, 7);
    let printed =
        project.run(["report", "4.jsonl", "2.jsonl", "4.jsonl", "--to", "junit", "--output", "out.xml"]);
    assert_snapshot!(printed, @"
    exit 3
    --- stderr
    error: shard 1 of 7 is missing
    error: shard 3 of 7 is missing
    error: shards 5 to 7 of 7 are missing
    error: shard 4 of 7 is present 2 times, so its cases are counted 2 times
    ");
    // A huge count gives one short message.
    let many = project.read("1.jsonl").replace("\"of\":7", &format!("\"of\":{}", u64::MAX));
    project.write("many.jsonl", many);
    let printed = project.run(["report", "many.jsonl", "--to", "tap", "--output", "out.tap"]);
    let range = "error: shards 2 to 18446744073709551615 of 18446744073709551615 are missing\n";
    assert_eq!(printed, format!("exit 3\n--- stderr\n{range}"));
}

#[test]
fn a_shard_without_a_case_is_no_error() {
    let project = seven();
    let printed = project.run(["test", "-k", "case 1", "--shard", "2/2", "--report", "jsonl=out.jsonl"]);
    assert_snapshot!(printed, @"
    exit 0
    --- stdout
      ──────
      0 cases; 6 not selected; 1 in other shards   [TIME]
    ");
    assert_eq!(project.output(&["list", "-k", "case 1", "--shard", "2/2"]).status.code(), Some(0));
    // It is an error if the filter matches no case of any shard.
    assert_eq!(project.output(&["test", "-k", "nothing", "--shard", "2/2"]).status.code(), Some(4));
}

#[test]
fn an_invalid_config_is_reported_by_every_shard() {
    let project = seven();
    project.write("bedrock.toml", project.read("bedrock.toml").replace("region = ", "regoin = "));
    assert_eq!(run(&project, 2), [Some(2), Some(2)]);
    let printed = project.run(["report", "1.jsonl", "2.jsonl", "--to", "tap", "--output", "out.tap"]);
    assert_eq!(printed, "exit 0\n");
}

#[test]
fn files_of_other_shards_are_not_unreferenced() {
    let project = seven();
    project.write("fixtures/demo/old.json", project.read("fixtures/demo/case-1.json"));
    let args = ["test", "-qq", "--shard", "1/3", "--unreferenced", "delete"];
    assert_eq!(project.output(&args).status.code(), Some(0));
    assert_eq!(project.tree().iter().filter(|path| path.ends_with(".json")).count(), 8);
    let args = ["test", "--shard", "1/3", "--unreferenced", "reject"];
    let printed = project.run(args);
    assert!(printed.contains("`fixtures/demo/old.json` belongs to no case"), "{printed}");
    assert!(!printed.contains("case-"), "{printed}");
}

#[test]
fn an_invalid_shard_is_rejected() {
    let project = seven();
    assert_snapshot!(project.run(["test", "--shard", "4/3"]), @"
    exit 2
    --- stderr
    error: invalid value '4/3' for '--shard <M/N>': expected `M/N`, the part M from 1 to N, such as `2/3`

    For more information, try '--help'.
    ");
    assert_eq!(project.output(&["list", "--shard", "0/3"]).status.code(), Some(2));
    assert_eq!(project.output(&["plan", "--shard", "1"]).status.code(), Some(2));
}
