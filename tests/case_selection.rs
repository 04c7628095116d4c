//! Selecting cases, and stopping a run early.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, MODEL, case, project};

/// Two files with a model each; models and cases have tags.
fn tagged() -> Project {
    let model = MODEL.replace("region =", "tags = [\"slow\"]\nregion =");
    let cases = [
        case("greeting", "tags = [\"smoke\"]"),
        case("long story", ""),
        case("short story", "tags = [\"smoke\", \"fast\"]"),
    ];
    let other = |text: String| text.replace("models.demo", "models.demo-eu");
    Project::with(&[
        ("a.bedrock.toml", &format!("{MODEL}{}", cases.concat())),
        ("b.bedrock.toml", &other(format!("{model}{}", cases.concat()))),
    ])
}

/// Checks which cases `list` with `args` prints.
#[track_caller]
fn check(args: &[&str], expected: &[&str]) {
    let project = tagged();
    let output = project.command().arg("list").args(args).output().expect("it runs");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected, "{args:?}");
    assert_eq!(output.status.code(), Some(if expected.is_empty() { 4 } else { 0 }), "{args:?}");
}

#[test]
fn cases_are_selected_by_a_part_of_their_id() {
    check(&["-k", "greet"], &["demo::greeting", "demo-eu::greeting"]);
    check(&["-k", "GREET"], &["demo::greeting", "demo-eu::greeting"]);
    check(&["-k", "demo::"], &["demo::greeting", "demo::long story", "demo::short story"]);
    check(
        &["-k", "long", "-k", "demo::short"],
        &["demo::long story", "demo::short story", "demo-eu::long story"],
    );
    check(&["--filter", "nothing"], &[]);
}

#[test]
fn cases_are_selected_by_a_glob_over_the_whole_id() {
    check(&["-k", "demo::* story"], &["demo::long story", "demo::short story"]);
    check(&["-k", "*-eu::*"], &["demo-eu::greeting", "demo-eu::long story", "demo-eu::short story"]);
    check(&["-k", "demo{,-eu}::greet?ng"], &["demo::greeting", "demo-eu::greeting"]);
    check(&["-k", "greet*"], &[]);
}

#[test]
fn cases_are_selected_by_a_regular_expression() {
    check(&["-k", "/story$/", "--model", "demo"], &["demo::long story", "demo::short story"]);
    check(&["-k", "/^demo::[gl]/"], &["demo::greeting", "demo::long story"]);
}

#[test]
fn models_and_tags_narrow_the_choice() {
    check(&["--model", "demo-*"], &["demo-eu::greeting", "demo-eu::long story", "demo-eu::short story"]);
    check(&["--model", "dem"], &[]);
    check(&["--tag", "fast"], &["demo::short story", "demo-eu::short story"]);
    check(&["--tag", "slow", "-k", "greeting"], &["demo-eu::greeting"]);
    check(&["--tag", "fast", "--tag", "slow", "--model", "demo"], &["demo::short story"]);
    check(&["--tag", "fas"], &[]);
}

