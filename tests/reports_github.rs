//! Reports for GitHub: annotations, the step summary, a comment on a pull request.

use insta::assert_snapshot;
use regex::Regex;

use crate::common::Project;
use crate::demo_project::{self, project, record_each, text_answer};

/// A project whose case has an accepted snapshot and a different answer.
fn differs(answer: &str) -> Project {
    let project = demo_project::accepted();
    record_each(&project, |_| Some(text_answer(answer)));
    project
}

/// The output of `test --report github`, and the step summary.
fn github(project: &Project, more: &[&str]) -> (String, String) {
    let mut command = project.command();
    command.args(["test", "--check", "-qq", "--report", "github"]).args(more);
    command.env("GITHUB_STEP_SUMMARY", project.path().join("summary.md"));
    let output = command.output().expect("the binary runs");
    (String::from_utf8(output.stderr).expect("UTF-8"), project.read("summary.md"))
}

#[test]
fn a_case_that_differs_is_annotated_at_its_line_and_listed_in_the_summary() {
    let (printed, summary) = github(&differs("Hello, you!"), &[]);
    assert_snapshot!(printed, @"::error file=bedrock.toml,line=17,col=8,endColumn=18,title=demo%3A%3Agreeting (differs)::bedrock.toml:17:8: the mapped output of `demo::greeting` differs from the accepted snapshot%0Anote: snapshots/demo__greeting.snap%0A@@ -1,3 +1,3 @@%0A-output_text: Hello!%0A+output_text: Hello, you!%0A input_tokens: 9%0A-output_tokens: 6%0A+output_tokens: 11%0Ahelp: if the new output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept`");
    demo_project::save_report("differs.md", &summary);
    assert_snapshot!(summary, @"
    ## ❌ bedrock-check

    1 case: 1 snapshot differs

    ### `demo::greeting` — `differs`

    `bedrock.toml:17:8`

    cause: the recording, the mapping or the snapshot's policy changed since the output was accepted

    tokens: input 9, output 6 → 11 (+5)

    cost: $0.000039 → $0.000064 a call

    - **error** `` the mapped output of `demo::greeting` differs from the accepted snapshot `` at `bedrock.toml:17:8`
    - help: `` if the new output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept` ``

    ```diff
    snapshots/demo__greeting.snap
    @@ -1,3 +1,3 @@
    -output_text: Hello!
    +output_text: Hello, you!
     input_tokens: 9
    -output_tokens: 6
    +output_tokens: 11
    ```
    ");
}

#[test]
fn paths_of_annotations_begin_at_the_repository() {
    let project = differs("Hello, you!");
    let mut command = project.command();
    command.args(["test", "--check", "-qq", "--report", "github"]);
    command.env(
        "GITHUB_WORKSPACE",
        project.path().canonicalize().expect("it is there").parent().expect("a folder"),
    );
    let printed = String::from_utf8(command.output().expect("the binary runs").stderr).expect("UTF-8");
    let folder = project.path().file_name().expect("a name").to_str().expect("UTF-8");
    assert!(printed.starts_with(&format!("::error file={folder}/bedrock.toml,line=17,")), "{printed}");
}

#[test]
fn ten_annotations_of_a_level_are_shown_the_most_severe_first() {
    let warns = "severity = \"warn\"\nsnapshot = false\nexpect.output_text.contains = \"x\"";
    let fails = "snapshot = false\nexpect.output_text.contains = \"x\"";
    let names: Vec<String> = (0..24).map(|number| format!("case {number}")).collect();
    let cases = names.iter().enumerate();
    let cases: Vec<_> =
        cases.map(|(number, name)| (name.as_str(), if number % 2 == 0 { warns } else { fails })).collect();
    let project = project(&cases);
    record_each(&project, |_| Some(text_answer("Hello!")));
    let (printed, _) = github(&project, &[]);
    let levels: Vec<&str> =
        printed.lines().map(|line| line.split([' ', ',']).next().unwrap_or_default()).collect();
    assert_eq!(levels, [["::error"; 10], ["::warning"; 10]].concat());
    let more = "title=bedrock-check::3 more, see the summary of the job";
    assert_eq!(printed.lines().filter(|line| line.ends_with(more)).count(), 2);
}

#[test]
fn a_summary_is_appended_and_stays_within_its_limit() {
    let project = differs("Hello, you!");
    project.write("summary.md", "# Before\n");
    let (_, summary) = github(&project, &[]);
    assert!(summary.starts_with("# Before\n## ❌ bedrock-check\n"), "{summary}");

    let names: Vec<String> = (0..150).map(|number| format!("case {number}")).collect();
    let cases: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = crate::demo_project::project(&cases);
    record_each(&project, |_| Some(text_answer(&"many words ".repeat(3_000))));
    project.write("summary.md", "x".repeat(1000));
    let (_, summary) = github(&project, &[]);
    assert!(summary.len() > 900_000 && summary.len() <= 1 << 20, "{}", summary.len());
    assert!(summary.contains("left out: GitHub's limit is 1 MiB."));
}

/// The text of the comment about a run.
fn comment(project: &Project) -> String {
    project.run(["test", "--check", "-qq", "--report", "jsonl=run.jsonl"]);
    let printed = project.output(&["report", "run.jsonl", "--to", "pr-comment"]);
    String::from_utf8(printed.stdout).expect("UTF-8")
}

#[test]
fn a_comment_has_a_marker_the_diff_and_the_changes() {
    assert_snapshot!(comment(&differs("Hello, you!")), @"
    <!-- bedrock-check -->
    ## ❌ bedrock-check

    1 case: 1 snapshot differs

    ### `demo::greeting` — `differs`

    `bedrock.toml:17:8`

    cause: the recording, the mapping or the snapshot's policy changed since the output was accepted

    tokens: input 9, output 6 → 11 (+5)

    cost: $0.000039 → $0.000064 a call

    - **error** `` the mapped output of `demo::greeting` differs from the accepted snapshot `` at `bedrock.toml:17:8`
    - help: `` if the new output is right, accept it with `bedrock-check test bedrock.toml -k 'demo::greeting' --accept` ``

    ```diff
    snapshots/demo__greeting.snap
    @@ -1,3 +1,3 @@
    -output_text: Hello!
    +output_text: Hello, you!
     input_tokens: 9
    -output_tokens: 6
    +output_tokens: 11
    ```
    ");
    assert_snapshot!(comment(&demo_project::accepted()), @"
    <!-- bedrock-check -->
    ## ✅ bedrock-check

    1 case: 1 passed
    ");
}

#[test]
fn a_long_comment_is_truncated_and_states_what_is_missing() {
    let names: Vec<String> = (0..60).map(|number| format!("case {number}")).collect();
    let cases: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let project = project(&cases);
    record_each(&project, |_| Some(text_answer(&"möre wörds ".repeat(900))));
    let comment = comment(&project);
    demo_project::save_report("long-comment.md", &comment);
    let length = comment.chars().count();
    assert!(length > 55_000 && length <= 65_536, "{length}");
    assert!(comment.contains("characters cut here"), "a long note is cut");
    let rest = comment.split("\n**").last().unwrap_or_default();
    assert_snapshot!(rest.lines().next().unwrap_or_default(), @"50 entries left out: GitHub's limit is 65,536 characters.** A report of another format contains them.");
    assert!(rest.contains("- `demo::case 59`"), "{rest}");
}

#[test]
fn answers_are_escaped_in_commands_and_markdown() {
    let project = demo_project::hostile();
    let (printed, summary) = github(&project, &[]);
    let commands: Vec<&str> = printed.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 1, "{printed}");
    assert!(commands[0].starts_with("::error file=bedrock.toml,line=17,"), "{printed}");

    let cases = project.read("bedrock.toml").replace("expect.output_text.equals = \"x\"", "");
    project.write("bedrock.toml", cases);
    let comment = comment(&project);
    demo_project::save_report("hostile.md", &summary);
    demo_project::save_report("hostile-comment.md", &comment);
    for text in [&summary, &comment] {
        assert!(text.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{text}");
        let bare = without_code(text);
        for mark in ["<img", "@team", "](", "# Title", "::error", "</details>"] {
            assert!(!bare.contains(mark), "{mark}: {text}");
        }
    }
    assert!(comment.contains("````text\n"), "{comment}");
}

/// Markdown without its code blocks and code spans, as the `CommonMark` specification defines them.
fn without_code(text: &str) -> String {
    let mut kept = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.len() == ticks.len() => fence = None,
            Some(_) => (),
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => kept.extend([line, "\n"]),
        }
    }
    assert_eq!(fence, None, "a code block is not closed");
    let run = Regex::new("`+").expect("a regex");
    let mut bare = String::new();
    let mut rest = kept.as_str();
    while let Some(open) = run.find(rest) {
        bare.push_str(&rest[..open.start()]);
        let behind = &rest[open.end()..];
        let close = run.find_iter(behind).find(|close| close.len() == open.len()).expect("a span is closed");
        rest = &behind[close.end()..];
    }
    bare + rest
}

const JSON_LINES: &[&str] = &["test", "--check", "-qq", "--report", "jsonl=-"];

#[test]
fn answers_contain_no_workflow_commands() {
    let project = crate::demo_project::hostile();
    let run = |args: &[&str]| {
        let output = project.command().env("GITHUB_ACTIONS", "true").args(args).output().expect("it runs");
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
    };
    for args in [&["test", "-v"][..], &["diff"], &["test", "--check", "-v", "--report", "tap=-"], JSON_LINES]
    {
        for stream in run(args) {
            let command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
            assert!(!stream.lines().any(command), "{args:?}: {stream}");
        }
    }
    // The report still contains the exact text of the model.
    let [lines, _] = run(JSON_LINES);
    let case = lines.lines().nth(1).and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    assert_eq!(case.expect("a case")["mapped"]["output_text"], crate::demo_project::HOSTILE);
    let [_, annotations] = run(&["test", "--check", "--report", "github"]);
    assert!(annotations.lines().any(|line| line.starts_with("::error ")), "{annotations}");
}
