//! `import FILE --case ID` replaces a missing or stale recording.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::project;

/// A recording of the request of `demo::greeting`, with `text` as the prompt.
fn recording(text: &str) -> String {
    let body = format!(
        r#"{{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{{ "role": "user", "content": "{text}" }}] }}"#
    );
    let url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/global.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke";
    format!(
        r#"{{ "request": {{ "method": "POST", "url": "{url}", "operation": "InvokeModel", "region": "us-east-1", "model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0", "headers": {{}}, "body": {body} }},
  "response": {{ "status": 200, "headers": {{}}, "body": {{ "content": [{{ "type": "text", "text": "Hello!" }}], "usage": {{ "input_tokens": 9, "output_tokens": 3 }} }} }} }}"#
    )
}

fn unrecorded() -> Project {
    let project = project(&[("greeting", "")]);
    project.write("right.json", recording("Say greeting"));
    project.write("other.json", recording("Say something else"));
    project
}

#[test]
fn a_recording_becomes_the_fixture_of_its_case() {
    let project = unrecorded();
    assert!(project.run(["test"]).starts_with("exit 5\n"), "nothing is recorded yet");
    assert_snapshot!(project.run(["import", "right.json", "--case", "demo::greeting"]), @"
    exit 0
    --- stdout
    wrote fixtures/demo/greeting.json
    ");
    assert!(project.run(["test", "--accept"]).starts_with("exit 0\n"));
}

#[test]
fn a_recording_of_another_request_is_refused() {
    let project = unrecorded();
    assert_snapshot!(project.run(["import", "other.json", "--case", "demo::greeting"]), @r#"
    exit 2
    --- stderr
    @@ -8,7 +8,7 @@
         "max_tokens": 100,
         "messages": [
           {
    -        "content": "Say something else",
    +        "content": "Say greeting",
             "role": "user"
           }
         ]
    error: the request in the recording differs from the request of `demo::greeting`: recorded (-), now (+)
      = help: change the case, or record its current request; nothing was written
    "#);
    assert_snapshot!(project.run(["import", "right.json", "--case", "demo::greting"]), @"
    exit 2
    --- stderr
    error: no config has the case `demo::greting`
      = help: did you mean `demo::greeting`?
    ");
    assert_eq!(project.tree(), ["bedrock.toml", "other.json", "right.json"], "nothing was written");
}