#[test]
fn invalid_patterns_are_reported() {
    let project = tagged();
    assert_snapshot!(project.run(["test", "-k", "/(/"]), @"
    exit 2
    --- stderr
    error: `/(/` is not a regular expression: unclosed group
    ");
    assert_snapshot!(project.run(["list", "-k", "[a"]), @"
    exit 2
    --- stderr
    error: `[a` is not a glob: unclosed character class; missing ']'
    ");
    assert_snapshot!(project.run(["list", "--model", "{a"]), @"
    exit 2
    --- stderr
    error: `{a` is not a glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    ");
}

#[test]
fn unselected_cases_are_counted_in_the_summary() {
    assert_snapshot!(tagged().run(["test", "-qq", "-k", "greeting", "--model", "demo"]), @"
    exit 5
    --- stdout
      1 case: 1 not recorded; 5 not selected   [TIME]
    ");
}

#[test]
fn the_json_list_has_locations() {
    assert_snapshot!(tagged().run(["list", "--format", "json", "-k", "demo-eu::short"]), @r#"
    exit 0
    --- stdout
    {"id":"demo-eu::short story","model":"demo-eu","model_id":"global.anthropic.claude-haiku-4-5-20251001-v1:0","operation":"InvokeModel","region":"us-east-1","config":"b.bedrock.toml","tags":["slow","smoke","fast"],"fixture":"fixtures/demo-eu/short-story.json","snapshot":"snapshots/demo-eu__short-story.snap"}
    "#);
}

#[test]
fn a_filter_that_matches_nothing_fails_unless_allowed() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run(["test", "-k", "nothing"]), @"
    exit 4
    --- stdout
      ──────
      0 cases; 1 not selected   [TIME]
    --- stderr
    error: no case matches the filter; `bedrock-check list` shows all cases
    ");
    assert_snapshot!(project.run(["test", "-k", "nothing", "--no-tests", "warn"]), @"
    exit 0
    --- stdout
      ──────
      0 cases; 1 not selected   [TIME]
    --- stderr
    warning: no case matches the filter; `bedrock-check list` shows all cases
    ");
    assert_snapshot!(project.run(["test", "-k", "nothing", "--no-tests=pass"]), @"
    exit 0
    --- stdout
      ──────
      0 cases; 1 not selected   [TIME]
    ");
    assert_snapshot!(project.run(["list", "-k", "nothing"]), @"
    exit 4
    --- stderr
    error: no case matches the filter; `bedrock-check list` shows all cases
    ");
    assert_snapshot!(project.run(["test", "-k", "nothing", "-qq"]), @"
    exit 4
    --- stdout
      0 cases; 1 not selected   [TIME]
    ");
}

#[test]
fn a_run_stops_after_max_fail_failures() {
    let project = project(&[("one", ""), ("two", ""), ("three", ""), ("four", "")]);
    demo_project::record(
        &project,
        &[("demo::one", demo_project::text_answer("1")), ("demo::three", demo_project::text_answer("3"))],
    );
    project.run(["test", "-k", "one", "--accept", "-qq"]);
    for jobs in ["1", "4"] {
        let printed = project.run(["test", "--max-fail", "2", "-j", jobs]);
        insta::allow_duplicates!(assert_snapshot!(printed, @r#"
        exit 5
        --- stdout
          replay   4 cases in 1 file
          MISSING  demo::two

        error[fixture-missing]: there is no recorded exchange for `demo::two`
          --> bedrock.toml:21:8
           |
        21 | name = "two"
           |        ^^^^^ expected in fixtures/demo/two.json
           |
           = help: record it: `bedrock-check record -k 'demo::two'`

          NEW      demo::three   (waits for review)

        error[snapshot-new]: `demo::three` has no accepted snapshot yet
          --> bedrock.toml:25:8
           |
        25 | name = "three"
           |        ^^^^^^^
           |
           = note: snapshots/demo__three.snap
                   output_text: "3"
                   input_tokens: 9
                   output_tokens: 1
           = help: if the output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::three' --accept`

          ──────
          MISSING  demo::two
          NEW      demo::three
          ──────
          4 cases: 1 passed, 1 new, 1 not recorded, 1 not run; 1 waiting for review   [TIME]
          next: `bedrock-check review` shows the pending snapshots one by one
        "#));
        assert!(!project.tree().contains(&"snapshots/demo__four.snap.new".to_owned()));
    }
    assert_snapshot!(project.run(["test", "--fail-fast", "--check", "-q", "--report", "junit=out.xml"]), @r#"
    exit 5
    --- stdout
      MISSING  demo::two

    error[fixture-missing]: there is no recorded exchange for `demo::two`
      --> bedrock.toml:21:8
       |
    21 | name = "two"
       |        ^^^^^ expected in fixtures/demo/two.json
       |
       = help: record it: `bedrock-check record -k 'demo::two'`

      4 cases: 1 passed, 1 not recorded, 2 not run   [TIME]
    "#);
    demo_project::save_report("skipped.junit.xml", &project.read("out.xml"));
    assert_snapshot!(project.read("out.xml").lines().filter(|line| line.contains("<test") || line.contains("<skipped")).collect::<Vec<_>>().join("\n"), @r#"
    <testsuites name="bedrock-check" tests="4" failures="0" errors="1">
        <testsuite name="bedrock.toml" tests="4" skipped="2" errors="1" failures="0">
            <testcase name="demo::one" classname="demo"/>
            <testcase name="demo::two" classname="demo">
            <testcase name="demo::three" classname="demo">
                <skipped/>
            <testcase name="demo::four" classname="demo">
                <skipped/>
    "#);
}

#[test]
fn a_case_that_warns_does_not_stop_a_run() {
    let project = project(&[("one", "severity = \"warn\""), ("two", ""), ("three", "")]);
    let printed = project.run(["test", "--fail-fast", "-qq"]);
    assert_snapshot!(printed, @"
    exit 5
    --- stdout
      3 cases: 2 not recorded, 1 not run   [TIME]
    ");
}

#[test]
fn redundant_flags_are_rejected() {
    assert_snapshot!(demo_project::accepted().run(["test", "--fail-fast", "--max-fail", "2"]), @"
    exit 2
    --- stderr
    error: the argument '--fail-fast' cannot be used with '--max-fail <N>'

    Usage: bedrock-check test --fail-fast [PATHS]...

    For more information, try '--help'.
    ");
}
