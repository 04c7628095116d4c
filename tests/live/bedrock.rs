//! Roles, operations and recordings, with MiniStack as the server.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::Project;
use crate::counting_proxy::CountingProxy;
use crate::servers::{MiniStack, aimock, installed};

/// A config with a model for each operation, called with the role `plain`.
fn config(account: &str) -> String {
    format!(
        r#"version = 1
[credentials.plain]
role_arn = "arn:aws:iam::{account}:role/plain"
sts_endpoint = "https://sts.us-east-1.amazonaws.com/"
[credentials.guarded]
role_arn = "arn:aws:iam::{account}:role/guarded"
external_id = "kore-1"
[credentials.wrong-id]
role_arn = "arn:aws:iam::{account}:role/guarded"
external_id = "kore-2"
[credentials.chained]
chain = [{{ role_arn = "arn:aws:iam::{account}:role/plain" }}]
role_arn = "arn:aws:iam::{account}:role/second"
[credentials.closed]
role_arn = "arn:aws:iam::{account}:role/closed"
[credentials.absent]
role_arn = "arn:aws:iam::{account}:role/nobody-made-it"
[credentials.powerless]
role_arn = "arn:aws:iam::{account}:role/powerless"
[credentials.no-streams]
role_arn = "arn:aws:iam::{account}:role/no-streams"

[defaults]
region = "us-east-1"
model_id = "global.anthropic.claude-haiku-4-5-20251001-v1:0"
credentials = "plain"
[defaults.variables]
prompt = {{ default = "What is the capital of France?" }}
[defaults.request]
body = '{{ "anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [{{ "role": "user", "content": "{{{{prompt}}}}" }}] }}'

[models.invoke]
mapping = {{ output_text = "$.content[0].text", input_tokens = "$.usage.input_tokens", output_tokens = "$.usage.output_tokens" }}
cases = [{{ name = "capital" }}]
[models.invoke-stream]
extends = "invoke"
stream = true
cases = [{{ name = "capital" }}]
[models.converse]
operation = "converse"
request.body = '{{ "messages": [{{ "role": "user", "content": [{{ "text": "{{{{prompt}}}}" }}] }}], "inferenceConfig": {{ "maxTokens": 50 }} }}'
mapping = {{ output_text = "$.output.message.content[0].text", input_tokens = "$.usage.inputTokens", output_tokens = "$.usage.outputTokens" }}
cases = [{{ name = "capital" }}]
[models.converse-stream]
extends = "converse"
stream = true
cases = [{{ name = "capital" }}]
"#
    )
}

/// A project with a model for each of `credentials`.
fn project(stack: &MiniStack, credentials: &[&str]) -> Project {
    let models: String = credentials
        .iter()
        .map(|name| format!("[models.as-{name}]\nextends = \"invoke\"\ncredentials = \"{name}\"\ncases = [{{ name = \"capital\" }}]\n"))
        .collect();
    Project::with(&[("bedrock.toml", &format!("{}{models}", config(&stack.account)))])
}

fn start() -> Option<MiniStack> {
    Some(MiniStack::start(&installed()?, None))
}

