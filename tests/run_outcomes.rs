//! The outcomes of cases: how each is reported, and the exit codes.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, case, project, record, refusal, text_answer};

/// A project with two files and two models, and a case for every outcome.
pub fn every_outcome() -> Project {
    let project = project(&[
        ("pass", ""),
        ("fail", "expect.output_text = { contains = \"Paris\" }"),
        ("differs", ""),
        ("new", ""),
        ("stale", ""),
        ("missing", ""),
        ("error", ""),
        ("warns", "severity = \"warn\"\nexpect.output_tokens = { max = 1 }"),
    ]);
    record(&project, &[("demo::pass", text_answer("Hi!")), ("demo::differs", text_answer("A cat.\nA dog."))]);
    project.run(["test", "-k", "pass", "--accept"]);
    project.run(["test", "-k", "differs", "--accept"]);
    record(
        &project,
        &[
            ("demo::fail", text_answer("Rome")),
            ("demo::differs", text_answer("A cat.\nA mouse.")),
            ("demo::new", text_answer("News")),
            ("demo::stale", text_answer("Old")),
            (
                "demo::error",
                refusal(
                    "AccessDeniedException",
                    "You don't have access to the model with the specified model ID.",
                ),
            ),
            ("demo::warns", text_answer("Oh")),
        ],
    );
    let config = project.read("bedrock.toml").replace("Say stale", "Tell something else");
    project.write("bedrock.toml", config);
    let off = demo_project::MODEL
        .replace("models.demo", "models.off")
        .replace("[models.off]", "[models.off]\nenabled = false");
    project.write(
        "more/off.bedrock.toml",
        format!("{off}{}", case("never", "").replace("models.demo", "models.off")),
    );
    project
}

#[test]
fn every_outcome_is_printed_in_file_order() {
    assert_snapshot!(every_outcome().run(["test"]));
}

#[test]
fn every_outcome_is_a_junit_test_case() {
    let project = every_outcome();
    project.run(["test", "--check", "--report", "junit=out.xml"]);
    demo_project::save_report("every.junit.xml", &project.read("out.xml"));
    assert_snapshot!(project.read("out.xml"));
}

