//! Which config files a command finds.

use insta::assert_snapshot;

use crate::common::Project;
use crate::demo_project::{MODEL, case};

/// A project with configs at `paths`; each has one case, and a model named after the path.
fn configs(paths: &[&str]) -> Project {
    let project = Project::with(&[]);
    for path in paths {
        let name = path.trim_end_matches(".bedrock.toml").trim_end_matches(".toml").replace(['/', '.'], "-");
        let config = format!("{MODEL}{}", case("greeting", ""));
        project
            .write(path, config.replace("models.demo", &format!("models.{}", name.trim_start_matches('-'))));
    }
    project
}

const FILES: [&str; 9] = [
    "zeta.bedrock.toml",
    "bedrock.toml",
    "models/beta.bedrock.toml",
    "models/alpha.bedrock.toml",
    "models/deep/er/bedrock.toml",
    "models/other.toml",
    "models/xbedrock.toml",
    ".hidden/bedrock.toml",
    "target/generated.bedrock.toml",
];

#[test]
fn without_paths_everything_below_the_folder_is_found() {
    let project = configs(&FILES);
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    bedrock::greeting
    models-alpha::greeting
    models-beta::greeting
    models-deep-er-bedrock::greeting
    target-generated::greeting
    zeta::greeting
    ");
}

