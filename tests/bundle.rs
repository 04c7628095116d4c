//! `bundle`, `bundle verify` and `test --bundle`.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use bedrock_check::bundle::sha256;
use bedrock_check::files::archive::{Archive, ArchiveWriter, Entry};
use serde_json::{Value, json};

use crate::common::Project;
use crate::demo_project::{accepted, project, record, refusal, text_answer};

pub type Files = BTreeMap<String, Vec<u8>>;

pub fn bytes(project: &Project, name: &str) -> Vec<u8> {
    std::fs::read(project.path().join(name)).expect("a bundle")
}

/// The files of an archive.
pub fn unpacked(bytes: &[u8]) -> Files {
    let archive = Archive::read(bytes).expect("an archive");
    let contents = |entry: &Entry| (entry.name.clone(), archive.unpack(entry, 1 << 30).expect("contents"));
    archive.entries().expect("entries").iter().map(contents).collect()
}

pub fn packed(files: &Files) -> Vec<u8> {
    let mut writer = ArchiveWriter::default();
    files.iter().try_for_each(|(name, contents)| writer.add(name, contents)).expect("an archive");
    writer.finish().expect("an archive")
}

/// An archive of `files` whose manifest lists their current hashes and is then changed by `edit`.
pub fn relisted(mut files: Files, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut manifest: Value = serde_json::from_slice(&files["bundle.json"]).expect("JSON");
    files.remove("bundle.json");
    let listed = files.iter().map(
        |(path, bytes)| json!({ "path": path, "size": bytes.len(), "sha256": sha256(bytes), "redacted": false }),
    );
    manifest["files"] = listed.collect();
    edit(&mut manifest);
    files.insert("bundle.json".to_owned(), manifest.to_string().into_bytes());
    packed(&files)
}

pub fn manifest(project: &Project, name: &str) -> Value {
    serde_json::from_slice(&unpacked(&bytes(project, name))["bundle.json"]).expect("JSON")
}

/// A new folder that contains only the bundle `bytes`.
pub fn elsewhere(bytes: &[u8]) -> Project {
    let project = Project::with(&[]);
    project.write("evidence.zip", bytes);
    project
}

/// The bundle of a small project.
pub fn small() -> Vec<u8> {
    let project = accepted();
    project.run(["bundle"]);
    bytes(&project, "evidence.zip")
}

/// Replays the bundle of `project` in an empty folder with an empty environment.
#[track_caller]
pub fn check_replay(project: &Project, exit: i32) -> String {
    let other = elsewhere(&bytes(project, "evidence.zip"));
    let printed = other.run(["test", "--bundle", "evidence.zip"]);
    assert!(printed.starts_with(&format!("exit {exit}\n")), "{printed}");
    assert!(printed.contains("all outcomes match the recorded ones"), "{printed}");
    assert_eq!(other.tree(), ["evidence.zip"], "nothing else is written");
    printed
}

#[track_caller]
pub fn check(printed: &str, has: &[&str]) {
    for part in has {
        assert!(printed.contains(part), "{part} is not in:\n{printed}");
    }
}

