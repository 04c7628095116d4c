//! The HTML page as bytes. `tests/support/browser.sh` opens the pages that these tests leave in a browser.

use crate::common::Project;
use crate::demo::{self, HOSTILE, MODEL, case, project, record, record_each, refuses, says};

/// Two models; one case of each kind that a page shows in its own way.
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
        "demo::is refused" => Some(refuses("ValidationException", "too long")),
        id => Some(says(&format!("The answer of {id}, in so many words."))),
    });
    project.run(["test", "--accept", "-qq", "-k", "differs", "-k", "passes"]);
    project
}

const PAGE: [&str; 5] = ["test", "--check", "-qq", "--report", "html=out.html"];

#[test]
fn a_page_beside_the_previous_run_is_the_same_from_the_run_and_from_its_lines() {
    let project = many();
    project.run(["test", "--check", "-qq", "--report", "jsonl=previous.jsonl"]);
    record(&project, &[("demo::differs", says("Something else <b>entirely</b>."))]);
    let mut command = project.command();
    command.args(PAGE).args(["--report", "jsonl=run.jsonl", "--previous", "previous.jsonl"]);
    project.told(&mut command);
    let page = project.read("out.html");
    demo::keep("run.html", &page);
    demo::keep("run.jsonl", &project.read("run.jsonl"));
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
fn a_page_needs_nothing_from_elsewhere() {
    let project = many();
    project.run(PAGE);
    let page = project.read("out.html");
    for part in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part} is in the page");
    }
}

#[test]
fn an_answer_can_not_leave_its_place_in_the_page() {
    let project = demo::hostile();
    let mut config = project.read("bedrock.toml");
    config = config.replace("greeting", "</script><script>alert(1)</script>\\u202E");
    project.write("bedrock.toml", config);
    record_each(&project, |_| Some(says(&format!("{HOSTILE}</script><script>alert(2)</script><!--"))));
    project.run(PAGE);
    let page = project.read("out.html");
    demo::keep("hostile.html", &page);
    // The rows, one case, and the script of the page.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script>").count(), 3);
    assert!(!page.contains("<img") && !page.contains("<!--"));
    let hidden = |c: &char| *c != '\n' && (c.is_control() || *c == '\u{202e}');
    assert_eq!(page.chars().find(hidden), None);
}

#[test]
fn a_page_does_not_tell_the_environment() {
    let project = project(&[("hello", "")]);
    let config = project.read("bedrock.toml").replace("\"Say hello\"", "{ env = \"TOKEN\" }");
    project.write("bedrock.toml", config.replace("{ env = \"TOKEN\" }", "\"hush hush\""));
    record(&project, &[("demo::hello", says("You said hush hush."))]);
    project.write("bedrock.toml", config);
    let mut command = project.command();
    command.args(["test", "--check", "--report", "html=out.html", "--report", "jsonl=out.jsonl"]);
    project.told(command.env("TOKEN", "hush hush"));
    let of_request = |text: &str| text.contains("\"content\":\"***\"");
    for report in [project.read("out.html"), project.read("out.jsonl")] {
        assert!(of_request(&report), "{report}");
        // The mapped output is what the model said, as in the snapshot.
        assert!(!report.contains("\"text\":\"You said hush"), "{report}");
    }
}

#[test]
fn the_first_run_has_no_previous_one() {
    let project = many();
    let mut command = project.command();
    let told = project.told(command.args(PAGE).args(["--previous", "previous.jsonl"]));
    assert!(!told.contains("error: "), "{told}");
    assert!(!project.read("out.html").contains("Against the previous run"));
    let told =
        project.run(["test", "--check", "--previous", "previous.jsonl", "--report", "html=out.html", "-q"]);
    assert!(told.contains("warning: the previous run: there is no `previous.jsonl`"), "{told}");
    project.write("previous.jsonl", "no run\n");
    let told = project.run(["report", "previous.jsonl", "--previous", "previous.jsonl", "--to", "html"]);
    assert!(told.starts_with("exit 2\n"), "{told}");
    let mut command = project.command();
    let told = project.told(command.args(PAGE).args(["--previous", "previous.jsonl"]));
    assert!(told.contains("error: `--previous`: `previous.jsonl`, line 1"), "{told}");
}
