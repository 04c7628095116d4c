//! The text of the HTML report. `tests/support/browser.sh` opens the pages that these tests save.

use crate::common::Project;
use crate::demo_project::{self, HOSTILE, MODEL, case, project, record, record_each, refusal, text_answer};

/// Two models, with a case for each kind of outcome on a page.
fn many() -> Project {
    let other = MODEL.split_once("[models.demo]").map(|(_, model)| format!("[models.demo]{model}"));
    let other = other.expect("a model").replace("models.demo", "models.other");
    let refused = "snapshot = false\nexpect.error = { code = \"ValidationException\" }";
    let cases = [
        case("passes", ""),
        case("fails", "snapshot = false\nexpect.output_text.contains = \"needle\""),
        case("differs", ""),
        case("is refused", refused),
        case("was never recorded", ""),
        case("warns", "severity = \"warn\"\nsnapshot = false\nexpect.output_text.contains = \"x\""),
    ];
    let others = [case("passes", "snapshot = false\nexpect.output_tokens.min = 1")
        .replace("models.demo", "models.other")];
    let text = format!("{MODEL}{}{other}{}", cases.concat(), others.concat());
    let project = Project::with(&[("bedrock.toml", &text)]);
    record_each(&project, |id| match id {
        "demo::was never recorded" => None,
        "demo::is refused" => Some(refusal("ValidationException", "too long")),
        id => Some(text_answer(&format!("The answer of {id}, in so many words."))),
    });
    project.run(["test", "--accept", "-qq", "-k", "differs", "-k", "passes"]);
    project
}

const PAGE: [&str; 5] = ["test", "--check", "-qq", "--report", "html=out.html"];

#[test]
fn a_page_with_a_previous_run_is_the_same_from_the_run_and_from_its_json_lines() {
    let project = many();
    project.run(["test", "--check", "-qq", "--report", "jsonl=previous.jsonl"]);
    record(&project, &[("demo::differs", text_answer("Something else <b>entirely</b>."))]);
    let mut command = project.command();
    command.args(PAGE).args(["--report", "jsonl=run.jsonl", "--previous", "previous.jsonl"]);
    project.run_command(&mut command);
    let page = project.read("out.html");
    demo_project::save_report("run.html", &page);
    demo_project::save_report("run.jsonl", &project.read("run.jsonl"));
    let later =
        ["report", "run.jsonl", "--to", "html", "--previous", "previous.jsonl", "--output", "later.html"];
    assert_eq!(project.run(later), "exit 0\n");
    assert!(page == project.read("later.html"));
    for part in [
        "<title>bedrock-check: 7 cases: 3 passed, 2 failed, 1 snapshot differs, 1 not recorded</title>",
        "<b>1</b> newly failing",
        "<b>1</b> with another output",
        "default-src 'none'",
    ] {
        assert!(
            page.contains(part),
            "{part} is not in {}",
            page.lines().find(|line| line.contains("title")).unwrap_or_default()
        );
    }
}

#[test]
fn a_page_loads_no_other_file() {
    let project = many();
    project.run(PAGE);
    let page = project.read("out.html");
    for part in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part} is in the page");
    }
}

#[test]
fn answers_are_escaped_in_the_page() {
    let project = demo_project::hostile();
    let mut config = project.read("bedrock.toml");
    config = config.replace("greeting", "</script><script>alert(1)</script>\\u202E");
    project.write("bedrock.toml", config);
    record_each(&project, |_| Some(text_answer(&format!("{HOSTILE}</script><script>alert(2)</script><!--"))));
    project.run(PAGE);
    let page = project.read("out.html");
    demo_project::save_report("hostile.html", &page);
    // The script elements: the rows, one case, and the script of the page.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script>").count(), 3);
    // The last one is a command for GitHub's runner, which may read a page on standard output.
    assert!(!page.contains("<img") && !page.contains("<!--") && !page.contains("##["));
    let hidden = |c: &char| *c != '\n' && (c.is_control() || *c == '\u{202e}');
    assert_eq!(page.chars().find(hidden), None);
}

#[test]
fn a_request_on_a_page_does_not_reveal_the_environment() {
    let project = project(&[("hello", "")]);
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("\"Say hello\"", "\"hush hush\""));
    record(&project, &[("demo::hello", text_answer("You said hush hush."))]);
    project.write("bedrock.toml", config.replace("\"Say hello\"", "{ env = \"TOKEN\" }"));
    let mut command = project.command();
    command.args(["test", "--check", "--report", "html=out.html", "--report", "jsonl=out.jsonl"]);
    project.run_command(command.env("TOKEN", "hush hush"));
    for report in [project.read("out.html"), project.read("out.jsonl")] {
        assert!(report.contains("\"content\":\"***\""), "{report}");
        assert!(!report.contains("\"text\":\"You said hush"), "{report}");
        assert!(report.contains("\"output_text\":\"You said ***.\""), "{report}");
        assert!(!report.contains("hush"), "{report}");
    }
}

