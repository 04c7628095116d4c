//! TAP 14. `tests/support/reports.sh` reads the reports that these tests save with a TAP parser.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, HOSTILE, project, record_each, text_answer};

/// The report of a run. It is also saved for the TAP parser, with the line of verdicts that the parser must print.
fn tap(project: &Project, name: &str, verdicts: &str) -> String {
    project.run(["test", "--check", "--fail-fast", "-j", "1", "--report", "tap=out.tap"]);
    let text = project.read("out.tap");
    demo_project::save_report(&format!("{name}.tap"), &text);
    demo_project::save_report(&format!("{name}.tap.verdicts"), verdicts);
    text
}

#[test]
fn cases_are_test_points_with_their_findings() {
    let warns = "severity = \"warn\"\nsnapshot = false\nexpect.output_text.contains = \"x\"";
    let fails = "snapshot = false\nexpect.output_text.contains = \"x\"";
    let cases = [
        ("passes", "snapshot = false\nexpect.output_text.contains = \"H\""),
        ("warns # 1", warns),
        ("fails", fails),
        ("late", ""),
    ];
    let project = project(&cases);
    record_each(&project, |_| Some(text_answer("Hello!")));
    assert_snapshot!(tap(&project, "run", "count=4 pass=2 fail=2 todo=1 skip=1 ok=false"), @r#"
    TAP version 14
    1..4
    ok 1 - demo::passes
    not ok 2 - demo::warns \# 1 # TODO this case only warns
      ---
      outcome: "fail"
      at: "bedrock.toml:22:8"
      findings: [{"code":"expectation-failed","severity":"warning","message":"`output_text`: expected a string that contains `x`, found `Hello!`","at":"bedrock.toml:26:31","notes":["recorded in fixtures/demo/warns-1.json"],"help":"correct the expectation, or record the case again"}]
      ...
    not ok 3 - demo::fails
      ---
      outcome: "fail"
      at: "bedrock.toml:28:8"
      findings: [{"code":"expectation-failed","severity":"error","message":"`output_text`: expected a string that contains `x`, found `Hello!`","at":"bedrock.toml:31:31","notes":["recorded in fixtures/demo/fails.json"],"help":"correct the expectation, or record the case again"}]
      ...
    ok 4 - demo::late # SKIP the run ended before this case
    "#);
}

#[test]
fn an_invalid_config_is_a_failing_test_point() {
    let project = demo_project::accepted();
    project.write("bedrock.toml", project.read("bedrock.toml").replace("us-east-1", "us-east"));
    assert_snapshot!(tap(&project, "invalid", "count=1 pass=0 fail=1 todo=0 skip=0 ok=false"), @r#"
    TAP version 14
    1..1
    not ok 1 - invalid-value bedrock.toml:6:10
      ---
      findings: [{"code":"invalid-value","severity":"error","message":"`region`: expected an AWS Region, such as `us-east-1`, found `us-east`","at":"bedrock.toml:6:10","notes":[],"help":null}]
      ...
    "#);
}

#[test]
fn answers_are_escaped_in_tap() {
    let project = demo_project::hostile();
    let text = tap(&project, "hostile", "count=1 pass=0 fail=1 todo=0 skip=0 ok=false");
    assert_eq!(text.lines().filter(|line| line.trim_start().starts_with("ok ")).count(), 0, "{text}");
    assert!(
        HOSTILE
            .chars()
            .filter(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'))
            .all(|c| !text.contains(c))
    );
}