#[test]
fn files_are_ordered_by_path_not_by_argument() {
    let project = configs(&FILES);
    let expected = project.run(["list", "bedrock.toml", "models"]);
    assert_eq!(project.run(["list", "models", "bedrock.toml"]), expected);
    assert_snapshot!(expected, @"
    exit 0
    --- stdout
    bedrock::greeting
    models-alpha::greeting
    models-beta::greeting
    models-deep-er-bedrock::greeting
    ");
}

#[test]
fn a_named_file_is_used_whatever_its_name() {
    let project = configs(&FILES);
    assert_snapshot!(project.run(["list", "models/other.toml", ".hidden/bedrock.toml"]), @"
    exit 0
    --- stdout
    hidden-bedrock::greeting
    models-other::greeting
    ");
}

#[test]
fn a_file_that_is_named_twice_is_used_once() {
    let project = configs(&["models/alpha.bedrock.toml"]);
    std::os::unix::fs::symlink("alpha.bedrock.toml", project.path().join("models/link.toml"))
        .expect("a link");
    let file = project.path().join("models/alpha.bedrock.toml").display().to_string();
    for paths in [
        ["models/alpha.bedrock.toml", "models/alpha.bedrock.toml"],
        ["models", "models/alpha.bedrock.toml"],
        ["./models", "models"],
        ["models/../models", "models"],
        ["models/", "./models/alpha.bedrock.toml"],
        ["models", &file],
        ["models/link.toml", "models"],
    ] {
        let printed = project.run(["validate", paths[0], paths[1]]);
        assert_eq!(printed, "exit 0\n--- stdout\n1 file, 1 model, 1 case: no findings\n", "{paths:?}");
    }
}

#[test]
fn files_that_git_ignores_are_left_out() {
    let project = configs(&FILES);
    project.write(".gitignore", "target/\n*eta.bedrock.toml\n!models/beta.bedrock.toml\n");
    project.write("models/.gitignore", "deep\n");
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    bedrock::greeting
    models-alpha::greeting
    models-beta::greeting
    ");
    assert_snapshot!(project.run(["list", "zeta.bedrock.toml"]), @"
    exit 0
    --- stdout
    zeta::greeting
    ");
}

#[test]
fn ignore_rules_of_the_repository_apply_to_a_named_folder() {
    let project = configs(&FILES);
    project.write(".git/info/exclude", "beta.bedrock.toml\n");
    project.write(".gitignore", "deep/\n");
    assert_snapshot!(project.run(["list", "models"]), @"
    exit 0
    --- stdout
    models-alpha::greeting
    ");
}

#[test]
fn ignored_configs_count_as_not_found() {
    let project = configs(&["models/alpha.bedrock.toml"]);
    project.write(".gitignore", "*.bedrock.toml\n");
    assert_snapshot!(project.run(["list"]), @"
    exit 4
    --- stderr
    error[no-config]: no config file was found here
      = help: name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out
    ");
}

#[test]
fn the_exclude_setting_applies_to_files_found_in_folders() {
    let project = configs(&FILES);
    project.write("bedrock-check.toml", "exclude = [\"target/**\", \"**/deep/**\", \"zeta*\"]\n");
    assert_snapshot!(project.run(["list"]), @"
    exit 0
    --- stdout
    bedrock::greeting
    models-alpha::greeting
    models-beta::greeting
    ");
    assert_snapshot!(project.run(["list", "models"]), @"
    exit 0
    --- stdout
    models-alpha::greeting
    models-beta::greeting
    ");
    assert_snapshot!(project.run(["list", "zeta.bedrock.toml"]), @"
    exit 0
    --- stdout
    zeta::greeting
    ");
}

#[test]
fn an_invalid_exclude_glob_is_reported() {
    let project = configs(&["bedrock.toml"]);
    project.write("bedrock-check.toml", "exclude = [\"models/[a\"]\n");
    assert_snapshot!(project.run(["list"]), @"
    exit 2
    --- stderr
    error: `exclude`: `models/[a` is not a glob: unclosed character class; missing ']'
      = help: correct it in the settings
    ");
}

#[test]
fn a_missing_file_does_not_hide_findings_in_other_files() {
    let project = configs(&["models/alpha.bedrock.toml", "models/other.toml"]);
    project.write("models/other.toml", project.read("models/other.toml").replace("us-east-1", "us-east"));
    assert_snapshot!(project.run(["validate", "models/alhpa.bedrock.toml", "models/other.toml", "models"]), @r#"
    exit 2
    --- stdout
    error[file-unreadable]: there is no `models/alhpa.bedrock.toml`
    --> models/alhpa.bedrock.toml
     = help: check the path

    error[invalid-value]: `region`: expected an AWS Region, such as `us-east-1`, found `us-east`
     --> models/other.toml:6:10
      |
    6 | region = "us-east"
      |          ^^^^^^^^^

    3 files, 2 models, 2 cases: 2 errors
    "#);
    assert_snapshot!(project.run(["test", "models/alhpa.bedrock.toml"]), @"
    exit 2
    --- stdout
    error[file-unreadable]: there is no `models/alhpa.bedrock.toml`
    --> models/alhpa.bedrock.toml
     = help: check the path

    1 error: no case ran
    ");
    assert_snapshot!(project.run(["config", "show", "models/alhpa.bedrock.toml"]), @"
    exit 2
    --- stderr
    error[file-unreadable]: there is no `models/alhpa.bedrock.toml`
    --> models/alhpa.bedrock.toml
     = help: check the path
    ");
}

#[test]
fn paths_are_printed_relative_to_the_working_directory() {
    let project = configs(&["models/alpha.bedrock.toml", "models/deep/bedrock.toml"]);
    project.write("bedrock-check.toml", "");
    for path in ["models/alpha.bedrock.toml", "models/deep/bedrock.toml"] {
        project.write(path, project.read(path).replace("region =", "regoin ="));
    }
    let mut command = project.command();
    command.current_dir(project.path().join("models/deep")).args(["validate", "--format", "json", "..", "."]);
    let printed = project.run_command(&mut command);
    let paths = printed.lines().filter(|line| line.contains("\"path\"")).map(str::trim);
    let mut paths: Vec<&str> = paths.collect();
    paths.dedup();
    assert_snapshot!(paths.join("\n"), @r#"
    "path": "../alpha.bedrock.toml",
    "path": "../deep/bedrock.toml",
    "#);
}
