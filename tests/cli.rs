//! Behaviour of all commands: invalid command lines, verbosity, colours, closed pipes.

use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};

use insta::{allow_duplicates, assert_snapshot};

use crate::common::Project;
use crate::demo_project;

fn empty() -> Project {
    Project::with(&[])
}

#[test]
fn an_unknown_command_is_rejected() {
    assert_snapshot!(empty().run(["valdate"]), @"
    exit 2
    --- stderr
    error: unrecognized subcommand 'valdate'

      tip: a similar subcommand exists: 'validate'

    Usage: bedrock-check [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_flag_is_rejected() {
    assert_snapshot!(empty().run(["test", "--acept"]), @"
    exit 2
    --- stderr
    error: unexpected argument '--acept' found

      tip: a similar argument exists: '--accept'

    Usage: bedrock-check test --accept [PATHS]...

    For more information, try '--help'.
    ");
}

#[test]
fn contradicting_flags_are_rejected() {
    assert_snapshot!(empty().run(["test", "--accept", "--check"]), @"
    exit 2
    --- stderr
    error: the argument '--accept' cannot be used with '--check'

    Usage: bedrock-check test --accept [PATHS]...

    For more information, try '--help'.
    ");
    assert_snapshot!(empty().run(["test", "-q", "-v"]), @"
    exit 2
    --- stderr
    error: the argument '--quiet...' cannot be used with '--verbose'

    Usage: bedrock-check test --quiet... [PATHS]...

    For more information, try '--help'.
    ");
    assert_snapshot!(empty().run(["test", "-j", "0"]), @"
    exit 2
    --- stderr
    error: invalid value '0' for '--jobs <N>': expected a whole number, 1 or more

    For more information, try '--help'.
    ");
}

#[test]
fn a_run_without_configs_does_not_succeed() {
    let project = Project::with(&[("models/claude.toml", demo_project::MODEL)]);
    for command in ["validate", "test", "list"] {
        allow_duplicates! {
            assert_snapshot!(project.run([command]), @"
            exit 4
            --- stderr
            error[no-config]: no config file was found here
              = help: name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out
            ");
        }
    }
    assert_snapshot!(project.run(["config", "show", "models"]), @"
    exit 4
    --- stderr
    error[no-config]: no config file was found in `models`
      = help: name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out
    ");
}

#[test]
fn a_config_without_cases_is_valid_and_tests_nothing() {
    let project = demo_project::project(&[]);
    assert_snapshot!(project.run(["validate"]), @"
    exit 0
    --- stdout
    1 file, 1 model, 0 cases: no findings
    ");
    assert_snapshot!(project.run(["test"]), @"
    exit 4
    --- stdout
      ──────
      0 cases   [TIME]
    --- stderr
    error: the configs have no case; add `[[models.NAME.cases]]`
    ");
    assert_snapshot!(project.run(["list"]), @"
    exit 4
    --- stderr
    error: the configs have no case; add `[[models.NAME.cases]]`
    ");
}

/// A model with a warning, a case that passes, and a case without a recording.
fn mixed() -> Project {
    let project = demo_project::project(&[
        ("greeting", "snapshot = false\nexpect.output_tokens.max = 9"),
        ("farewell", ""),
    ]);
    demo_project::record(&project, &[("demo::greeting", demo_project::text_answer("Hello!"))]);
    let config =
        project.read("bedrock.toml").replace("prompt = {", "tone = { type = \"string\" }\nprompt = {");
    project.write("bedrock.toml", config);
    project
}

#[test]
fn by_default_everything_but_passes_is_printed() {
    assert_snapshot!(mixed().run(["test"]), @r#"
    exit 5
    --- stdout
    warning[unused-variable]: no placeholder uses the variable `tone`
     --> bedrock.toml:9:1
      |
    9 | tone = { type = "string" }
      | ^^^^
      |
      = help: write `{{tone}}` where its value belongs, or remove it

      replay   2 cases in 1 file
      MISSING  demo::farewell

    error[fixture-missing]: there is no recorded exchange for `demo::farewell`
      --> bedrock.toml:23:8
       |
    23 | name = "farewell"
       |        ^^^^^^^^^^ expected in fixtures/demo/farewell.json
       |
       = help: record it: `bedrock-check record -k 'demo::farewell'`

      ──────
      2 cases: 1 passed, 1 not recorded   [TIME]
    "#);
    assert_snapshot!(mixed().run(["validate"]), @r#"
    exit 0
    --- stdout
    warning[unused-variable]: no placeholder uses the variable `tone`
     --> bedrock.toml:9:1
      |
    9 | tone = { type = "string" }
      | ^^^^
      |
      = help: write `{{tone}}` where its value belongs, or remove it

    1 file, 1 model, 2 cases: 1 warning
    "#);
}

#[test]
fn quiet_prints_only_failures() {
    assert_snapshot!(mixed().run(["test", "-q"]), @r#"
    exit 5
    --- stdout
      MISSING  demo::farewell

    error[fixture-missing]: there is no recorded exchange for `demo::farewell`
      --> bedrock.toml:23:8
       |
    23 | name = "farewell"
       |        ^^^^^^^^^^ expected in fixtures/demo/farewell.json
       |
       = help: record it: `bedrock-check record -k 'demo::farewell'`

      2 cases: 1 passed, 1 not recorded   [TIME]
    "#);
    assert_snapshot!(mixed().run(["validate", "-q"]), @"
    exit 0
    --- stdout
    1 file, 1 model, 2 cases: 1 warning
    ");
}

#[test]
fn twice_quiet_prints_only_the_summary() {
    assert_snapshot!(mixed().run(["test", "-qq"]), @"
    exit 5
    --- stdout
      2 cases: 1 passed, 1 not recorded   [TIME]
    ");
    assert_snapshot!(mixed().run(["validate", "-qq"]), @"
    exit 0
    --- stdout
    1 file, 1 model, 2 cases: 1 warning
    ");
}

#[test]
fn verbose_prints_every_case_with_its_mapped_output() {
    assert_snapshot!(mixed().run(["test", "-v"]), @r#"
    exit 5
    --- stdout
    warning[unused-variable]: no placeholder uses the variable `tone`
     --> bedrock.toml:9:1
      |
    9 | tone = { type = "string" }
      | ^^^^
      |
      = help: write `{{tone}}` where its value belongs, or remove it

      replay   2 cases in 1 file
      PASS     demo::greeting
               output_text = "Hello!"
               input_tokens = 9
               output_tokens = 6
      MISSING  demo::farewell

    error[fixture-missing]: there is no recorded exchange for `demo::farewell`
      --> bedrock.toml:23:8
       |
    23 | name = "farewell"
       |        ^^^^^^^^^^ expected in fixtures/demo/farewell.json
       |
       = help: record it: `bedrock-check record -k 'demo::farewell'`

      ──────
      2 cases: 1 passed, 1 not recorded   [TIME]
    "#);
    assert_snapshot!(mixed().run(["validate", "-v"]), @r#"
    exit 0
    --- stdout
    warning[unused-variable]: no placeholder uses the variable `tone`
     --> bedrock.toml:9:1
      |
    9 | tone = { type = "string" }
      | ^^^^
      |
      = help: write `{{tone}}` where its value belongs, or remove it

    1 file, 1 model, 2 cases: 1 warning
    "#);
}

/// Checks whether commands print colours into a pipe with these arguments and this environment.
#[track_caller]
fn check_color(args: &[&str], environment: &[(&str, &str)], expected: bool) {
    for command in [&["test"][..], &["validate"], &["list", "nowhere.toml"]] {
        let project = mixed();
        let mut run = project.command();
        let output =
            run.args(command).args(args).envs(environment.iter().copied()).output().expect("it runs");
        let streams = [output.stdout, output.stderr].concat();
        let colored = streams.contains(&0x1b);
        assert_eq!(colored, expected, "{command:?} {args:?} {environment:?}");
    }
}

#[test]
fn colours_depend_on_flag_environment_and_terminal() {
    check_color(&[], &[], false);
    check_color(&["--color", "auto"], &[], false);
    check_color(&["--color", "always"], &[], true);
    check_color(&["--color", "always"], &[("NO_COLOR", "1")], true);
    check_color(&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false);
    check_color(&[], &[("CLICOLOR_FORCE", "1")], true);
    check_color(&[], &[("CLICOLOR_FORCE", "0")], false);
    check_color(&[], &[("CLICOLOR_FORCE", "")], false);
    check_color(&[], &[("NO_COLOR", "1")], false);
    check_color(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true);
}

#[test]
fn colours_of_usage_errors_follow_the_flags_too() {
    let project = empty();
    let output = project.command().args(["test", "--nonsense"]).output().expect("it runs");
    assert!(!output.stderr.contains(&0x1b), "piped");
}

/// Closes the pipe after the first byte, like `head -1` after a line; returns the exit code and standard error.
fn closed_early(command: &mut Command) -> (Option<i32>, String) {
    let mut printed = tempfile::tempfile().expect("a file");
    let stderr = printed.try_clone().expect("a handle");
    let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().expect("the binary runs");
    let mut first = [0];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("an answer");
    let code = child.wait().expect("it ends").code();
    let mut text = String::new();
    printed.rewind().and_then(|()| printed.read_to_string(&mut text)).expect("UTF-8");
    (code, text)
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    // Enough output to fill a pipe.
    let cases: Vec<String> = (0..300).map(|number| format!("case {number}")).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|name| (name.as_str(), "")).collect();
    let project = demo_project::project(&cases);
    for args in
        [&["list", "--format", "json"][..], &["schema"], &["config", "show", "--origin"], &["explain"]]
    {
        assert_eq!(closed_early(project.command().args(args)), (Some(0), String::new()), "{args:?}");
    }
    // The exit code of a run does not depend on the reader.
    assert_eq!(closed_early(project.command().args(["test"])).0, Some(5));
}

#[test]
fn an_unwritable_stream_is_reported() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let project = demo_project::project(&[("greeting", "")]);
    let output =
        project.command().arg("schema").stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"error: can't write the output: no space left on device");
}
