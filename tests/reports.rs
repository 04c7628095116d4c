//! Reports: their destinations and contents, and that the same run gives the same bytes.

use std::fs;

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, project, record_each, text_answer};

const CASES: usize = 200;

/// Many cases with mixed outcomes.
fn many() -> Project {
    let names: Vec<String> = (0..CASES).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let more = if number % 5 == 1 { "expect.output_text.contains = \"3\"" } else { "" };
            (name.as_str(), more)
        })
        .collect();
    let project = project(&cases);
    let number =
        |id: &str| id.rsplit(' ').next().and_then(|number| number.parse::<usize>().ok()).expect("a number");
    let answer =
        |id: &str| (number(id) % 7 != 3).then(|| text_answer(&"many words ".repeat(1 + number(id) % 90)));
    record_each(&project, answer);
    project.run(["test", "--accept", "-qq", "-k", "/ .*[02468]$/"]);
    let changed = |id: &str| (number(id) % 11 == 4).then(|| text_answer("something else"));
    record_each(&project, changed);
    project
}

/// The output, the JUnit report and the JSON Lines of a run.
fn reports(project: &Project, jobs: &str) -> [String; 3] {
    let mut command = project.command();
    command.args(["test", "--check", "-j", jobs, "--report", "junit=out.xml", "--report", "jsonl=out.jsonl"]);
    let printed = project.run_command(&mut command);
    [printed, project.read("out.xml"), project.read("out.jsonl")]
}

#[test]
fn reports_do_not_depend_on_the_order_of_threads() {
    let project = many();
    let expected = reports(&project, "1");
    assert!(expected[0].contains("snapshots differ"), "{}", expected[0]);
    for jobs in ["8", "8", "3", "200"] {
        let printed = reports(&project, jobs);
        for (printed, expected) in printed.iter().zip(&expected) {
            assert!(printed == expected, "-j {jobs}");
        }
    }
    let summary = expected[0].lines().find(|line| line.contains("200 cases:")).unwrap_or_default();
    assert_snapshot!(summary, @"  200 cases: 61 passed, 36 failed, 7 snapshots differ, 69 new, 27 not recorded   [TIME]");
}

#[test]
fn snapshots_do_not_depend_on_the_order_of_threads() {
    let files = |jobs: &str| {
        let project = many();
        project.run(["test", "--update", "force", "-qq", "-j", jobs]);
        let paths = project.tree().into_iter();
        paths.map(|path| (project.read(&path), path)).collect::<Vec<_>>()
    };
    assert!(files("1") == files("8"));
}

