//! The names of fixtures and snapshots on systems other than Unix.

use std::fs;

use crate::common::Project;
use crate::demo_project::{MODEL, case, project, record_each, text_answer};

/// The parts of the paths below `project` that Windows can't have.
fn devices(project: &Project) -> Vec<String> {
    let tree = project.tree();
    let parts = tree.iter().flat_map(|path| path.split('/'));
    let stems =
        parts.filter(|part| matches!(part.split('.').next(), Some("con" | "nul" | "com1" | "lpt\u{b9}")));
    stems.map(str::to_owned).collect()
}

#[test]
fn no_file_of_a_case_has_a_name_that_windows_cannot_have() {
    let project = project(&[("con", ""), ("NUL", ""), ("Com1", ""), ("lpt\u{b9}", "")]);
    project.write("bedrock.toml", project.read("bedrock.toml").replace("models.demo", "models.nul"));
    record_each(&project, |_| Some(text_answer("Hello!")));
    let printed = project.run(["test", "--accept"]);
    assert!(printed.starts_with("exit 0\n"), "{printed}");
    assert_eq!(devices(&project), Vec::<String>::new());
    assert!(project.run(["test"]).contains("4 passed"));
    assert!(project.run(["bundle"]).starts_with("exit 0\n"));
}

/// Earlier versions wrote `fixtures/nul/con.json`. Each finding has the next command.
#[test]
fn fixtures_of_earlier_versions_are_renamed_by_the_commands_that_are_shown() {
    let project = project(&[("con", ""), ("plain", "")]);
    project.write("bedrock.toml", project.read("bedrock.toml").replace("models.demo", "models.nul"));
    record_each(&project, |_| Some(text_answer("Hello!")));
    project.run(["test", "--accept"]);
    let fixtures = project.path().join("fixtures");
    fs::rename(fixtures.join("nul-/con-.json"), fixtures.join("nul-/con.json")).expect("a file");
    fs::rename(fixtures.join("nul-"), fixtures.join("nul")).expect("a folder");
    for (from, to) in
        [("fixtures/nul", "fixtures/nul-"), ("fixtures/nul-/con.json", "fixtures/nul-/con-.json")]
    {
        let printed = project.run(["test"]);
        let help = format!("help: Windows can't have this name, so rename it: `git mv '{from}' '{to}'`");
        assert!(printed.starts_with("exit 5\n") && printed.contains(&help), "{printed}");
        fs::rename(project.path().join(from), project.path().join(to)).expect("a rename");
    }
    assert!(project.run(["test"]).starts_with("exit 0\n"));
}

#[test]
fn names_that_give_one_file_on_macos_are_reported() {
    for (one, other) in
        [("\u{ac00}", "\u{1100}\u{1161}"), ("\u{17f}ight", "Sight"), ("stra\u{df}e", "strasse")]
    {
        let config = format!("{MODEL}{}{}", case(one, ""), case(other, ""));
        let printed = Project::with(&[("bedrock.toml", &config)]).run(["validate"]);
        assert!(
            printed.contains("error[duplicate-case]") && printed.contains("share the file name"),
            "{printed}"
        );
    }
}
