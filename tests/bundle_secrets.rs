//! Secrets and environment variables in bundles are masked, replaced or included.

use serde_json::json;

use crate::bundle::{all_outcomes, bytes, check, check_replay, manifest, unpacked};
use crate::common::Project;
use crate::demo_project::{MODEL, accepted, case, project, record, text_answer};

const SECRET: &str = "AKIAQWERTYUIOPASDFGH";

/// A project whose only case takes its prompt from `TOKEN`; with `value` it is recorded with that prompt.
fn prompt_from_environment(value: Option<&str>, variable: &str) -> Project {
    let config = |prompt: &str| {
        let model = MODEL.replace("{ type = \"string\" }", variable);
        format!("{model}{}", case("hello", "").replace("\"Say hello\"", prompt))
    };
    let project = Project::with(&[("bedrock.toml", &config(&format!("{:?}", value.unwrap_or("x"))))]);
    if value.is_some() {
        record(&project, &[("demo::hello", text_answer("Hi!"))]);
        project.run(["test", "--accept"]);
    }
    project.write("bedrock.toml", config("{ env = \"TOKEN\" }"));
    project
}

fn bundled(project: &Project, value: &str, more: &[&str]) -> String {
    project
        .run_command(project.command().arg("bundle").args(more).env("TOKEN", value).env("OTHER", "elsewhere"))
}

#[test]
fn an_environment_value_that_a_recording_contains_is_bundled() {
    let project = prompt_from_environment(Some("Say hello"), "{ type = \"string\" }");
    check(&bundled(&project, "Say hello", &[]), &["exit 0\n"]);
    let kept = json!([{ "name": "TOKEN", "value": "Say hello", "kept": "value" }]);
    assert_eq!(manifest(&project, "evidence.zip")["conditions"]["environment"], kept);
    check_replay(&project, 0);
}

#[test]
fn other_environment_values_are_replaced() {
    for recorded in [Some("Say hello"), None] {
        let project = prompt_from_environment(recorded, "{ type = \"string\" }");
        check(&bundled(&project, "Hush 42", &[]), &["exit 5\n"]);
        let kept = json!([{ "name": "TOKEN", "value": "xxxx 11", "kept": "stand-in" }]);
        assert_eq!(manifest(&project, "evidence.zip")["conditions"]["environment"], kept);
        check_replay(&project, 5);
        lacks(&bytes(&project, "evidence.zip"), "Hush 42");
    }
}

