//! The example config must be valid, pass, and show every key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use bedrock_check::fixture::{Fixture, Origin};
use serde_json::Value;

use crate::common::Project;

const EXAMPLE: &str = include_str!("../bedrock.example.toml");
const SCHEMA: &str = include_str!("../schemas/bedrock-check.schema.json");

/// Keys that the example leaves out, with the reason.
const LEFT_OUT: [(&str, &str); 1] = [("enabled", "a model that is switched off has nothing to show")];

#[test]
fn it_has_no_findings() {
    let printed = Project::example().run(["validate", "bedrock.example.toml"]);
    insta::assert_snapshot!(printed, @r"
    exit 0
    --- stdout
    1 file, 7 models, 13 cases: no findings
    ");
}

#[test]
fn it_passes_without_an_environment_and_writes_nothing() {
    let project = Project::example();
    let before = contents(&project);
    let printed =
        project.run_command(project.command().env("CI", "true").args(["test", "bedrock.example.toml"]));
    insta::assert_snapshot!(printed, @r"
    exit 0
    --- stdout
      replay   13 cases in 1 file
      ──────
      13 cases: 13 passed   [TIME]
    ");
    assert!(before == contents(&project), "a file was written");
}

fn contents(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let read = |path: String| {
        let bytes = fs::read(project.path().join(&path)).expect("a file");
        (path, bytes)
    };
    project.tree().into_iter().map(read).collect()
}

#[test]
fn its_first_line_names_the_schema() {
    let path = EXAMPLE.lines().next().and_then(|line| line.strip_prefix("#:schema "));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.expect("a directive"));
    assert_eq!(fs::read_to_string(path).expect("the schema"), SCHEMA);
}

#[test]
fn it_shows_every_key() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let example: Value = toml::from_str(EXAMPLE).expect("TOML");
    check_keys(&schema, [&example].into_iter());
    let models = || members(&example["models"]);
    let overlays = || members(&example["profile"]);
    let defaults = overlays().map(|overlay| &overlay["defaults"]).chain([&example["defaults"]]);
    check_keys(&schema["definitions"]["Model"], models().chain(defaults));
    let cases = models().filter_map(|model| model["cases"].as_array()).flatten();
    check_keys(&schema["definitions"]["Case"], cases);
}

fn members(table: &Value) -> impl Iterator<Item = &Value> {
    table.as_object().into_iter().flat_map(serde_json::Map::values)
}

#[track_caller]
fn check_keys<'v>(schema: &Value, tables: impl Iterator<Item = &'v Value>) {
    let shown = tables.filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    let left_out = LEFT_OUT.iter().map(|(key, _)| *key);
    let shown: BTreeSet<&str> = shown.map(String::as_str).chain(left_out).collect();
    let known = schema["properties"].as_object().expect("keys").keys();
    let missing: Vec<_> = known.filter(|key| !shown.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "the example doesn't show {missing:?}");
}

#[test]
fn its_fixtures_are_marked_hand_written_and_formatted_as_the_tool_writes_them() {
    let project = Project::example();
    let fixtures = project.tree().into_iter().filter(|path| path.starts_with("fixtures/"));
    for path in fixtures {
        let text = project.read(&path);
        let (fixture, fingerprint) = Fixture::parse(&text).expect("a fixture");
        assert_eq!(fixture.source.origin, Origin::HandWritten, "{path}");
        assert!(!fixture.is_edited(&fingerprint), "{path}");
        assert_eq!(fixture.render(), text, "{path}");
    }
}