#[test]
fn reports_create_missing_folders() {
    let project = demo_project::accepted();
    let printed =
        project.run(["test", "-qq", "--report", "junit=a/b/out.xml", "--report", "jsonl=./c/out.jsonl"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    let reports: Vec<String> = project.tree().into_iter().filter(|path| path.contains("out.")).collect();
    assert_eq!(reports, ["a/b/out.xml", "c/out.jsonl"]);
}

#[test]
fn json_lines_are_the_only_text_on_standard_output() {
    let project = demo_project::accepted();
    fs::remove_file(project.path().join("snapshots/demo__greeting.snap")).expect("it is there");
    assert_snapshot!(project.run(["test", "--report", "jsonl=-"]), @r#"
    exit 5
    --- stdout
    {"type":"start","version":1,"mode":"replay","cases":1,"files":1}
    {"type":"case","id":"demo::greeting","model":"demo","config":"bedrock.toml","at":{"path":"bedrock.toml","start":{"line":17,"column":8},"end":{"line":17,"column":18}},"outcome":"new","warns":false,"mapped":{"output_text":"Hello!","input_tokens":9,"output_tokens":6},"snapshot":"pending","findings":[{"code":"snapshot-new","severity":"error","message":"`demo::greeting` has no accepted snapshot yet","at":{"path":"bedrock.toml","start":{"line":17,"column":8},"end":{"line":17,"column":18},"text":""},"related":[],"notes":["snapshots/demo__greeting.snap\noutput_text: Hello!\ninput_tokens: 9\noutput_tokens: 6"],"help":"if the output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept`","rendered":"error[snapshot-new]: `demo::greeting` has no accepted snapshot yet\n  --> bedrock.toml:17:8\n   |\n17 | name = \"greeting\"\n   |        ^^^^^^^^^^\n   |\n   = note: snapshots/demo__greeting.snap\n           output_text: Hello!\n           input_tokens: 9\n           output_tokens: 6\n   = help: if the output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept`\n"}],"exchange":{"operation":"InvokeModel","region":"us-east-1","model_id":"global.anthropic.claude-haiku-4-5-20251001-v1:0","request":{"headers":{},"body":{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Say greeting"}]}},"response":{"status":200,"headers":{},"body":{"role":"assistant","content":[{"type":"text","text":"Hello!"},{"type":"text","text":"Bye."}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":6}}},"origins":{"input_tokens":{"body":["/usage/input_tokens"]},"output_text":{"body":["/content/0/text"]},"output_tokens":{"body":["/usage/output_tokens"]}},"input_tokens":9,"output_tokens":6,"latency_ms":null,"cost_usd":0.000039}}
    {"type":"end","cases":1,"deselected":0,"disabled":0,"excluded":0,"lowered":0,"allowed":0,"outcomes":{"pass":0,"fail":0,"differs":0,"new":1,"stale":0,"missing":0,"error":0,"skipped":0},"snapshots":{"accepted":0,"pending":1},"unreferenced":0,"refused":0,"interrupted":false}
    --- stderr
      replay   1 case in 1 file
      NEW      demo::greeting   (waits for review)

    error[snapshot-new]: `demo::greeting` has no accepted snapshot yet
      --> bedrock.toml:17:8
       |
    17 | name = "greeting"
       |        ^^^^^^^^^^
       |
       = note: snapshots/demo__greeting.snap
               output_text: Hello!
               input_tokens: 9
               output_tokens: 6
       = help: if the output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept`

      ──────
      1 case: 1 new; 1 waiting for review   [TIME]
      next: `bedrock-check review` shows the pending snapshots one by one
    "#);
    let printed = project.run(["test", "--report", "jsonl=-", "-qq"]);
    assert_snapshot!(printed.split("--- stderr\n").nth(1).unwrap_or_default(), @"  1 case: 1 new; 1 waiting for review   [TIME]");
}

#[test]
fn json_lines_are_empty_for_an_invalid_config() {
    let project = demo_project::accepted();
    project.write("bedrock.toml", project.read("bedrock.toml").replace("us-east-1", "us-east"));
    assert_snapshot!(project.run(["test", "--report", "jsonl=-"]), @r#"
    exit 2
    --- stdout
    {"type":"start","version":1,"mode":"replay","cases":0,"files":1}
    {"type":"finding","finding":{"code":"invalid-value","severity":"error","message":"`region`: expected an AWS Region, such as `us-east-1`, found `us-east`","at":{"path":"bedrock.toml","start":{"line":6,"column":10},"end":{"line":6,"column":19},"text":""},"related":[],"notes":[],"help":null,"rendered":"error[invalid-value]: `region`: expected an AWS Region, such as `us-east-1`, found `us-east`\n --> bedrock.toml:6:10\n  |\n6 | region = \"us-east\"\n  |          ^^^^^^^^^\n"}}
    {"type":"end","cases":0,"deselected":0,"disabled":0,"excluded":0,"lowered":0,"allowed":0,"outcomes":{"pass":0,"fail":0,"differs":0,"new":0,"stale":0,"missing":0,"error":0,"skipped":0},"snapshots":{"accepted":0,"pending":0},"unreferenced":0,"refused":1,"interrupted":false}
    --- stderr
    error[invalid-value]: `region`: expected an AWS Region, such as `us-east-1`, found `us-east`
     --> bedrock.toml:6:10
      |
    6 | region = "us-east"
      |          ^^^^^^^^^

    1 error: no case ran
    "#);
}

#[test]
fn an_unwritable_report_does_not_prevent_the_others() {
    let project = demo_project::accepted();
    fs::create_dir(project.path().join("taken")).expect("a folder");
    assert_snapshot!(project.run(["test", "--report", "jsonl=taken", "--report", "junit=out.xml"]), @"
    exit 3
    --- stdout
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    --- stderr
    error: can't write `taken`: is a directory
    ");
    assert!(project.read("out.xml").contains("demo::greeting"));
}

#[test]
fn a_report_replaces_the_one_before() {
    let project = demo_project::accepted();
    project.write("out.xml", "old");
    project.run(["test", "--report", "junit=out.xml"]);
    assert!(project.read("out.xml").starts_with("<?xml"));
    let leftovers = project.tree().into_iter().filter(|path| path.contains("tmp"));
    assert_eq!(leftovers.count(), 0);
}

#[test]
fn answers_are_escaped_in_xml() {
    let project = demo_project::hostile();
    project.run(["test", "--check", "-qq", "--report", "junit=out.xml"]);
    let xml = project.read("out.xml");
    demo_project::save_report("hostile.junit.xml", &xml);
    assert_eq!((xml.matches("<testcase").count(), xml.matches("<img").count()), (1, 0), "{xml}");
    assert!(xml.contains("\\u{1b}[31mred\\u{7}\\u{202e}"), "{xml}");
}

#[test]
fn an_invalid_report_flag_is_reported_before_the_run() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["test", "--report", "pdf=out.pdf"]), @"
    exit 2
    --- stderr
    error: the report `pdf=out.pdf`: there is no format `pdf`
      = help: the formats are `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html`, `pr-comment` or `github`
    ");
    assert_snapshot!(project.run(["test", "--report", "junit"]), @"
    exit 2
    --- stderr
    error: the report `junit`: expected `FORMAT=PATH`
      = help: write `jsonl=PATH`, `junit=PATH`, `sarif=PATH`, `tap=PATH`, `markdown=PATH`, `html=PATH`, `pr-comment=PATH` or `github`; `-` is standard output
    ");
    assert_snapshot!(project.run(["test", "--report", "junit=-"]), @r#"
    exit 0
    --- stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="bedrock-check" tests="1" failures="0" errors="0">
        <testsuite name="bedrock.toml" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="demo::greeting" classname="demo"/>
        </testsuite>
    </testsuites>
    --- stderr
      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    "#);
    assert_snapshot!(project.run(["test", "--report", "jsonl=-", "--report", "jsonl=-"]), @"
    exit 2
    --- stderr
    error: the report `jsonl=-`: another report goes to standard output
      = help: give each report a path of its own
    ");
}

#[test]
fn settings_name_reports_and_flags_replace_them() {
    let project = demo_project::accepted();
    project.write("bedrock-check.toml", "report = [\"junit=set.xml\"]\n");
    project.run(["test"]);
    assert!(project.tree().contains(&"set.xml".to_owned()));
    fs::remove_file(project.path().join("set.xml")).expect("it is there");
    project.run(["test", "--report", "junit=flag.xml"]);
    assert!(
        project.tree().contains(&"flag.xml".to_owned()) && !project.tree().contains(&"set.xml".to_owned())
    );
}

#[test]
fn control_characters_in_answers_are_escaped_in_reports() {
    let project = project(&[("greeting", "expect.output_text.contains = \"x\"")]);
    record_each(&project, |_| Some(text_answer("\u{1b}[31mred\u{7} \u{0} ]]> & <b>")));
    let printed = project.run(["test", "-v", "--report", "junit=out.xml", "--report", "jsonl=out.jsonl"]);
    for text in [&printed, &project.read("out.xml"), &project.read("out.jsonl")] {
        let raw = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(raw, None, "{text}");
    }
    assert_snapshot!(printed, @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      FAIL     demo::greeting
               output_text = "\u001b[31mred\u0007 \u0000 ]]> & <b>"
               input_tokens = 9
               output_tokens = 21

    error[expectation-failed]: `output_text`: expected a string that contains `x`, found `\u{1b}[31mred\u{7} \u{0} ]]> & <b>`
      --> bedrock.toml:19:31
       |
    17 | name = "greeting"
       |        ---------- in `demo::greeting`
    18 | variables = { prompt = "Say greeting" }
    19 | expect.output_text.contains = "x"
       |                               ^^^
       |
       = note: recorded in fixtures/demo/greeting.json
       = help: correct the expectation, or record the case again

      ──────
      1 case: 1 failed   [TIME]
    "#);
}