#[test]
fn all_four_operations_are_called_recorded_and_replayed() {
    let Some(stack) = start() else { return };
    let project = project(&stack, &[]);
    let printed = stack.run(&project, &["test", "--mode", "live"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("4 cases: 4 passed"), "{printed}");
    assert_eq!(project.tree(), ["bedrock.toml"], "a live run writes nothing");
    let printed = stack.run(&project, &["record", "--accept"]);
    assert!(printed.starts_with("exit 0\n") && printed.contains("4 recorded; 4 accepted"), "{printed}");
    let files: Vec<(String, String)> =
        project.tree().into_iter().map(|path| (path.clone(), project.read(&path))).collect();
    drop(stack);
    // The replay has no server, no environment variable and, where `unshare` works, no network.
    let mut replay = project.command();
    replay.args(["test", "--check", "-v"]);
    assert!(project.run_command(&mut replay).starts_with("exit 0\n"), "{}", project.run_command(&mut replay));
    for (path, text) in files {
        assert_eq!(project.read(&path), text, "{path}");
    }
}

#[test]
fn roles_are_assumed_as_their_trust_policies_allow() {
    let Some(stack) = start() else { return };
    let project =
        project(&stack, &["guarded", "chained", "wrong-id", "closed", "absent", "powerless", "no-streams"]);
    for name in ["guarded", "chained", "no-streams"] {
        let printed = stack.run(&project, &["test", "--mode", "live", "--model", &format!("as-{name}")]);
        assert!(printed.starts_with("exit 0\n"), "{name}: {printed}");
    }
    for (name, place) in [
        ("wrong-id", "bedrock.toml:9:12"),
        ("closed", "bedrock.toml:15:12"),
        ("absent", "bedrock.toml:17:12"),
    ] {
        let printed = stack.run(&project, &["test", "--mode", "live", "--model", &format!("as-{name}")]);
        assert!(
            printed.starts_with("exit 3\n") && printed.contains("error[role-not-assumed]"),
            "{name}: {printed}"
        );
        assert!(printed.contains(place) && printed.contains("explain sts-"), "{name}: {printed}");
    }
    let printed = stack.run(&project, &["test", "--mode", "live", "--model", "as-powerless"]);
    assert!(printed.starts_with("exit 3\n") && printed.contains("explain iam-denied"), "{printed}");
}

#[test]
fn a_wrong_secret_key_is_refused() {
    let Some(stack) = start() else { return };
    let project = project(&stack, &[]);
    let mut command = stack.command(&project, &stack.server.url);
    let printed = project
        .run_command(command.env("AWS_SECRET_ACCESS_KEY", "not-the-secret").args(["test", "--mode", "live"]));
    assert!(printed.starts_with("exit 3\n") && printed.contains("explain sts-signature"), "{printed}");
}

#[test]
fn one_role_is_assumed_for_a_hundred_cases() {
    let Some(stack) = start() else { return };
    let cases: String = (0..100)
        .map(|number| format!("[[models.many.cases]]\nname = \"case {number}\"\nvariables = {{ prompt = \"Number {number}\" }}\n"))
        .collect();
    let project = Project::with(&[(
        "bedrock.toml",
        &format!("{}[models.many]\nextends = \"invoke\"\n{cases}", config(&stack.account)),
    )]);
    let proxy = CountingProxy::before(&stack.server.url, Duration::ZERO);
    let printed = project.run_command(
        stack.command(&project, &proxy.url).args(["record", "--accept", "-j", "8", "--model", "many"]),
    );
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    assert_eq!((proxy.count("Action=AssumeRole"), proxy.count("POST /model/")), (1, 100));
}

#[test]
fn no_secret_is_in_any_file_or_output() {
    let Some(stack) = start() else { return };
    let project = project(&stack, &["guarded", "chained", "wrong-id"]);
    let proxy = CountingProxy::before(&stack.server.url, Duration::ZERO);
    let mut printed = String::new();
    for args in [
        &["record", "--accept", "-v", "--report", "jsonl=out.jsonl", "--report", "junit=out.xml"][..],
        &["test", "--mode", "live", "-v"],
        &["invoke", "invoke"],
        &["invoke", "invoke-stream", "--format", "json"],
        &["doctor", "as-chained"],
        &["doctor", "as-wrong-id", "--format", "json"],
        &["plan"],
    ] {
        printed += &project.run_command(stack.command(&project, &proxy.url).args(args));
    }
    let responses = proxy.responses();
    let secrets = |tag: &str| -> Vec<String> {
        let tag = format!("<{tag}>");
        let parts = responses.split(tag.as_str()).skip(1);
        parts.map(|part| part.split('<').next().unwrap_or_default().to_owned()).collect()
    };
    let mut planted = vec![stack.secret.clone()];
    planted.extend(secrets("SecretAccessKey"));
    planted.extend(secrets("SessionToken"));
    assert!(planted.len() >= 5 && planted.iter().all(|secret| secret.len() > 10), "{}", planted.len());
    let files = project.tree().into_iter().map(|path| project.read(&path));
    for text in files.chain([printed]) {
        for secret in &planted {
            assert!(!text.contains(secret.as_str()), "a secret is in:\n{text}");
        }
    }
}

#[test]
fn the_doctor_passes_every_step() {
    let Some(stack) = start() else { return };
    let project = project(&stack, &["chained", "wrong-id"]);
    let printed = stack.run(&project, &["doctor", "as-chained"]);
    assert!(printed.starts_with("exit 0\n") && printed.matches("  ok  ").count() == 7, "{printed}");
    let printed = stack.run(&project, &["doctor", "as-wrong-id"]);
    assert!(printed.starts_with("exit 3\n") && printed.contains("  FAILED   assume role"), "{printed}");
    assert!(
        printed.contains("not run  call") && printed.contains("\"sts:ExternalId\": \"kore-2\""),
        "{printed}"
    );
}

#[test]
fn the_text_of_a_model_is_mapped() {
    let Some(installed) = installed() else { return };
    let script = aimock(&installed, "capital of France", "Paris, by the script.");
    let stack = MiniStack::start(&installed, Some(&script));
    let project = project(&stack, &[]);
    let printed = stack.run(&project, &["record", "--accept", "--model", "converse*"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}\n{}", script.log());
    for model in ["converse", "converse-stream"] {
        let snapshot = project.read(&format!("snapshots/{model}__capital.snap"));
        assert!(snapshot.contains("Paris, by the script."), "{snapshot}");
    }
}

#[test]
fn an_interrupt_while_recording_leaves_whole_files() {
    let Some(stack) = start() else { return };
    let cases: String =
        (0..40).map(|number| format!("[[models.many.cases]]\nname = \"case {number}\"\n")).collect();
    let config =
        format!("{}[models.many]\nextends = \"invoke\"\nstream = true\n{cases}", config(&stack.account));
    let project = Project::with(&[("bedrock.toml", &config)]);
    let proxy = CountingProxy::before(&stack.server.url, Duration::from_millis(60));
    let mut command = stack.command(&project, &proxy.url);
    command.args(["record", "-j", "2", "--model", "many"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary runs");
    while proxy.count("POST /model/") < 8 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("`kill` runs");
    assert!(sent.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stdout));
    let fixtures: Vec<String> =
        project.tree().into_iter().filter(|path| path.starts_with("fixtures/")).collect();
    assert!((1..40).contains(&fixtures.len()), "{fixtures:?}");
    for path in &fixtures {
        assert!(Path::new(path).extension().is_some_and(|extension| extension == "json"), "{path}");
        bedrock_check::fixture::Fixture::parse(&project.read(path)).expect("a whole fixture");
    }
}