#[test]
fn a_bundle_contains_the_run_and_every_file_it_read() {
    let project = Project::example();
    let printed = project.run(["bundle", "bedrock.example.toml"]);
    check(&printed, &["exit 0\n", "13 passed", "bundle: evidence.zip, 31 files", "digest: sha256:"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    for (name, contents) in &files {
        if let Some(name) = name.strip_prefix("repository/").filter(|name| *name != "bedrock-check.toml") {
            assert_eq!(*contents, bytes(&project, name), "{name} is as it was");
        }
    }
    let reports: Vec<_> = files.keys().filter_map(|name| name.strip_prefix("reports/")).collect();
    assert_eq!(reports, ["findings.sarif", "junit.xml", "report.html", "report.md", "run.jsonl", "run.tap"]);
    for read in ["example/letter.txt", "example/reviews.csv", "snapshots/llama__order.snap"] {
        assert!(files.contains_key(&format!("repository/{read}")), "{read}");
    }
    let printed = project.run(["bundle", "verify", "evidence.zip"]);
    check(&printed, &["exit 0\n", "matches its manifest", "13 passed", "made by  bedrock-check 0.1.0"]);
    check_replay(&project, 0);
}

#[test]
fn the_same_files_give_the_same_bytes_in_any_folder() {
    let projects = [Project::example(), Project::example()];
    for project in &projects {
        project.write("models/note.txt", "");
        let command = ["bundle", "../bedrock.example.toml", "--output", "../evidence.zip"];
        let mut here = project.command();
        here.args(command).current_dir(project.path().join("models"));
        project.write("bedrock-check.toml", "");
        let output = here.env("USER", "somebody").output().expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        project.run(["bundle", "bedrock.example.toml", "--output", "again.zip", "-qq"]);
        assert_eq!(bytes(project, "evidence.zip"), bytes(project, "again.zip"), "from another folder");
    }
    assert_eq!(bytes(&projects[0], "evidence.zip"), bytes(&projects[1], "evidence.zip"));
    for (name, contents) in unpacked(&bytes(&projects[0], "evidence.zip")) {
        let text = String::from_utf8_lossy(&contents).into_owned();
        for machine in ["somebody", &projects[0].path().display().to_string(), "/tmp", "models/"] {
            assert!(!text.contains(machine), "{machine} is in {name}");
        }
    }
}

#[test]
fn a_bundle_unpacked_by_another_tool_runs() {
    let project = accepted();
    project.run(["bundle"]);
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n    assert z.testzip() is None\n    z.extractall(sys.argv[2])\n";
    let (bundle, out) = (project.path().join("evidence.zip"), project.path().join("out"));
    let python =
        Command::new("python3").args(["-c", script]).args([&bundle, &out]).stdin(Stdio::null()).status();
    assert!(python.expect("python3 runs").success());
    let mut command = project.command();
    let printed = project.run_command(command.arg("test").current_dir(out.join("repository")));
    check(&printed, &["exit 0\n", "1 case: 1 passed"]);
}

/// A project with a case for every outcome; one of them has a pending snapshot.
pub fn all_outcomes() -> Project {
    let project = project(&[
        ("pass", ""),
        ("fail", "expect.output_text.equals = \"x\""),
        ("differs", ""),
        ("new", ""),
        ("stale", ""),
        ("missing", ""),
        ("refused", ""),
        ("edited", ""),
        ("broken", ""),
    ]);
    let ids =
        ["pass", "fail", "differs", "new", "stale", "edited", "broken"].map(|name| format!("demo::{name}"));
    let mut answers: Vec<_> = ids.iter().map(|id| (id.as_str(), text_answer("Hello!"))).collect();
    answers.push(("demo::refused", refusal("ValidationException", "no")));
    record(&project, &answers);
    project.run(["test", "--accept"]);
    record(&project, &[("demo::differs", text_answer("Bye!"))]);
    project.run(["test", "--update", "new", "-k", "differs"]);
    std::fs::remove_file(project.path().join("snapshots/demo__new.snap")).expect("a snapshot");
    project.write("bedrock.toml", project.read("bedrock.toml").replace("Say stale", "Say it"));
    let edited = project.read("fixtures/demo/edited.json").replace("Say edited", "Say it");
    project.write("fixtures/demo/edited.json", edited);
    project.write("fixtures/demo/broken.json", "{ \"format\": 1");
    project
}

#[test]
fn every_outcome_is_bundled_and_replayed() {
    let project = all_outcomes();
    let before = project.tree();
    let printed = project.run(["bundle"]);
    let tested = project.run(["test", "--check"]);
    assert_eq!(printed.lines().next(), tested.lines().next(), "the exit code is that of `test`");
    check(&printed, &["exit 1\n", "bundle: evidence.zip"]);
    assert_eq!(project.tree().len(), before.len() + 1, "nothing but the bundle is written");
    let manifest = manifest(&project, "evidence.zip");
    let counts =
        json!({ "differs": 1, "error": 3, "fail": 1, "missing": 1, "new": 1, "pass": 1, "stale": 1 });
    assert_eq!(manifest["outcomes"], counts);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    assert!(
        files.contains_key("repository/snapshots/demo__differs.snap.new"),
        "the pending snapshot is in the bundle"
    );
    let again = check_replay(&project, 1);
    check(&again, &["snapshots/demo__differs.snap", "--> bedrock.toml:"]);
    assert!(!again.contains("/tmp") && !again.contains("next:"), "{again}");
    // Snapshots and recordings of a bundle can't be changed, so the output names no command for that.
    check(&tested, &["--accept"]);
    let other = elsewhere(&bytes(&project, "evidence.zip"));
    for format in ["github", "markdown=-", "jsonl=-"] {
        let printed = other.run(["test", "--bundle", "evidence.zip", "--report", format]);
        check(&printed, &["demo::differs"]);
        assert!(!printed.contains("--accept") && !printed.contains("`bedrock-check record"), "{printed}");
    }
}

#[test]
fn a_bundle_replay_writes_the_requested_reports() {
    let project = all_outcomes();
    project.run(["bundle"]);
    let other = elsewhere(&bytes(&project, "evidence.zip"));
    let reports = ["--report", "junit=out/x.xml", "--report", "jsonl=-", "-j", "2"];
    let printed = other.run_command(other.command().args(["test", "--bundle", "evidence.zip"]).args(reports));
    check(&printed, &["exit 1\n", "\"config\":\"bedrock.toml\""]);
    assert_eq!(other.tree(), ["evidence.zip", "out/x.xml"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    assert_eq!(
        other.read("out/x.xml").as_bytes(),
        files["reports/junit.xml"],
        "the report that the bundle has"
    );
}

#[test]
fn selection_profile_and_overrides_are_replayed() {
    let project = project(&[("one", "tags = [\"a\"]"), ("two", ""), ("three", "tags = [\"a\"]")]);
    project.write(
        "bedrock.toml",
        project.read("bedrock.toml") + "[profile.ci.models.demo]\nregion = \"eu-west-1\"\n",
    );
    record(&project, &[("demo::one", text_answer("Hello!")), ("demo::three", text_answer("Hello!"))]);
    let flags = [
        "--profile",
        "ci",
        "--set",
        "models.demo.model_id=eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        "--tag",
        "a",
        "-k",
        "one",
    ];
    let mut command = project.command();
    command.arg("bundle").args(flags).env("BEDROCK_CHECK__MODELS__DEMO__REGION", "eu-central-1");
    command.env("BEDROCK_CHECK__CREDENTIALS__DEMO__EXTERNAL_ID", "hush-hush");
    let printed = project.run_command(&mut command);
    check(&printed, &["exit 5\n", "1 case: 1 stale", "eu-central-1", "bundle: evidence.zip"]);
    let conditions = &manifest(&project, "evidence.zip")["conditions"];
    assert_eq!(conditions["profile"], "ci");
    assert_eq!(
        conditions["set"],
        json!([{ "key": "models.demo.model_id", "value": "eu.anthropic.claude-haiku-4-5-20251001-v1:0" }])
    );
    assert_eq!((&conditions["tag"], &conditions["filter"]), (&json!(["a"]), &json!(["one"])));
    assert_eq!(conditions["environment"][0]["kept"], "nothing");
    check(&check_replay(&project, 5), &["1 case: 1 stale", "eu-central-1", "eu.anthropic"]);
    let all = unpacked(&bytes(&project, "evidence.zip"));
    assert!(all.values().all(|contents| !String::from_utf8_lossy(contents).contains("hush-hush")));
}

#[test]
fn a_run_that_cannot_start_writes_no_bundle() {
    let project = accepted();
    check(&project.run(["bundle", "-k", "nothing"]), &["exit 4\n", "no bundle was written"]);
    check(&project.run(["bundle", "nowhere"]), &["exit 2\n", "no bundle was written"]);
    check(&project.run(["bundle", "--output", "-"]), &["exit 2\n", "expected the path of a file"]);
    project.write("bedrock.toml", project.read("bedrock.toml").replace("us-east-1", "mars"));
    check(&project.run(["bundle"]), &["exit 2\n", "invalid", "no bundle was written"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
}

#[cfg(unix)]
#[test]
fn files_outside_the_repository_are_refused() {
    use std::os::unix::fs::symlink;

    let outside = accepted();
    for link in ["bedrock.toml", "fixtures", "fixtures/demo/greeting.json", "snapshots/demo__greeting.snap"] {
        let project = accepted();
        let (path, target) = (project.path().join(link), outside.path().join(link));
        let removed =
            if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.and_then(|()| symlink(target, path)).expect("a link");
        check(
            &project.run(["bundle", "bedrock.toml"]),
            &["exit 2\n", "points outside the repository, so it can't be in a bundle"],
        );
    }
    let project = accepted();
    symlink(outside.path().join("bedrock.toml"), project.path().join("snapshots/demo__greeting.snap.new"))
        .expect("a link");
    check(&project.run(["bundle"]), &["exit 2\n", "`snapshots/demo__greeting.snap.new` points outside"]);
    let project = Project::with(&[("a/note", "")]);
    project.copy(outside.path());
    let mut command = project.command();
    let printed = project
        .run_command(command.args(["bundle", "../bedrock.toml"]).current_dir(project.path().join("a")));
    check(&printed, &["exit 2\n", "`../bedrock.toml`"]);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let project = accepted();
    let fixture = std::fs::File::create(project.path().join("fixtures/demo/greeting.json")).expect("a file");
    fixture.set_len(65 << 20).expect("a length");
    check(
        &project.run(["bundle"]),
        &["exit 2\n", "greeting.json` is larger than 32 MiB", "can't be in a bundle"],
    );
}

#[test]
fn verify_compares_the_digest() {
    let bundle = small();
    let other = elsewhere(&bundle);
    let digest = format!("sha256:{}", sha256(&bundle));
    check(&other.run(["bundle", "verify", "evidence.zip", "--digest", &digest]), &["exit 0\n", &digest]);
    let wrong = format!("sha256:{}", "0".repeat(64));
    let printed = other.run(["bundle", "verify", "evidence.zip", "--digest", &wrong]);
    check(&printed, &["exit 1\n", "this is a different bundle", &wrong, &digest]);
    check(
        &other.run(["bundle", "verify", "evidence.zip", "--digest", "abc"]),
        &["exit 2\n", "64 digits of hex"],
    );
    check(&other.run(["bundle", "verify", "nothing.zip"]), &["exit 2\n", "there is no `nothing.zip`"]);
    let printed = other.output(&["bundle", "verify", "evidence.zip", "--json"]);
    let printed: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!((&printed["valid"], &printed["digest"]), (&json!(true), &json!(digest)));
    assert_eq!(printed["manifest"]["outcomes"], json!({ "pass": 1 }));
}

#[test]
fn a_changed_outcome_is_reported() {
    let mut files = unpacked(&small());
    let run = String::from_utf8(files["reports/run.jsonl"].clone()).expect("UTF-8");
    let other = run.replace("\"outcome\":\"pass\"", "\"outcome\":\"stale\"");
    files.insert("reports/run.jsonl".to_owned(), other.into_bytes());
    let other = elsewhere(&relisted(files, |manifest| {
        manifest["tool"]["version"] = json!("9.9.9");
        manifest["outcomes"] = json!({ "stale": 1 });
    }));
    let printed = other.run(["test", "--bundle", "evidence.zip"]);
    check(
        &printed,
        &[
            "exit 1\n",
            "error: evidence.zip: 1 outcome differs from the recorded ones",
            "`demo::greeting` of bedrock.toml was `stale` and is `pass`",
            "made by bedrock-check 9.9.9; this is version 0.1.0",
        ],
    );
}

#[test]
fn flags_that_change_the_run_are_rejected() {
    let other = elsewhere(&small());
    for flags in [
        &["--accept"][..],
        &["--mode", "live"],
        &["--mode", "replay"],
        &["bedrock.toml"],
        &["-k", "a"],
        &["--set", "a=1"],
        &["--profile", "ci"],
        &["--update", "no"],
        &["--fail-fast"],
        &["--shard", "1/2"],
        &["--watch"],
    ] {
        let output = other.command().args(["test", "--bundle", "evidence.zip"]).args(flags).output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        check(&String::from_utf8_lossy(&output.stderr), &["cannot be used with"]);
    }
    check(
        &other.run(["record", "--bundle", "evidence.zip"]),
        &["exit 2\n", "unexpected argument '--bundle'"],
    );
}

#[test]
fn the_manifest_records_the_git_commit_and_changed_files() {
    let project = accepted();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
        git.current_dir(project.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git runs")
    };
    git(&["init", "-q"]);
    project.write("notes.txt", "not in the bundle");
    git(&["add", "bedrock.toml", "fixtures"]);
    git(&["commit", "-q", "-m", "a"]);
    let commit = String::from_utf8(git(&["rev-parse", "HEAD"]).stdout).expect("UTF-8");
    let path = std::env::var_os("PATH").unwrap_or_default();
    project.write("bedrock.toml", project.read("bedrock.toml") + "# more\n");
    for _ in 0..2 {
        project.run_command(project.command().arg("bundle").env("PATH", &path));
        let git = &manifest(&project, "evidence.zip")["git"];
        assert_eq!(git["commit"], commit.trim());
        assert_eq!(git["changed"], json!(["bedrock.toml", "snapshots/demo__greeting.snap"]));
    }
    let printed = project.run(["bundle", "verify", "evidence.zip"]);
    check(&printed, &[&format!("of commit {} with 2 files changed since", commit.trim())]);
}