#[test]
fn a_value_that_cannot_be_replaced_needs_the_env_flag() {
    let project = prompt_from_environment(None, "{ type = \"string\", pattern = \"^Hush\" }");
    let printed = bundled(&project, "Hush 42", &[]);
    check(&printed, &["exit 2\n", "doesn't match `^Hush`", "`--env TOKEN` includes it"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
    check(&bundled(&project, "Hush 42", &["--env", "TOKEN"]), &["exit 5\n"]);
    check_replay(&project, 5);
    check(&bundled(&project, "Hush 42", &["--env", "OTHER"]), &["exit 2\n", "no config reads this variable"]);
}

#[test]
fn a_secret_from_the_environment_is_masked_and_its_case_still_passes() {
    let value = format!("Say {SECRET} twice");
    let project = prompt_from_environment(Some("x"), "{ type = \"string\" }");
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("{ env = \"TOKEN\" }", &format!("\"{value}\"")));
    record(&project, &[("demo::hello", text_answer("Hi!"))]);
    project.write("bedrock.toml", config);
    check(&bundled(&project, &value, &[]), &["exit 0\n", "1 passed"]);
    let manifest = manifest(&project, "evidence.zip");
    assert_eq!(manifest["conditions"]["environment"][0]["kept"], "masked");
    check_replay(&project, 0);
    lacks(&bytes(&project, "evidence.zip"), SECRET);
}

/// Checks that neither the archive nor any of its files contains `secret`.
#[track_caller]
fn lacks(archive: &[u8], secret: &str) {
    let found = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(!found(archive), "{secret} is in the archive");
    for (name, contents) in unpacked(archive) {
        assert!(!found(&contents) && !name.contains(secret), "{secret} is in {name}");
    }
}

#[test]
fn no_secret_gets_into_a_bundle() {
    let project = project(&[("hello", ""), ("read", "")]);
    project.write("data.txt", format!("Say {SECRET}"));
    let config = project.read("bedrock.toml").replace("\"Say read\"", "{ file = \"data.txt\" }");
    project.write("bedrock.toml", config);
    let answer = || text_answer(&format!("Hi, {SECRET}!"));
    record(&project, &[("demo::hello", answer()), ("demo::read", answer())]);
    project.write("bedrock-check.toml", format!("jobs = 1 # {SECRET}\n"));
    let snapshot = format!(
        "---\nsource: bedrock.toml\n---\noutput_text: Hi, {SECRET}!\ninput_tokens: 9\noutput_tokens: 25\n"
    );
    project.write("snapshots/demo__hello.snap", &snapshot);
    project.write("snapshots/demo__read.snap.new", &snapshot);
    let set = format!("models.demo.description={SECRET}");
    let mut command = project.command();
    command.args(["bundle", "--set", &set]).env("AWS_ACCESS_KEY_ID", SECRET);
    let printed = project.run_command(command.env("BEDROCK_CHECK__MODELS__DEMO__DESCRIPTION", SECRET));
    check(&printed, &["exit 5\n", "1 passed, 1 new"]);
    lacks(&bytes(&project, "evidence.zip"), SECRET);
    let manifest = manifest(&project, "evidence.zip");
    let files = manifest["files"].as_array().expect("a list").iter().filter(|file| file["redacted"] == true);
    let redacted: Vec<_> = files.filter_map(|file| file["path"].as_str()).collect();
    let expected = [
        "repository/bedrock-check.toml",
        "repository/data.txt",
        "repository/fixtures/demo/hello.json",
        "repository/fixtures/demo/read.json",
        "repository/snapshots/demo__hello.snap",
        "repository/snapshots/demo__read.snap.new",
    ];
    assert_eq!(redacted, expected);
    check_replay(&project, 5);
}

#[test]
fn no_credentials_from_flags_or_environment_get_into_a_bundle() {
    let project = project(&[("hello", "")]);
    let profile = "[profile.p.credentials.demo]\nexternal_id = \"example\"\n";
    project.write("bedrock.toml", project.read("bedrock.toml") + profile);
    record(&project, &[("demo::hello", text_answer("Hi!"))]);
    let secret = "hush-hush-4711";
    let mut command = project.command();
    command.args(["bundle", "--profile", "p", "--set", "models.demo.credentials=demo"]);
    for key in ["profile.p.credentials.demo.external_id", "\"credentials\".demo.external_id"] {
        command.args(["--set", &format!("{key}={secret}")]);
    }
    command.args([
        "--set",
        &format!("profile.p={{ credentials = {{ demo = {{ external_id = \"{secret}\" }} }} }}"),
    ]);
    command.env("BEDROCK_CHECK__PROFILE__P__CREDENTIALS__DEMO__EXTERNAL_ID", secret);
    check(&project.run_command(&mut command), &["exit 5\n", "bundle: "]);
    lacks(&bytes(&project, "evidence.zip"), secret);
    let conditions = &manifest(&project, "evidence.zip")["conditions"];
    let kept = conditions["set"].as_array().expect("a list").iter().filter(|set| !set["value"].is_null());
    assert_eq!(kept.collect::<Vec<_>>(), [&json!({ "key": "models.demo.credentials", "value": "demo" })]);
    assert_eq!(conditions["environment"][0]["kept"], "nothing");
    check_replay(&project, 5);
}

#[test]
fn a_replacement_has_nothing_of_the_value() {
    for value in ["1111", "----", "P@$$-w0rd!"] {
        let project = prompt_from_environment(None, "{ type = \"string\" }");
        check(&bundled(&project, value, &[]), &["exit 5\n"]);
        let kept = manifest(&project, "evidence.zip")["conditions"]["environment"].to_string();
        assert!(!kept.contains(value) && !kept.contains("@$$"), "{kept}");
        check_replay(&project, 5);
    }
}

#[test]
fn settings_and_pending_snapshots_may_be_in_other_folders() {
    let project = all_outcomes();
    project.write(".config/bedrock-check.toml", "jobs = 1\n");
    std::fs::remove_file(project.path().join("snapshots/demo__differs.snap.new"))
        .expect("a pending snapshot");
    let run = |args: &[&str]| {
        let mut command = project.command();
        project.run_command(command.args(args).env("INSTA_PENDING_DIR", project.path().join("waiting")))
    };
    run(&["test", "--update", "new"]);
    check(&run(&["bundle"]), &["exit 1\n"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    for name in [".config/bedrock-check.toml", "snapshots/demo__differs.snap.new"] {
        assert!(files.contains_key(&format!("repository/{name}")), "{name}");
    }
    assert!(!files.contains_key("repository/bedrock-check.toml"));
    check_replay(&project, 1);
}

#[test]
fn secrets_that_cannot_be_masked_are_refused() {
    // Four levels of escapes, as in JSON in JSON in JSON in TOML.
    let escaped = SECRET.replacen('A', &format!("{}u0041", "\\".repeat(8)), 1);
    for (file, text, expected) in [
        (
            "bedrock-check.toml",
            format!("exclude = [\"{escaped}\"]\n"),
            "a secret that is written with escapes",
        ),
        ("bedrock.toml", format!("{MODEL}{}# {SECRET}\n", case("greeting", "")), "error[literal-secret]"),
    ] {
        let project = accepted();
        project.write(file, text);
        check(&project.run(["bundle"]), &["exit 2\n", expected]);
        assert!(!project.tree().contains(&"evidence.zip".to_owned()), "{file}");
    }
    let project = accepted();
    let config =
        project.read("bedrock.toml").replace("\"Say greeting\"", "{ file = \"key\", as = \"base64\" }");
    project.write("bedrock.toml", config);
    project.write("key", [b"\xff\xfe ", SECRET.as_bytes()].concat());
    check(&project.run(["bundle"]), &["exit 2\n", "`key` can't be in a bundle", "is not text"]);
}

#[test]
fn a_bundle_that_would_not_replay_is_not_written() {
    let project = project(&[("hello", "expect.output_text.matches = \"AKIA\""), ("other", "")]);
    record(
        &project,
        &[("demo::hello", text_answer(&format!("Hi, {SECRET}!"))), ("demo::other", text_answer("Hi!"))],
    );
    let printed = project.run(["bundle"]);
    let why = "other outcomes than this run, so no bundle was written: `demo::hello` of bedrock.toml was `new` and is `fail`";
    check(&printed, &["exit 2\n", why, "secrets are masked in `repository/fixtures/demo/hello.json`"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
    check(&project.run(["bundle", "-k", "other"]), &["exit 5\n"]);
    check_replay(&project, 5);
}
