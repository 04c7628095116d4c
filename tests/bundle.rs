//! `bundle`, `bundle verify` and `test --bundle`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use bedrock_check::archive::{Archive, Entry, Writer};
use bedrock_check::bundle::{self, sha256};
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::{Value, json};

use crate::common::Project;
use crate::demo::{MODEL, accepted, case, project, record, refuses, says};

const SECRET: &str = "AKIAQWERTYUIOPASDFGH";

type Files = BTreeMap<String, Vec<u8>>;

fn bytes(project: &Project, name: &str) -> Vec<u8> {
    std::fs::read(project.path().join(name)).expect("a bundle")
}

/// What an archive holds.
fn unpacked(bytes: &[u8]) -> Files {
    let archive = Archive::read(bytes).expect("an archive");
    let contents = |entry: &Entry| (entry.name.clone(), archive.contents(entry, 1 << 30).expect("contents"));
    archive.entries().expect("entries").iter().map(contents).collect()
}

fn packed(files: &Files) -> Vec<u8> {
    let mut writer = Writer::default();
    files.iter().try_for_each(|(name, contents)| writer.add(name, contents)).expect("an archive");
    writer.finish().expect("an archive")
}

/// The files with a manifest that lists them as they are now, changed by `edit`.
fn relisted(mut files: Files, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
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

fn manifest(project: &Project, name: &str) -> Value {
    serde_json::from_slice(&unpacked(&bytes(project, name))["bundle.json"]).expect("JSON")
}

/// A fresh folder with nothing but the bundle `bytes`.
fn elsewhere(bytes: &[u8]) -> Project {
    let project = Project::with(&[]);
    project.write("evidence.zip", bytes);
    project
}

/// Replays the bundle of `project` in an empty folder without any environment.
#[track_caller]
fn check_replay(project: &Project, exit: i32) -> String {
    let other = elsewhere(&bytes(project, "evidence.zip"));
    let told = other.run(["test", "--bundle", "evidence.zip"]);
    assert!(told.starts_with(&format!("exit {exit}\n")), "{told}");
    assert!(told.contains("the outcomes are those that it recorded"), "{told}");
    assert_eq!(other.tree(), ["evidence.zip"], "nothing else is written");
    told
}

#[track_caller]
fn check(told: &str, has: &[&str]) {
    for part in has {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
}

#[test]
fn a_bundle_holds_the_run_and_all_that_it_read() {
    let project = Project::example();
    let told = project.run(["bundle", "bedrock.example.toml"]);
    check(&told, &["exit 0\n", "13 passed", "bundle: evidence.zip, 30 files", "digest: sha256:"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    for (name, contents) in &files {
        if let Some(name) = name.strip_prefix("repository/").filter(|name| *name != "bedrock-check.toml") {
            assert_eq!(*contents, bytes(&project, name), "{name} is as it was");
        }
    }
    let reports: Vec<_> = files.keys().filter_map(|name| name.strip_prefix("reports/")).collect();
    assert_eq!(reports, ["findings.sarif", "junit.xml", "report.md", "run.jsonl", "run.tap"]);
    for read in ["example/letter.txt", "example/reviews.csv", "snapshots/llama__order.snap"] {
        assert!(files.contains_key(&format!("repository/{read}")), "{read}");
    }
    let told = project.run(["bundle", "verify", "evidence.zip"]);
    check(&told, &["exit 0\n", "holds what its manifest says", "13 passed", "made by  bedrock-check 0.1.0"]);
    check_replay(&project, 0);
}

#[test]
fn the_same_files_give_the_same_bytes_wherever_they_are() {
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
fn another_tool_unpacks_a_bundle_and_it_runs_there() {
    let project = accepted();
    project.run(["bundle"]);
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n    assert z.testzip() is None\n    z.extractall(sys.argv[2])\n";
    let (bundle, out) = (project.path().join("evidence.zip"), project.path().join("out"));
    let python =
        Command::new("python3").args(["-c", script]).args([&bundle, &out]).stdin(Stdio::null()).status();
    assert!(python.expect("python3 runs").success());
    let mut command = project.command();
    let told = project.told(command.arg("test").current_dir(out.join("repository")));
    check(&told, &["exit 0\n", "1 case: 1 passed"]);
}

/// A project in which every case has another outcome, and one of them waits.
fn all_outcomes() -> Project {
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
    let mut answers: Vec<_> = ids.iter().map(|id| (id.as_str(), says("Hello!"))).collect();
    answers.push(("demo::refused", refuses("ValidationException", "no")));
    record(&project, &answers);
    project.run(["test", "--accept"]);
    record(&project, &[("demo::differs", says("Bye!"))]);
    project.run(["test", "--update", "new", "-k", "differs"]);
    std::fs::remove_file(project.path().join("snapshots/demo__new.snap")).expect("a snapshot");
    project.write("bedrock.toml", project.read("bedrock.toml").replace("Say stale", "Say it"));
    let edited = project.read("fixtures/demo/edited.json").replace("Say edited", "Say it");
    project.write("fixtures/demo/edited.json", edited);
    project.write("fixtures/demo/broken.json", "{ \"format\": 1");
    project
}

#[test]
fn every_outcome_is_evidence_and_comes_again() {
    let project = all_outcomes();
    let before = project.tree();
    let told = project.run(["bundle"]);
    let tested = project.run(["test", "--check"]);
    assert_eq!(told.lines().next(), tested.lines().next(), "it exits as `test` does");
    check(&told, &["exit 1\n", "bundle: evidence.zip"]);
    assert_eq!(project.tree().len(), before.len() + 1, "nothing but the bundle is written");
    let manifest = manifest(&project, "evidence.zip");
    let counts =
        json!({ "differs": 1, "error": 3, "fail": 1, "missing": 1, "new": 1, "pass": 1, "stale": 1 });
    assert_eq!(manifest["outcomes"], counts);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    assert!(files.contains_key("repository/snapshots/demo__differs.snap.new"), "what waits is there");
    let again = check_replay(&project, 1);
    check(&again, &["snapshots/demo__differs.snap", "--> bedrock.toml:"]);
    assert!(!again.contains("/tmp") && !again.contains("next:"), "{again}");
}

#[test]
fn reports_of_a_replay_go_where_they_are_wanted() {
    let project = all_outcomes();
    project.run(["bundle"]);
    let other = elsewhere(&bytes(&project, "evidence.zip"));
    let reports = ["--report", "junit=out/x.xml", "--report", "jsonl=-", "-j", "2"];
    let told = other.told(other.command().args(["test", "--bundle", "evidence.zip"]).args(reports));
    check(&told, &["exit 1\n", "\"config\":\"bedrock.toml\""]);
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
    record(&project, &[("demo::one", says("Hello!")), ("demo::three", says("Hello!"))]);
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
    let told = project.told(&mut command);
    check(&told, &["exit 5\n", "1 case: 1 stale", "eu-central-1", "bundle: evidence.zip"]);
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

/// A project whose one case asks what `TOKEN` holds, recorded with `value` if there is one.
fn asks_the_environment(value: Option<&str>, variable: &str) -> Project {
    let asks = |given: &str| {
        let model = MODEL.replace("{ type = \"string\" }", variable);
        format!("{model}{}", case("hello", "").replace("\"Say hello\"", given))
    };
    let project = Project::with(&[("bedrock.toml", &asks(&format!("{:?}", value.unwrap_or("x"))))]);
    if value.is_some() {
        record(&project, &[("demo::hello", says("Hi!"))]);
        project.run(["test", "--accept"]);
    }
    project.write("bedrock.toml", asks("{ env = \"TOKEN\" }"));
    project
}

fn bundled(project: &Project, value: &str, more: &[&str]) -> String {
    project.told(project.command().arg("bundle").args(more).env("TOKEN", value).env("OTHER", "elsewhere"))
}

#[test]
fn a_value_of_the_environment_that_a_recording_shows_is_in_the_bundle() {
    let project = asks_the_environment(Some("Say hello"), "{ type = \"string\" }");
    check(&bundled(&project, "Say hello", &[]), &["exit 0\n"]);
    let kept = json!([{ "name": "TOKEN", "value": "Say hello", "kept": "value" }]);
    assert_eq!(manifest(&project, "evidence.zip")["conditions"]["environment"], kept);
    check_replay(&project, 0);
}

#[test]
fn another_value_of_the_environment_is_not() {
    for recorded in [Some("Say hello"), None] {
        let project = asks_the_environment(recorded, "{ type = \"string\" }");
        check(&bundled(&project, "Hush 42", &[]), &["exit 5\n"]);
        let kept = json!([{ "name": "TOKEN", "value": "xxxx 11", "kept": "stand-in" }]);
        assert_eq!(manifest(&project, "evidence.zip")["conditions"]["environment"], kept);
        check_replay(&project, 5);
        lacks(&bytes(&project, "evidence.zip"), "Hush 42");
    }
}

#[test]
fn a_value_that_nothing_stands_in_for_is_asked_for() {
    let project = asks_the_environment(None, "{ type = \"string\", pattern = \"^Hush\" }");
    let told = bundled(&project, "Hush 42", &[]);
    check(&told, &["exit 2\n", "doesn't match `^Hush`", "`--env TOKEN` puts it in"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
    check(&bundled(&project, "Hush 42", &["--env", "TOKEN"]), &["exit 5\n"]);
    check_replay(&project, 5);
    check(&bundled(&project, "Hush 42", &["--env", "OTHER"]), &["exit 2\n", "no config reads this variable"]);
}

#[test]
fn a_secret_of_the_environment_is_masked_and_its_case_still_passes() {
    let value = format!("Say {SECRET} twice");
    let project = asks_the_environment(Some("x"), "{ type = \"string\" }");
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("{ env = \"TOKEN\" }", &format!("\"{value}\"")));
    record(&project, &[("demo::hello", says("Hi!"))]);
    project.write("bedrock.toml", config);
    check(&bundled(&project, &value, &[]), &["exit 0\n", "1 passed"]);
    let manifest = manifest(&project, "evidence.zip");
    assert_eq!(manifest["conditions"]["environment"][0]["kept"], "masked");
    check_replay(&project, 0);
    lacks(&bytes(&project, "evidence.zip"), SECRET);
}

/// Checks that neither an archive nor a file in it has `secret`.
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
    let answer = || says(&format!("Hi, {SECRET}!"));
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
    let told = project.told(command.env("BEDROCK_CHECK__MODELS__DEMO__DESCRIPTION", SECRET));
    check(&told, &["exit 5\n", "1 passed, 1 new"]);
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
fn settings_and_pending_snapshots_may_stand_elsewhere() {
    let project = all_outcomes();
    project.write(".config/bedrock-check.toml", "jobs = 1\n");
    std::fs::remove_file(project.path().join("snapshots/demo__differs.snap.new")).expect("what waits");
    let told = |args: &[&str]| {
        let mut command = project.command();
        project.told(command.args(args).env("INSTA_PENDING_DIR", project.path().join("waiting")))
    };
    told(&["test", "--update", "new"]);
    check(&told(&["bundle"]), &["exit 1\n"]);
    let files = unpacked(&bytes(&project, "evidence.zip"));
    for name in [".config/bedrock-check.toml", "snapshots/demo__differs.snap.new"] {
        assert!(files.contains_key(&format!("repository/{name}")), "{name}");
    }
    assert!(!files.contains_key("repository/bedrock-check.toml"));
    check_replay(&project, 1);
}

#[test]
fn what_can_not_be_masked_is_refused() {
    let escaped = SECRET.replacen('A', "\\u0041", 1);
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
    check(&project.run(["bundle"]), &["exit 2\n", "`key` can't be in a bundle", "is no text"]);
}

#[test]
fn a_bundle_that_would_not_replay_is_not_made() {
    let project = project(&[("hello", "expect.output_text.matches = \"AKIA\""), ("other", "")]);
    record(&project, &[("demo::hello", says(&format!("Hi, {SECRET}!"))), ("demo::other", says("Hi!"))]);
    let told = project.run(["bundle"]);
    let why =
        "would not be this run, so none was written: `demo::hello` of bedrock.toml was `new` and is `fail`";
    check(&told, &["exit 2\n", why, "secrets are masked in `repository/fixtures/demo/hello.json`"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
    check(&project.run(["bundle", "-k", "other"]), &["exit 5\n"]);
    check_replay(&project, 5);
}

#[test]
fn a_run_that_can_not_begin_is_no_evidence() {
    let project = accepted();
    check(&project.run(["bundle", "-k", "nothing"]), &["exit 4\n", "no bundle was written"]);
    check(&project.run(["bundle", "nowhere"]), &["exit 2\n", "no bundle was written"]);
    check(&project.run(["bundle", "--output", "-"]), &["exit 2\n", "a bundle is a file"]);
    project.write("bedrock.toml", project.read("bedrock.toml").replace("us-east-1", "mars"));
    check(&project.run(["bundle"]), &["exit 2\n", "invalid", "no bundle was written"]);
    assert!(!project.tree().contains(&"evidence.zip".to_owned()));
}

#[cfg(unix)]
#[test]
fn files_outside_of_the_repository_are_named() {
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
            &["exit 2\n", "leads out of the repository, so it can't be in a bundle"],
        );
    }
    let project = accepted();
    symlink(outside.path().join("bedrock.toml"), project.path().join("snapshots/demo__greeting.snap.new"))
        .expect("a link");
    check(&project.run(["bundle"]), &["exit 2\n", "`snapshots/demo__greeting.snap.new` leads out"]);
    let project = Project::with(&[("a/note", "")]);
    project.copy(outside.path());
    let mut command = project.command();
    let told =
        project.told(command.args(["bundle", "../bedrock.toml"]).current_dir(project.path().join("a")));
    check(&told, &["exit 2\n", "`../bedrock.toml`"]);
}

#[test]
fn a_file_that_is_too_large_is_named() {
    let project = accepted();
    let fixture = std::fs::File::create(project.path().join("fixtures/demo/greeting.json")).expect("a file");
    fixture.set_len(65 << 20).expect("a length");
    check(
        &project.run(["bundle"]),
        &["exit 2\n", "greeting.json` is larger than 64 MiB", "can't be in a bundle"],
    );
}

/// An archive with names and sizes as they are given, true or not.
fn forged(files: &[(&[u8], &[u8])], mode: u32) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, contents) in files {
        let file = archive.new_file(EntryPath::verbatim(*name)).compression_method(CompressionMethod::STORE);
        let (mut entry, config) = file.unix_permissions(mode).start().expect("an entry");
        entry.write_all(contents).expect("contents");
        let mut checked = config.wrap(io::sink());
        checked.write_all(contents).expect("contents");
        let (_, sums) = checked.finish().expect("sums");
        entry.finish(sums).expect("an entry");
    }
    archive.finish().expect("an archive")
}

/// The bundle of a small project.
fn small() -> Vec<u8> {
    let project = accepted();
    project.run(["bundle"]);
    bytes(&project, "evidence.zip")
}

#[track_caller]
fn check_refused(bundle: &[u8], expected: &str) {
    let other = elsewhere(bundle);
    let told = other.run(["bundle", "verify", "evidence.zip"]);
    check(&told, &["exit 1\n", "error: evidence.zip: ", expected]);
    let told = other.run(["bundle", "verify", "evidence.zip", "--json"]);
    check(&told, &["exit 1\n", "\"valid\": false"]);
    let told = other.run(["test", "--bundle", "evidence.zip"]);
    check(&told, &["exit 2\n", "error: evidence.zip: ", expected]);
    assert_eq!(other.tree(), ["evidence.zip"]);
}

#[test]
fn a_damaged_bundle_says_what_is_wrong() {
    let good = small();
    let files = unpacked(&good);
    let fixture = "repository/fixtures/demo/greeting.json";
    let with = |edit: &dyn Fn(&mut Files)| {
        let mut files = files.clone();
        edit(&mut files);
        packed(&files)
    };
    check_refused(b"", "it is not a ZIP archive");
    check_refused(b"version = 1\n", "it is not a ZIP archive");
    check_refused(&good[..good.len() - 30], "it is not a ZIP archive, or not a whole one");
    check_refused(&good[good.len() / 2..], "it is not a ZIP archive, or not a whole one");
    let at = good.windows(fixture.len()).position(|part| part == fixture.as_bytes()).expect("a name") + 100;
    let mut flipped = good.clone();
    flipped[at] ^= 1;
    check_refused(
        &flipped,
        "`repository/fixtures/demo/greeting.json` can't be unpacked: its data is damaged",
    );
    check_refused(&with(&|files| drop(files.remove("bundle.json"))), "there is no `bundle.json`");
    check_refused(
        &with(&|files| drop(files.remove(fixture))),
        "is listed in the manifest, and not in the archive",
    );
    check_refused(
        &with(&|files| drop(files.insert("repository/more.toml".into(), Vec::new()))),
        "`repository/more.toml` is in the archive, and the manifest doesn't list it",
    );
    check_refused(
        &with(&|files| files.get_mut(fixture).expect("a fixture").push(b'\n')),
        "greeting.json` has 945 bytes, and the manifest says 944",
    );
    check_refused(
        &with(&|files| files.get_mut(fixture).expect("a fixture")[0] = b'['),
        "is not what it was: its SHA-256",
    );
    check_refused(
        &with(&|files| drop(files.insert("bundle.json".into(), b"[".to_vec()))),
        "`bundle.json` can't be read",
    );
    let of_format_2 = relisted(files.clone(), |manifest| manifest["format"] = json!(2));
    check_refused(&of_format_2, "`bundle.json` is of format 2, and this version reads format 1");
    let of_another =
        relisted(files.clone(), |manifest| manifest["conditions"]["configs"] = json!(["/etc/passwd"]));
    check_refused(&of_another, "the config `/etc/passwd` is none of the files");
    let twice = relisted(files.clone(), |manifest| {
        let first = manifest["files"][0].clone();
        manifest["files"].as_array_mut().expect("a list").push(first);
    });
    check_refused(&twice, "is listed in the manifest more than once");
    let mut lacking = files.clone();
    lacking.remove("reports/run.jsonl");
    check_refused(&relisted(lacking, |_| ()), "`reports/run.jsonl` is missing");
}

#[test]
fn names_that_could_do_harm_are_refused() {
    for (names, expected) in [
        (&[&b"../x"[..]][..], "the name `../x` can't be used: it leads out of the folder"),
        (&[b"repository/../../x"], "it leads out of the folder"),
        (&[b"/etc/passwd"], "it is absolute"),
        (&[b"C:\\x"], "it is absolute"),
        (&[b"..\\x"], "it leads out of the folder"),
        (&[b"a", b"a"], "it is there twice"),
        (&[b"a", b"A"], "differs from another only in the case of letters"),
        (&[b"a", b"a/b"], "it is a file and a folder at once"),
        (&[b"a\x1b[31m"], "can't be used"),
        (&[b"\xff\xfe"], "can't be used"),
    ] {
        let files: Vec<(&[u8], &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
        check_refused(&forged(&files, 0o100_644), expected);
    }
    check_refused(
        &forged(&[(b"repository/link", b"/etc/passwd")], 0o120_777),
        "`repository/link` is no plain file",
    );
}

#[test]
fn what_would_fill_the_disk_is_refused() {
    let mut good = forged(&[(b"bundle.json", b"{}")], 0o100_644);
    let directory = good.windows(4).rposition(|part| part == b"PK\x01\x02").expect("a directory");
    good[directory + 24..directory + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    check_refused(&good, "unpacked it is larger than the 1024 MiB that are read");
    good[directory + 24..directory + 28].copy_from_slice(&(300_u32 << 20).to_le_bytes());
    check_refused(&good, "`bundle.json` is larger than the 256 MiB that are read");
    let zeros = packed(&Files::from([("bundle.json".to_owned(), vec![0; 4 << 20])]));
    assert!(zeros.len() < 100_000, "it inflates to much more");
    let directory = zeros.windows(4).rposition(|part| part == b"PK\x01\x02").expect("a directory");
    let mut bomb = zeros;
    bomb[directory + 24..directory + 28].copy_from_slice(&10_u32.to_le_bytes());
    check_refused(&bomb, "`bundle.json` can't be unpacked: its data is damaged");
}

#[test]
fn a_digest_tells_one_bundle_from_another() {
    let bundle = small();
    let other = elsewhere(&bundle);
    let digest = format!("sha256:{}", sha256(&bundle));
    check(&other.run(["bundle", "verify", "evidence.zip", "--digest", &digest]), &["exit 0\n", &digest]);
    let wrong = format!("sha256:{}", "0".repeat(64));
    let told = other.run(["bundle", "verify", "evidence.zip", "--digest", &wrong]);
    check(&told, &["exit 1\n", "it is another bundle", &wrong, &digest]);
    check(
        &other.run(["bundle", "verify", "evidence.zip", "--digest", "abc"]),
        &["exit 2\n", "64 digits of hex"],
    );
    check(&other.run(["bundle", "verify", "nothing.zip"]), &["exit 2\n", "there is no `nothing.zip`"]);
    let told = other.output(&["bundle", "verify", "evidence.zip", "--json"]);
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((&told["valid"], &told["digest"]), (&json!(true), &json!(digest)));
    assert_eq!(told["manifest"]["outcomes"], json!({ "pass": 1 }));
}

#[test]
fn an_outcome_that_is_another_one_is_named() {
    let mut files = unpacked(&small());
    let run = String::from_utf8(files["reports/run.jsonl"].clone()).expect("UTF-8");
    let other = run.replace("\"outcome\":\"pass\"", "\"outcome\":\"stale\"");
    files.insert("reports/run.jsonl".to_owned(), other.into_bytes());
    let other = elsewhere(&relisted(files, |manifest| manifest["tool"]["version"] = json!("9.9.9")));
    let told = other.run(["test", "--bundle", "evidence.zip"]);
    check(
        &told,
        &[
            "exit 1\n",
            "error: evidence.zip: 1 outcome is not as it recorded",
            "`demo::greeting` of bedrock.toml was `stale` and is `pass`",
            "made by bedrock-check 9.9.9; this is version 0.1.0",
        ],
    );
}

#[test]
fn a_bundle_does_not_say_what_the_machine_does() {
    let mut files = unpacked(&small());
    let project = Project::with(&[("private.txt", "private"), ("target.xml", "as it was")]);
    let at = |name: &str| project.path().join(name).display().to_string();
    let settings = format!(
        "mode = \"live\"\nupdate = \"always\"\nunreferenced = \"delete\"\nreport = [\"junit={}\"]\n",
        at("target.xml")
    );
    files.insert("repository/bedrock-check.toml".to_owned(), settings.into_bytes());
    let tool = format!("touch {}", at("touched"));
    let evil = relisted(files.clone(), |manifest| {
        let variable = |name: &str, value: &str| json!({ "name": name, "value": value, "kept": "value" });
        let report = format!("[\"junit={}\"]", at("more.xml"));
        manifest["conditions"]["environment"] =
            json!([variable("INSTA_DIFF_TOOL", &tool), variable("BEDROCK_CHECK_REPORT", &report)]);
    });
    project.write("evidence.zip", evil);
    check(&project.run(["test", "--bundle", "evidence.zip"]), &["exit 0\n", "replay   1 case", "1 passed"]);
    assert_eq!(project.tree(), ["evidence.zip", "private.txt", "target.xml"]);
    assert_eq!(project.read("target.xml"), "as it was");
    // Without settings of its own the bundle's folder is a root all the same.
    files.remove("repository/bedrock-check.toml");
    let config = String::from_utf8(files["repository/bedrock.toml"].clone()).expect("UTF-8");
    let reads = config.replace("\"Say greeting\"", &format!("{{ file = {:?} }}", at("private.txt")));
    files.insert("repository/bedrock.toml".to_owned(), reads.into_bytes());
    project.write("evidence.zip", relisted(files, |_| ()));
    let told = project.run(["test", "--bundle", "evidence.zip"]);
    check(&told, &["exit 2\n", "file-outside-root"]);
}

#[test]
fn flags_that_make_another_run_are_mistakes() {
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
fn git_tells_where_the_files_come_from() {
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
        project.told(project.command().arg("bundle").env("PATH", &path));
        let git = &manifest(&project, "evidence.zip")["git"];
        assert_eq!(git["commit"], commit.trim());
        assert_eq!(git["changed"], json!(["bedrock.toml", "snapshots/demo__greeting.snap"]));
    }
    let told = project.run(["bundle", "verify", "evidence.zip"]);
    check(&told, &[&format!("of commit {} with 2 files changed since", commit.trim())]);
}

mod any_bytes {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static GOOD: LazyLock<Vec<u8>> = LazyLock::new(small);

    /// Verifies `bytes`; what the bundle holds if it is one.
    fn held(bytes: &[u8]) -> Option<Files> {
        let mut files = Files::new();
        let take = &mut |name: &str, contents: &[u8]| {
            assert!(Path::new(name).is_relative() && !name.contains(".."), "{name}");
            files.insert(name.to_owned(), contents.to_vec());
            Ok(())
        };
        bundle::verify(bytes, take).ok().map(|_| files)
    }

    proptest! {
        #[test]
        fn are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(held(&bytes).is_none());
        }

        #[test]
        fn in_a_bundle_change_nothing_that_it_holds(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = GOOD.clone();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Some(held) = held(&bytes) {
                prop_assert_eq!(Some(held), super::any_bytes::held(&GOOD));
            }
        }
    }
}