#[test]
fn the_first_run_has_no_previous_one() {
    let project = many();
    let test = |project: &Project, more: &[&str]| {
        project.run_command(
            project.command().args(["test", "--check", "-q", "--report", "html=out.html"]).args(more),
        )
    };
    let output = test(&project, &["--previous", "previous.jsonl"]);
    assert!(output.contains("warning: there is no previous run `previous.jsonl`"), "{output}");
    assert!(!project.read("out.html").contains("Compared with the previous run"));
    project.write("previous.jsonl", "no run\n");
    let printed = test(&project, &["--previous", "previous.jsonl"]);
    assert!(printed.starts_with("exit 2\n"), "{printed}");
    assert!(printed.contains("error: `--previous`: `previous.jsonl`, line 1"), "{printed}");
    let printed = test(&project, &["--previous", "fixtures"]);
    assert!(printed.starts_with("exit 2\n"), "{printed}");
    project.run(["test", "--check", "-qq", "--report", "jsonl=previous.jsonl"]);
    let printed = project.run(["test", "--check", "--previous", "previous.jsonl"]);
    assert!(printed.contains("warning: `--previous` has no effect"), "{printed}");
}

/// The counts compared with the previous run, as the page shows them.
fn counts_since(project: &Project, args: &[&str]) -> Vec<String> {
    project.run_command(project.command().args(args));
    let page = project.read("out.html");
    let parts = page.split("data-since=\"").skip(1).filter_map(|part| part.split_once("<b>"));
    let counts = parts
        .filter_map(|(_, part)| part.split_once("</button>"))
        .map(|(words, _)| words.replace("</b>", ""));
    counts.collect()
}

#[test]
fn outcomes_are_counted_by_severity() {
    let project = many();
    let run = ["test", "--check", "-qq", "--report", "jsonl=previous.jsonl"];
    project.run(run);
    let page = ["test", "--check", "-qq", "--report", "html=out.html", "--previous", "previous.jsonl"];
    let none =
        ["0 newly failing", "0 no longer failing", "0 with another output", "0 not in the previous run"];
    assert_eq!(counts_since(&project, &page), none);
    // A case that was a warning fails now. With `--fail-fast`, a case that failed before does not run.
    project.write("bedrock.toml", project.read("bedrock.toml").replace("severity = \"warn\"\n", ""));
    let broken =
        ["1 newly failing", "0 no longer failing", "0 with another output", "0 not in the previous run"];
    assert_eq!(counts_since(&project, &page), broken);
    let cut =
        [&page[..], &["--fail-fast", "-j", "1", "-k", "other", "-k", "warns", "-k", "demo::fails"]].concat();
    assert_eq!(counts_since(&project, &cut), none);
}

#[test]
fn a_previous_run_from_another_folder_is_recognised() {
    let project = many();
    project.run(["test", "--check", "-qq", "--report", "jsonl=previous.jsonl"]);
    let config = project.path().join("bedrock.toml");
    let mut page =
        vec!["test", "--check", "-qq", "--report", "html=out.html", "--previous", "previous.jsonl"];
    page.push(config.to_str().expect("UTF-8"));
    assert_eq!(counts_since(&project, &page).last().map(String::as_str), Some("0 not in the previous run"));
    // The previous run is incomplete, and the page reports that.
    let lines = project.read("previous.jsonl");
    project.write("previous.jsonl", lines.lines().take(3).collect::<Vec<_>>().join("\n"));
    assert_eq!(
        counts_since(&project, &page[..7]).last().map(String::as_str),
        Some("5 not in the previous run")
    );
    assert!(
        project.read("out.html").contains(
            "Missing from the previous run: `previous.jsonl` was cut short: it contains 2 of 7 cases"
        )
    );
}

#[test]
fn models_of_the_same_name_are_distinguished() {
    let project = many();
    project.write("sub/bedrock.toml", project.read("bedrock.toml"));
    project.run(PAGE);
    let page = project.read("out.html");
    for model in ["demo (bedrock.toml)", "demo (sub/bedrock.toml)"] {
        assert!(page.contains(&format!("data-model=\"{model}\"")), "{model}");
    }
}

#[test]
fn a_line_without_an_exchange_is_refused() {
    let project = many();
    project.run(["test", "--check", "-qq", "--report", "jsonl=run.jsonl"]);
    let lines =
        project.read("run.jsonl").replacen("\"output_text\":{\"body\"", "\"output_text\":{\"bodies\"", 1);
    project.write("run.jsonl", lines);
    let printed = project.run(["report", "run.jsonl", "--to", "html", "--output", "out.html"]);
    assert!(printed.starts_with("exit 2\n") && printed.contains("`run.jsonl`, line 2: "), "{printed}");
}
