//! Settings from the settings file, environment variables and flags.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{self, MODEL};

/// Checks `max_fail`: the number of cases that a run of three failing cases reports before it stops.
#[track_caller]
fn check_max_fail(files: &[(&str, &str)], args: &[&str], environment: &[(&str, &str)], expected: usize) {
    let project = demo_project::project(&[("one", ""), ("two", ""), ("three", "")]);
    for (path, text) in files {
        project.write(path, text);
    }
    let mut command = project.command();
    let printed = project.run_command(command.arg("test").args(args).envs(environment.iter().copied()));
    assert_eq!(printed.matches("error[fixture-missing]").count(), expected, "{printed}");
}

#[test]
fn settings_come_from_file_environment_and_flag() {
    let file = [("bedrock-check.toml", "max_fail = 2\n")];
    let hidden = [(".config/bedrock-check.toml", "max_fail = 1\n")];
    let variable = [("BEDROCK_CHECK_MAX_FAIL", "1")];
    check_max_fail(&[], &[], &[], 3);
    check_max_fail(&file, &[], &[], 2);
    check_max_fail(&hidden, &[], &[], 1);
    check_max_fail(&[file[0], hidden[0]], &[], &[], 2);
    check_max_fail(&file, &[], &variable, 1);
    check_max_fail(&file, &["--max-fail", "3"], &variable, 3);
    check_max_fail(&file, &["--fail-fast"], &[], 1);
}

#[test]
fn settings_are_found_in_parent_folders() {
    let project =
        Project::with(&[("bedrock-check.toml", "severity.no-such = \"off\"\n"), ("a/b/bedrock.toml", MODEL)]);
    let mut command = project.command();
    let printed = project.run_command(command.current_dir(project.path().join("a/b")).arg("test"));
    assert!(printed.contains("bedrock-check.toml:1:10"), "{printed}");
}