#[test]
fn every_outcome_is_a_line_of_json() {
    let project = every_outcome();
    project.run(["test", "--check", "--report", "jsonl=out.jsonl"]);
    let lines: Vec<serde_json::Value> = project
        .read("out.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let brief = lines.iter().map(|line| match line["type"].as_str() {
        Some("case") => {
            let codes = line["findings"].as_array().expect("a list").iter().map(|finding| &finding["code"]);
            let codes: Vec<String> = codes.map(ToString::to_string).collect();
            let members: Vec<&String> = line.as_object().expect("an object").keys().collect();
            format!("{} {} {} {codes:?} {members:?}", line["id"], line["outcome"], line["mapped"])
        }
        _ => line.to_string(),
    });
    assert_snapshot!(brief.collect::<Vec<_>>().join("\n"), @r#"
    {"type":"start","version":1,"mode":"replay","cases":8,"files":2}
    "demo::pass" "pass" {"output_text":"Hi!","input_tokens":9,"output_tokens":3} [] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "exchange"]
    "demo::fail" "fail" {"output_text":"Rome","input_tokens":9,"output_tokens":4} ["\"expectation-failed\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "exchange"]
    "demo::differs" "differs" {"output_text":"A cat.\nA mouse.","input_tokens":9,"output_tokens":15} ["\"snapshot-differs\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "changed", "exchange"]
    "demo::new" "new" {"output_text":"News","input_tokens":9,"output_tokens":4} ["\"snapshot-new\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "exchange"]
    "demo::stale" "stale" {} ["\"fixture-stale\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings"]
    "demo::missing" "missing" {} ["\"fixture-missing\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings"]
    "demo::error" "error" {} ["\"call-failed\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "exchange"]
    "demo::warns" "fail" {"output_text":"Oh","input_tokens":9,"output_tokens":2} ["\"expectation-failed\""] ["type", "id", "model", "config", "at", "outcome", "warns", "mapped", "snapshot", "findings", "exchange"]
    {"type":"end","cases":8,"deselected":0,"disabled":1,"excluded":0,"lowered":0,"allowed":0,"outcomes":{"pass":1,"fail":2,"differs":1,"new":1,"stale":1,"missing":1,"error":1,"skipped":0},"snapshots":{"accepted":0,"pending":0},"unreferenced":0,"refused":0,"interrupted":false}
    "#);
    assert_snapshot!(format!("{:#}", lines[2]), @r#"
    {
      "type": "case",
      "id": "demo::fail",
      "model": "demo",
      "config": "bedrock.toml",
      "at": {
        "path": "bedrock.toml",
        "start": {
          "line": 21,
          "column": 8
        },
        "end": {
          "line": 21,
          "column": 14
        }
      },
      "outcome": "fail",
      "warns": false,
      "mapped": {
        "output_text": "Rome",
        "input_tokens": 9,
        "output_tokens": 4
      },
      "snapshot": null,
      "findings": [
        {
          "code": "expectation-failed",
          "severity": "error",
          "message": "`output_text`: expected a string that contains `Paris`, found `Rome`",
          "at": {
            "path": "bedrock.toml",
            "start": {
              "line": 23,
              "column": 35
            },
            "end": {
              "line": 23,
              "column": 42
            },
            "text": ""
          },
          "related": [
            {
              "path": "bedrock.toml",
              "start": {
                "line": 21,
                "column": 8
              },
              "end": {
                "line": 21,
                "column": 14
              },
              "text": "in `demo::fail`"
            }
          ],
          "notes": [
            "recorded in fixtures/demo/fail.json"
          ],
          "help": "correct the expectation, or record the case again",
          "rendered": "error[expectation-failed]: `output_text`: expected a string that contains `Paris`, found `Rome`\n  --> bedrock.toml:23:35\n   |\n21 | name = \"fail\"\n   |        ------ in `demo::fail`\n22 | variables = { prompt = \"Say fail\" }\n23 | expect.output_text = { contains = \"Paris\" }\n   |                                   ^^^^^^^\n   |\n   = note: recorded in fixtures/demo/fail.json\n   = help: correct the expectation, or record the case again\n"
        }
      ],
      "exchange": {
        "operation": "InvokeModel",
        "region": "us-east-1",
        "model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "request": {
          "headers": {},
          "body": {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 100,
            "messages": [
              {
                "role": "user",
                "content": "Say fail"
              }
            ]
          }
        },
        "response": {
          "status": 200,
          "headers": {},
          "body": {
            "role": "assistant",
            "content": [
              {
                "type": "text",
                "text": "Rome"
              },
              {
                "type": "text",
                "text": "Bye."
              }
            ],
            "stop_reason": "end_turn",
            "usage": {
              "input_tokens": 9,
              "output_tokens": 4
            }
          }
        },
        "origins": {
          "input_tokens": {
            "body": [
              "/usage/input_tokens"
            ]
          },
          "output_text": {
            "body": [
              "/content/0/text"
            ]
          },
          "output_tokens": {
            "body": [
              "/usage/output_tokens"
            ]
          }
        },
        "input_tokens": 9,
        "output_tokens": 4,
        "latency_ms": null,
        "cost_usd": 0.000029
      }
    }
    "#);
}

/// Checks the exit code of a run of the cases that match `filters`.
#[track_caller]
fn check_exit(project: &Project, filters: &[&str], expected: i32) {
    let mut command = project.command();
    command.args(["test", "--check"]);
    for filter in filters {
        command.args(["-k", filter]);
    }
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(expected), "{filters:?}");
}

#[test]
fn the_most_severe_outcome_decides_the_exit_code() {
    let project = every_outcome();
    check_exit(&project, &["demo::pass"], 0);
    check_exit(&project, &["warns"], 0);
    for failing in ["fail", "differs", "error"] {
        check_exit(&project, &["pass", failing], 1);
    }
    for waiting in ["new", "stale", "missing"] {
        check_exit(&project, &["pass", waiting], 5);
        check_exit(&project, &[waiting, "fail"], 1);
    }
    check_exit(&project, &["nothing of that name"], 4);
}

#[test]
fn an_unwritable_file_has_priority_over_a_failure() {
    let project = every_outcome();
    let args = [
        "test",
        "-k",
        "fail",
        "-qq",
        "--report",
        "junit=bedrock.toml/out.xml",
        "--report",
        "jsonl=out.jsonl",
    ];
    assert_snapshot!(project.run(args), @"
    exit 3
    --- stdout
      1 case: 1 failed; 7 not selected; 1 disabled   [TIME]
    --- stderr
    error: can't write `bedrock.toml/out.xml`: file exists
    ");
    assert!(project.read("out.jsonl").lines().last().expect("a footer").contains("\"end\""));
}

#[test]
fn an_invalid_config_has_priority_over_any_outcome() {
    let project = every_outcome();
    project.write("more/off.bedrock.toml", "version = 1\nmodle = 1\n");
    assert_snapshot!(project.run(["test", "--report", "junit=bedrock.toml/out.xml"]), @"
    exit 2
    --- stdout
    error[unknown-key]: `modle` is not a known key at the top of the file
     --> more/off.bedrock.toml:2:1
      |
    2 | modle = 1
      | ^^^^^
      |
      = help: the keys here are `version`, `defaults`, `credentials`, `models`, `profile`

    1 error: no case ran
    --- stderr
    error: can't write `bedrock.toml/out.xml`: file exists
    ");
    assert!(!project.tree().iter().any(|path| path.ends_with(".snap.new")), "no case ran");
}

#[test]
fn a_disabled_model_is_checked_but_not_run() {
    let project = every_outcome();
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    demo::pass
    demo::fail
    demo::differs
    demo::new
    demo::stale
    demo::missing
    demo::error
    demo::warns
    ");
    assert_snapshot!(project.run(["validate", "more"]), @"
    exit 0
    --- stdout
    1 file, 1 model, 1 case: no findings
    ");
    assert_snapshot!(project.run(["test", "more"]), @"
    exit 4
    --- stdout
      ──────
      0 cases; 1 disabled   [TIME]
    --- stderr
    error: every model with a case is disabled; remove `enabled = false`
    ");
}

#[test]
fn a_case_that_warns_is_reported_and_does_not_fail() {
    let project = every_outcome();
    assert_snapshot!(project.run(["test", "-k", "warns", "--report", "junit=out.xml"]), @r#"
    exit 0
    --- stdout
      replay   1 case in 2 files
      FAIL     demo::warns   (warns only)

    warning[expectation-failed]: `output_tokens`: expected a number of at most `1`, found the number `2`
      --> bedrock.toml:48:32
       |
    45 | name = "warns"
       |        ------- in `demo::warns`
    ...
    48 | expect.output_tokens = { max = 1 }
       |                                ^
       |
       = note: recorded in fixtures/demo/warns.json
       = help: correct the expectation, or record the case again

      ──────
      1 case: 1 failed; 7 not selected; 1 disabled   [TIME]
    "#);
    demo_project::save_report("warns.junit.xml", &project.read("out.xml"));
    assert_snapshot!(project.read("out.xml"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="bedrock-check" tests="1" failures="0" errors="0">
        <testsuite name="bedrock.toml" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="demo::warns" classname="demo">
                <system-out>warning[expectation-failed]: `output_tokens`: expected a number of at most `1`, found the number `2`
      --&gt; bedrock.toml:48:32
       |
    45 | name = &quot;warns&quot;
       |        ------- in `demo::warns`
    ...
    48 | expect.output_tokens = { max = 1 }
       |                                ^
       |
       = note: recorded in fixtures/demo/warns.json
       = help: correct the expectation, or record the case again
    </system-out>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

#[test]
fn an_unexpected_answer_is_reported_with_its_members() {
    let project = project(&[("greeting", "")]);
    let config = project.read("bedrock.toml").replace("$.content[0].text", "$.contents[0].text");
    project.write("bedrock.toml", config.replace("$.usage.input_tokens", "$.content[*].text"));
    record(&project, &[("demo::greeting", text_answer("Hi!"))]);
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      FAIL     demo::greeting

    error[mapping-no-match]: `output_text` matches nothing in the response
      --> bedrock.toml:13:17
       |
    13 | output_text = "$.contents[0].text"
       |                 ^^^^^^^^^
    ...
    17 | name = "greeting"
       |        ---------- in the response of `demo::greeting`
       |
       = note: recorded in fixtures/demo/greeting.json
       = note: `$` is an object with `role`, `content`, `stop_reason`, `usage`
       = help: did you mean `$.content[0].text`?

    error[mapping-several]: `input_tokens` matches 2 values, expected one
      --> bedrock.toml:14:16
       |
    14 | input_tokens = "$.content[*].text"
       |                ^^^^^^^^^^^^^^^^^^^
    ...
    17 | name = "greeting"
       |        ---------- in the response of `demo::greeting`
       |
       = note: recorded in fixtures/demo/greeting.json
       = note: `$.content[0].text`
       = note: `$.content[1].text`
       = help: select one, for example with `[0]`, or join them: `{ path = "…", join = "" }`

      ──────
      1 case: 1 failed   [TIME]
    "#);
}

#[test]
fn an_expectation_on_a_field_without_a_value_is_not_reported() {
    let project = project(&[(
        "greeting",
        "expect.output_text = { contains = \"Paris\" }\nexpect.output_tokens = { max = 1 }",
    )]);
    let config = project.read("bedrock.toml").replace("$.content[0].text", "$.contents[0].text");
    project.write("bedrock.toml", config);
    record(&project, &[("demo::greeting", text_answer("Hi!"))]);
    let printed = project.run(["test"]);
    let errors: Vec<_> = printed.lines().filter(|line| line.starts_with("error[")).collect();
    assert_eq!(
        errors,
        [
            "error[mapping-no-match]: `output_text` matches nothing in the response",
            "error[expectation-failed]: `output_tokens`: expected a number of at most `1`, found the number `3`",
        ]
    );
}

#[test]
fn an_edited_fixture_is_an_error_in_the_fixture() {
    let project = demo_project::accepted();
    let path = "fixtures/demo/greeting.json";
    project.write(path, project.read(path).replace("Say greeting", "Say nothing"));
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::greeting

    error[fixture-edited]: the fixture's fingerprint does not match its request
      --> fixtures/demo/greeting.json:7:3
       |
     7 |   "fingerprint": "sha256:4ff5a18bf037806fc8fc29aae52eb3073cb597e5153b57e667a6e804c1012aa4",
       |   ^^^^^^^^^^^^^
       |
      ::: bedrock.toml:17:8
       |
    17 | name = "greeting"
       |        ---------- the fixture of `demo::greeting`
       |
       = help: undo the edit; in a fixture written by hand, set `"fingerprint": "sha256:27f335a0c8f64358dd174d59ba0cbff0dcb65dddca8c5dc5df9da600a0471fa9"`

      ──────
      1 case: 1 error   [TIME]
    "#);
}

#[test]
fn a_broken_snapshot_is_an_error_in_the_snapshot() {
    let project = demo_project::accepted();
    let path = "snapshots/demo__greeting.snap";
    project.write(
        path,
        project.read(path).replace(
            "input_tokens: 9",
            "<<<<<<< HEAD\ninput_tokens: 9\n=======\ninput_tokens: 8\n>>>>>>> main",
        ),
    );
    assert_snapshot!(project.run(["test"]), @r#"
    exit 1
    --- stdout
      replay   1 case in 1 file
      ERROR    demo::greeting   (waits for review)

    error[snapshot-conflict]: line 9 is a merge-conflict marker
      --> snapshots/demo__greeting.snap:9:1
       |
     9 | <<<<<<< HEAD
       | ^^^^^^^^^^^^
       |
      ::: bedrock.toml:17:8
       |
    17 | name = "greeting"
       |        ---------- the snapshot of `demo::greeting`
       |
       = help: run `bedrock-check review`, and accept the new output or keep one of the two sides

      ──────
      1 case: 1 error; 1 waiting for review   [TIME]
    "#);
}
