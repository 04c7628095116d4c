//! SARIF for code scanning. `tests/support/reports.sh` validates the logs that these tests save.

use insta::assert_snapshot;
use serde_json::Value;

use crate::common::Project;
use crate::demo_project::{self, HOSTILE, project, record_each, text_answer};

/// The log at `out.sarif`, which is also saved for the validator.
fn log(project: &Project, name: &str) -> Value {
    let text = project.read("out.sarif");
    demo_project::save_report(&format!("{name}.sarif"), &text);
    serde_json::from_str(&text).expect("JSON")
}

fn failing() -> Project {
    let project = project(&[("greeting", "expect.output_text.contains = \"x\""), ("other", "")]);
    record_each(&project, |_| Some(text_answer("Hello!")));
    project
}

#[test]
fn findings_of_a_run_are_results_at_their_places() {
    let project = failing();
    project.run(["test", "--check", "--report", "sarif=out.sarif"]);
    let log = log(&project, "run");
    let run = &log["runs"][0];
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().expect("rules").iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, ["expectation-failed", "snapshot-new"]);
    let mut result = run["results"][0].clone();
    result["partialFingerprints"].take();
    assert_snapshot!(serde_json::to_string_pretty(&result).expect("JSON"), @r#"
    {
      "ruleId": "expectation-failed",
      "ruleIndex": 0,
      "level": "error",
      "message": {
        "text": "`output_text`: expected a string that contains `x`, found `Hello!`\nnote: recorded in fixtures/demo/greeting.json\nhelp: correct the expectation, or record the case again"
      },
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "bedrock.toml"
            },
            "region": {
              "startLine": 19,
              "startColumn": 31,
              "endLine": 19,
              "endColumn": 34
            }
          }
        }
      ],
      "relatedLocations": [
        {
          "id": 1,
          "physicalLocation": {
            "artifactLocation": {
              "uri": "bedrock.toml"
            },
            "region": {
              "startLine": 17,
              "startColumn": 8,
              "endLine": 17,
              "endColumn": 18
            }
          },
          "message": {
            "text": "in `demo::greeting`"
          }
        }
      ],
      "partialFingerprints": null
    }
    "#);
}

#[test]
fn findings_of_validate_are_results() {
    let project = demo_project::accepted();
    project.write("bedrock.toml", project.read("bedrock.toml").replace("us-east-1", "us-east"));
    let printed = project.run(["validate", "-q", "--report", "sarif=out.sarif"]);
    assert!(printed.starts_with("exit 2\n"), "{printed}");
    let result = &log(&project, "validate")["runs"][0]["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&result["ruleId"], &region["startLine"]), (&"invalid-value".into(), &6.into()));
    assert_snapshot!(project.run(["validate", "--report", "sarif=-"]), @"
    exit 2
    --- stderr
    error: `validate` can't write a report to standard output
      = help: write `--report sarif=out.sarif`; `--format json` goes to standard output
    ");
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let project = failing();
    let prints = || {
        project.run(["test", "--check", "--report", "sarif=out.sarif"]);
        let results = log(&project, "moved")["runs"][0]["results"].as_array().expect("results").clone();
        let of = |result: &Value| {
            let line = &result["locations"][0]["physicalLocation"]["region"]["startLine"];
            (result["partialFingerprints"].to_string(), line.as_u64().expect("a line"))
        };
        results.iter().map(of).unzip::<_, _, Vec<_>, Vec<_>>()
    };
    let (before, lines) = prints();
    project.write("bedrock.toml", format!("\n# more\n\n{}", project.read("bedrock.toml")));
    let (after, moved) = prints();
    assert_eq!(before, after);
    assert_eq!(lines.iter().map(|line| line + 3).collect::<Vec<_>>(), moved);
    assert!(before[0] != before[1]);
}

#[test]
fn answers_are_escaped_in_sarif() {
    let project = demo_project::hostile();
    project.run(["test", "--check", "--report", "sarif=out.sarif"]);
    let text = project.read("out.sarif");
    assert!(
        HOSTILE
            .chars()
            .filter(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'))
            .all(|c| !text.contains(c))
    );
    let log = log(&project, "hostile");
    let message = log["runs"][0]["results"][0]["message"]["text"].as_str().expect("a message");
    assert!(message.contains("[click] (") && !message.contains("]("), "{message}");
}