#[test]
fn mistakes_in_the_settings_are_findings() {
    let project = demo_project::accepted();
    project.write("bedrock-check.toml", "jobs = 0\nmax_fial = 2\n[severity]\nunused-variabel = \"off\"\n");
    assert_snapshot!(project.run(["validate"]), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `jobs`: expected at least 1, found `0`
     --> bedrock-check.toml:1:8
      |
    1 | jobs = 0
      |        ^

    error[unknown-key]: `max_fial` is not a known key at the top of the file
     --> bedrock-check.toml:2:1
      |
    2 | max_fial = 2
      | ^^^^^^^^
      |
      = help: did you mean `max_fail`?

    error[unknown-key]: `unused-variabel` is not a known key in `[severity]`
     --> bedrock-check.toml:4:1
      |
    4 | unused-variabel = "off"
      | ^^^^^^^^^^^^^^^
      |
      = help: did you mean `unused-variable`?

    1 file, 1 model, 1 case: 3 errors
    "#);
    project.write("bedrock-check.toml", "jobs = \n");
    assert_snapshot!(project.run(["test"]), @"
    exit 2
    --- stdout
    error[toml-syntax]: expected a value, found the end of the line
     --> bedrock-check.toml:1:8
      |
    1 | jobs = 
      |        ^
      |
      = help: write a value after the `=`

    1 error: no case ran
    ");
}

#[test]
fn mistakes_in_variables_name_the_variable() {
    let project = demo_project::accepted();
    let mut command = project.command();
    command.env("BEDROCK_CHECK_JOBS", "many").env("BEDROCK_CHECK_UPDATE", "allways");
    command.env("BEDROCK_CHECK_MAX_FAIL", "0").env("BEDROCK_CHECK_COLOR", "true");
    assert_snapshot!(project.run_command(command.arg("test")), @r#"
    exit 2
    --- stdout
    error[invalid-value]: `color`: expected a string, found a boolean
     --> BEDROCK_CHECK_COLOR:1:9
      |
    1 | color = true
      |         ^^^^
      |
      = help: put it in quotes: `"true"`

    error[invalid-value]: `jobs`: expected an integer, found a string
     --> BEDROCK_CHECK_JOBS:1:8
      |
    1 | jobs = "many"
      |        ^^^^^^

    error[invalid-value]: `max_fail`: expected at least 1, found `0`
     --> BEDROCK_CHECK_MAX_FAIL:1:12
      |
    1 | max_fail = 0
      |            ^

    error[invalid-value]: `update`: expected one of `auto`, `always`, `new`, `unseen`, `no`, `force`, found `allways`
     --> BEDROCK_CHECK_UPDATE:1:10
      |
    1 | update = "allways"
      |          ^^^^^^^^^
      |
      = help: did you mean `always`?

    4 errors: no case ran
    "#);
}

#[test]
fn an_unknown_variable_is_reported_and_ignored() {
    let project = demo_project::accepted();
    assert_snapshot!(project.run_command(project.command().arg("test").env("BEDROCK_CHECK_MAXFAIL", "1")), @"
    exit 0
    --- stdout
    warning[unused-override]: `BEDROCK_CHECK_MAXFAIL` is not a setting
     --> BEDROCK_CHECK_MAXFAIL:1:1
      |
    1 | maxfail = 1
      | ^
      |
      = help: did you mean `BEDROCK_CHECK_MAX_FAIL`?

      replay   1 case in 1 file
      ──────
      1 case: 1 passed   [TIME]
    ");
}

#[test]
fn severities_can_be_configured() {
    let project = demo_project::project(&[("greeting", "")]);
    let config =
        project.read("bedrock.toml").replace("prompt = {", "tone = { type = \"string\" }\nprompt = {");
    project.write("bedrock.toml", config.replace("\"$.content[0].text\"", "\"content[0].text\""));
    project.write(
        "bedrock-check.toml",
        "severity = { unused-variable = \"error\", path-without-root = \"warning\" }\n",
    );
    assert_snapshot!(project.run(["validate"]), @r#"
    exit 2
    --- stdout
    error[unused-variable]: no placeholder uses the variable `tone`
     --> bedrock.toml:9:1
      |
    9 | tone = { type = "string" }
      | ^^^^
      |
      = help: write `{{tone}}` where its value belongs, or remove it

    warning[path-without-root]: the path leaves out the leading `$`
      --> bedrock.toml:14:16
       |
    14 | output_text = "content[0].text"
       |                ^^^^^^^^^^^^^^^
       |
       = help: write `$.content[0].text`

    1 file, 1 model, 1 case: 1 error, 1 warning
    "#);
    project.write(
        "bedrock-check.toml",
        "severity = { unused-variable = \"off\", path-without-root = \"off\" }\n",
    );
    assert_snapshot!(project.run(["validate"]), @"
    exit 0
    --- stdout
    1 file, 1 model, 1 case: no findings; 2 findings lowered
    ");
}

#[test]
fn a_colour_setting_yields_to_environment_and_flag() {
    let project = demo_project::project(&[("greeting", "")]);
    project.write("bedrock-check.toml", "color = \"always\"\n");
    let colored = |args: &[&str], environment: &[(&str, &str)]| {
        let printed =
            project.run_command(project.command().arg("test").args(args).envs(environment.iter().copied()));
        printed.contains('\u{1b}')
    };
    assert!(colored(&[], &[]));
    assert!(!colored(&[], &[("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[]));
}

#[test]
fn the_mode_can_come_from_the_environment() {
    let project = demo_project::accepted();
    let mut command = project.command();
    command.arg("test").env("AWS_EC2_METADATA_DISABLED", "true").env("BEDROCK_CHECK_MODE", "live");
    let printed = project.run_command(&mut command);
    assert!(printed.starts_with("exit 3\n--- stdout\n  live     1 case in 1 file\n"), "{printed}");
    assert!(
        printed.contains("error[credentials-missing]: the default chain provides no credentials"),
        "{printed}"
    );
}

#[test]
fn a_settings_file_cannot_call_write_delete_or_pass_without_a_case() {
    let project = demo_project::accepted();
    project.write("fixtures/demo/unreferenced.json", "{}");
    let snapshot = project.read("snapshots/demo__greeting.snap");
    project.write("snapshots/demo__greeting.snap", snapshot.replace("Hello", "Goodbye"));
    let before: Vec<(String, String)> =
        project.tree().into_iter().map(|path| (path.clone(), project.read(&path))).collect();
    let restricted = [
        ("mode", ["record-missing", "record-stale", "record-all", "live"].as_slice()),
        ("update", &["always", "new", "unseen", "force"]),
        ("unreferenced", &["delete", "auto"]),
        ("no_tests", &["warn", "pass"]),
    ];
    for (key, values) in restricted {
        for value in values {
            for path in ["bedrock-check.toml", ".config/bedrock-check.toml"] {
                project.write(path, format!("exclude = [\"**\"]\n{key} = \"{value}\"\n"));
                let mut command = project.command();
                command.args(["test", "-q"]).env("CI", "true").env("AWS_BEARER_TOKEN_BEDROCK", "made-up");
                let printed = project.run_command(&mut command);
                let expected =
                    format!("error[setting-needs-flag]: `{key}`: a settings file can't choose `{value}`");
                assert!(printed.starts_with("exit 2\n") && printed.contains(&expected), "{printed}");
                std::fs::remove_file(project.path().join(path)).expect("it was written");
                let after = project.tree().into_iter().map(|path| (path.clone(), project.read(&path)));
                assert!(after.eq(before.iter().cloned()), "{key} = {value} changed a file:\n{printed}");
            }
        }
    }
    project.write("bedrock-check.toml", "mode = \"live\"\n");
    assert_snapshot!(project.run(["test"]), @r#"
    exit 2
    --- stdout
    error[setting-needs-flag]: `mode`: a settings file can't choose `live`
     --> bedrock-check.toml:1:8
      |
    1 | mode = "live"
      |        ^^^^^^
      |
      = help: remove it, and write `--mode live` on the command line

    1 error: no case ran
    "#);
}

#[test]
fn in_ci_only_flags_can_enable_recording() {
    let project = demo_project::accepted();
    let mut command = project.command();
    command.arg("test").env("CI", "true").env("BEDROCK_CHECK_MODE", "record-all");
    assert_snapshot!(project.run_command(&mut command), @"
    exit 2
    --- stderr
    error: `BEDROCK_CHECK_MODE` is `record-all`, but nothing is recorded in CI unless a flag asks for it
      = help: to record here, add `--mode record-all` to the command line
    ");
}

#[test]
fn the_last_line_counts_what_settings_and_comments_exempt() {
    let project = demo_project::accepted();
    let config = project.read("bedrock.toml").replace(
        "prompt = { type",
        "# bedrock-check: allow(unused-variable)\nspare = { type = \"string\", default = \"x\" }\nprompt = { type",
    );
    let other = config.replace("demo", "other").replace("# bedrock-check: allow(unused-variable)\n", "");
    project.write("bedrock.toml", config);
    project.write(
        "other.bedrock.toml",
        format!("{other}[models.unused]\nextends = \"other\"\nenabled = false\n"),
    );
    project.write("old/bedrock.toml", MODEL);
    project.write("bedrock-check.toml", "exclude = [\"old/**\"]\nseverity.unused-variable = \"off\"\n");
    let last = |args: &[&str]| {
        let printed = project.run_command(project.command().args(args));
        printed.lines().rfind(|line| line.contains("case")).unwrap_or_default().to_owned()
    };
    assert_snapshot!(last(&["validate"]), @"2 files, 3 models, 3 cases: no findings; 1 config excluded; 1 finding lowered; 1 finding allowed");
    assert_snapshot!(last(&["test", "--model", "demo"]), @"  1 case: 1 passed; 1 not selected; 1 disabled; 1 config excluded; 1 finding lowered; 1 finding allowed   [TIME]");
    project.run(["test", "--model", "demo", "--report", "jsonl=run.jsonl"]);
    let end = project.read("run.jsonl").lines().last().unwrap_or_default().to_owned();
    assert!(end.contains(r#""excluded":1,"lowered":1,"allowed":1,"#), "{end}");
}

#[test]
fn excluding_every_config_is_an_error_that_says_so() {
    let project = demo_project::accepted();
    project.write("bedrock-check.toml", "exclude = [\"**\"]\n");
    assert_snapshot!(project.run(["test"]), @"
    exit 4
    --- stderr
    error[no-config]: no config file was found here; `exclude` in the settings leaves out 1 config
      = help: name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out
    ");
}
