//! The command `report`: it converts recorded runs into every format, merges shards, and reports missing cases.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, project, record_each, text_answer};

/// Two runs, each of one of two cases.
fn shards() -> Project {
    let fails = "snapshot = false\nexpect.output_text.contains = \"x\"";
    let project = project(&[("first", fails), ("second", fails)]);
    record_each(&project, |_| Some(text_answer("Hello!")));
    for (index, case) in ["first", "second"].iter().enumerate() {
        let name = format!("{}.jsonl", index + 1);
        project.run(["test", "--check", "-qq", "-k", case, "--report", &format!("jsonl={name}")]);
        let shard = format!("\"cases\":1,\"shard\":{{\"index\":{},\"of\":2}}", index + 1);
        project.write(&name, project.read(&name).replacen("\"cases\":1", &shard, 1));
    }
    project
}

#[test]
fn a_recorded_run_gives_the_report_of_the_run_itself() {
    let project = shards();
    let formats = ["junit", "sarif", "tap", "markdown", "html", "pr-comment"];
    let mut command = project.command();
    command.args(["test", "--check", "--report", "jsonl=run.jsonl"]);
    for format in formats {
        command.args(["--report", &format!("{format}={format}.direct")]);
    }
    project.run_command(&mut command);
    for format in formats {
        let printed = project.run(["report", "run.jsonl", "--to", format, "--output", "later"]);
        assert_eq!(printed, "exit 0\n");
        assert_eq!(project.read("later"), project.read(&format!("{format}.direct")), "{format}");
    }
    let call = "\"call\":{\"latency_ms\":61234,\"cost_usd\":0.1},\"exchange\":";
    project.write("called.jsonl", project.read("run.jsonl").replacen("\"exchange\":", call, 1));
    project.run(["report", "called.jsonl", "--to", "junit", "--output", "called.xml"]);
    assert!(project.read("called.xml").contains("time=\"61.234\""));
    demo_project::save_report("called.junit.xml", &project.read("called.xml"));
    assert_snapshot!(project.run(["report", "run.jsonl", "--to", "junit"]), @r#"
    exit 0
    --- stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="bedrock-check" tests="2" failures="2" errors="0">
        <testsuite name="bedrock.toml" tests="2" skipped="0" errors="0" failures="2">
            <testcase name="demo::first" classname="demo">
                <failure message="`output_text`: expected a string that contains `x`, found `Hello!`" type="fail">error[expectation-failed]: `output_text`: expected a string that contains `x`, found `Hello!`
      --&gt; bedrock.toml:20:31
       |
    17 | name = &quot;first&quot;
       |        ------- in `demo::first`
    ...
    20 | expect.output_text.contains = &quot;x&quot;
       |                               ^^^
       |
       = note: recorded in fixtures/demo/first.json
       = help: correct the expectation, or record the case again
    </failure>
            </testcase>
            <testcase name="demo::second" classname="demo">
                <failure message="`output_text`: expected a string that contains `x`, found `Hello!`" type="fail">error[expectation-failed]: `output_text`: expected a string that contains `x`, found `Hello!`
      --&gt; bedrock.toml:25:31
       |
    22 | name = &quot;second&quot;
       |        -------- in `demo::second`
    ...
    25 | expect.output_text.contains = &quot;x&quot;
       |                               ^^^
       |
       = note: recorded in fixtures/demo/second.json
       = help: correct the expectation, or record the case again
    </failure>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

#[test]
fn shards_become_one_report() {
    let project = shards();
    assert_snapshot!(project.run(["report", "1.jsonl", "2.jsonl", "--to", "markdown"]), @"
    exit 0
    --- stdout
    ## ❌ bedrock-check

    2 cases: 2 failed

    ### `demo::first` — `fail`

    `bedrock.toml:17:8`

    - **error** `` `output_text`: expected a string that contains `x`, found `Hello!` `` at `bedrock.toml:20:31`
    - help: `correct the expectation, or record the case again`

    ```text
    recorded in fixtures/demo/first.json
    ```


    ### `demo::second` — `fail`

    `bedrock.toml:22:8`

    - **error** `` `output_text`: expected a string that contains `x`, found `Hello!` `` at `bedrock.toml:25:31`
    - help: `correct the expectation, or record the case again`

    ```text
    recorded in fixtures/demo/second.json
    ```
    ");
    let merged = project.output(&["report", "1.jsonl", "2.jsonl", "--to", "jsonl"]).stdout;
    project.write("merged.jsonl", merged);
    let once = project.run(["report", "1.jsonl", "2.jsonl", "--to", "tap"]);
    assert_eq!(project.run(["report", "merged.jsonl", "--to", "tap"]), once);
}

#[test]
fn missing_cases_are_reported() {
    let project = shards();
    assert_snapshot!(project.run(["report", "2.jsonl", "--to", "tap"]), @r#"
    exit 3
    --- stdout
    TAP version 14
    1..1
    not ok 1 - demo::second
      ---
      outcome: "fail"
      at: "bedrock.toml:22:8"
      findings: [{"code":"expectation-failed","severity":"error","message":"`output_text`: expected a string that contains `x`, found `Hello!`","at":"bedrock.toml:25:31","notes":["recorded in fixtures/demo/second.json"],"help":"correct the expectation, or record the case again"}]
      ...
    Bail out! shard 1 of 2 is missing
    --- stderr
    error: shard 1 of 2 is missing
    "#);
    let cut = project.read("1.jsonl");
    project.write("1.jsonl", &cut[..cut.len() / 2]);
    assert_snapshot!(project.run(["report", "1.jsonl", "2.jsonl", "3.jsonl", "--to", "pr-comment"]), @"
    exit 3
    --- stdout
    <!-- bedrock-check -->
    ## ❌ bedrock-check

    1 case: 1 failed

    **Missing:** `` `1.jsonl` was cut short: it contains 0 of 1 cases ``

    **Missing:** `` there is no `3.jsonl` ``

    ### `demo::second` — `fail`

    `bedrock.toml:22:8`

    - **error** `` `output_text`: expected a string that contains `x`, found `Hello!` `` at `bedrock.toml:25:31`
    - help: `correct the expectation, or record the case again`

    ```text
    recorded in fixtures/demo/second.json
    ```

    --- stderr
    error: `1.jsonl` was cut short: it contains 0 of 1 cases
    error: there is no `3.jsonl`
    ");
    let github = project.output(&["report", "1.jsonl", "2.jsonl", "--to", "github"]);
    let printed = String::from_utf8(github.stdout).expect("UTF-8");
    assert!(printed.starts_with("::error title=bedrock-check::`1.jsonl` was cut short"), "{printed}");
}

#[test]
fn an_invalid_run_is_reported_with_its_line() {
    let project = shards();
    assert_snapshot!(project.run(["report", "bedrock.toml", "--to", "tap"]), @"
    exit 2
    --- stderr
    error: `bedrock.toml`, line 1: expected a line of JSON, found expected value at line 1 column 1
      = help: give files that `--report jsonl=PATH` wrote
    ");
    project.write("2.jsonl", project.read("2.jsonl").replace("\"version\":1", "\"version\":2"));
    assert_snapshot!(project.run(["report", "2.jsonl", "--to", "tap"]), @"
    exit 2
    --- stderr
    error: `2.jsonl`, line 1: expected version 1 of the stream, found 2
      = help: give files that `--report jsonl=PATH` wrote
    ");
    assert_snapshot!(project.run(["report", "1.jsonl", "--to", "markdwn"]), @"
    exit 2
    --- stderr
    error: there is no format `markdwn`
      = help: did you mean `markdown`?
    ");
    assert_snapshot!(project.run(["test", "--report", "github=x"]), @"
    exit 2
    --- stderr
    error: `github` goes to the output of the step and to `GITHUB_STEP_SUMMARY`
      = help: write `--report github`
    ");
}
