//! Pending snapshots without a terminal: listing, showing, accepting and rejecting them.

use bedrock_check::files::archive::ArchiveWriter;
use insta::assert_snapshot;

use crate::bundle_invalid::forged;
use crate::common::{Project, skip};
use crate::demo_project::{project, record, text_answer};

/// Three cases: a new snapshot, a changed one and an unchanged one. The first two are pending.
pub fn pending_project() -> Project {
    let project = project(&[("new", "tags = ['fresh']"), ("changed", ""), ("same", "")]);
    record(
        &project,
        &[("demo::changed", text_answer("Refunds take 5 days.")), ("demo::same", text_answer("same"))],
    );
    project.run(["test", "--accept"]);
    record(
        &project,
        &[
            ("demo::new", text_answer("new")),
            ("demo::changed", text_answer("Refunds take five business days.")),
        ],
    );
    project.run(["test"]);
    project
}

#[test]
fn pending_snapshots_are_listed() {
    let project = pending_project();
    assert_snapshot!(project.run(["pending"]), @"
    exit 5
    --- stdout
      NEW      demo::new      snapshots/demo__new.snap.new
      DIFFERS  demo::changed  snapshots/demo__changed.snap.new
    --- stderr
    2 pending; `bedrock-check review` shows them one by one
    ");
    assert_snapshot!(project.run(["pending", "--format", "json", "-q", "-q"]), @r#"
    exit 5
    --- stdout
    {"id":"demo::new","kind":"new","model":"demo","tags":["fresh"],"config":"bedrock.toml","snapshot":"snapshots/demo__new.snap","pending":"snapshots/demo__new.snap.new"}
    {"id":"demo::changed","kind":"changed","model":"demo","tags":[],"config":"bedrock.toml","snapshot":"snapshots/demo__changed.snap","pending":"snapshots/demo__changed.snap.new"}
    "#);
    assert_eq!(project.run(["pending", "--json"]), project.run(["pending", "--format", "json"]));
    assert_snapshot!(project.run(["pending", "-k", "same"]), @"
    exit 0
    --- stderr
    nothing is pending
    ");
    assert_snapshot!(project.run(["pending", "-k", "none"]), @"
    exit 4
    --- stderr
    error: no case matches the filter; `bedrock-check list` shows all cases
    ");
}

#[test]
fn pending_snapshots_are_shown_with_the_changed_words() {
    let project = pending_project();
    assert_snapshot!(project.run(["diff"]), @"
    exit 5
    --- stdout
    NEW      demo::new  snapshots/demo__new.snap
    +output_text: new
    +input_tokens: 9
    +output_tokens: 3

    DIFFERS  demo::changed  snapshots/demo__changed.snap
    @@ -1,3 +1,3 @@
    -output_text: Refunds take [-5-] days.
    +output_text: Refunds take {+five business+} days.
     input_tokens: 9
    -output_tokens: [-20-]
    +output_tokens: {+32+}
      output_tokens 20 → 32 (+60%)

    --- stderr
    2 pending; `bedrock-check review` shows them one by one
    ");
    assert_snapshot!(project.run(["diff", "-k", "changed", "--color", "always"]).replace('\u{1b}', "␛"), @"
    exit 5
    --- stdout
    DIFFERS  ␛[1mdemo::changed␛[0m  ␛[2msnapshots/demo__changed.snap␛[0m
    ␛[2m@@ -1,3 +1,3 @@␛[0m
    ␛[31m-␛[0m␛[31moutput_text: Refunds take ␛[0m␛[7m␛[31m5␛[0m␛[31m days.␛[0m
    ␛[32m+␛[0m␛[32moutput_text: Refunds take ␛[0m␛[7m␛[32mfive business␛[0m␛[32m days.␛[0m
     input_tokens: 9
    ␛[31m-␛[0m␛[31moutput_tokens: ␛[0m␛[7m␛[31m20␛[0m
    ␛[32m+␛[0m␛[32moutput_tokens: ␛[0m␛[7m␛[32m32␛[0m
      output_tokens 20 → 32 (+60%)

    --- stderr
    1 pending; `bedrock-check review` shows them one by one
    ");
}

/// Runs the command `words` and checks its exit code and the files that are still pending.
#[track_caller]
fn check(words: &[&str], exit: &str, still: &[&str]) {
    let project = pending_project();
    let printed = project.run_command(project.command().args(words));
    assert!(printed.starts_with(&format!("exit {exit}\n")), "{printed}");
    let waits = project.tree().into_iter().filter(|path| path.ends_with(".new")).collect::<Vec<_>>();
    let waits: Vec<&str> = waits.iter().map(|path| path.trim_start_matches("snapshots/demo__")).collect();
    assert_eq!(waits, still, "{words:?}\n{printed}");
}

#[test]
fn only_the_named_snapshots_are_accepted() {
    const BOTH: &[&str] = &["changed.snap.new", "new.snap.new"];
    for command in ["accept", "reject"] {
        check(&[command], "0", &[]);
        check(&[command, "bedrock.toml"], "0", &[]);
        check(&[command, "."], "0", &[]);
        check(&[command, "-k", "new"], "0", &["changed.snap.new"]);
        check(&[command, "--tag", "fresh"], "0", &["changed.snap.new"]);
        check(&[command, "--model", "other"], "4", BOTH);
        check(&[command, "demo::changed"], "0", &["new.snap.new"]);
        check(&[command, "snapshots/demo__changed.snap"], "0", &["new.snap.new"]);
        check(&[command, "./snapshots/demo__new.snap.new"], "0", &["changed.snap.new"]);
        check(&[command, "demo__new.snap"], "0", &["changed.snap.new"]);
        check(&[command, "demo::same"], "4", BOTH);
        check(&[command, "demo::new", "demo::none"], "4", BOTH);
        check(&[command, "snapshots/demo__same.snap"], "4", BOTH);
    }
}

#[test]
fn accepted_and_rejected_snapshots_are_listed() {
    let project = pending_project();
    let before = project.read("snapshots/demo__changed.snap");
    assert_snapshot!(project.run(["reject", "demo::changed"]), @"
    exit 0
    --- stderr
    REJECTED demo::changed
    1 snapshot rejected
    ");
    assert_eq!(project.read("snapshots/demo__changed.snap"), before);
    assert_snapshot!(project.run(["accept"]), @"
    exit 0
    --- stderr
    ACCEPTED demo::new
    1 snapshot accepted
    ");
    assert_snapshot!(project.run(["accept"]), @"
    exit 0
    --- stderr
    nothing is pending
    ");
    assert_snapshot!(project.run(["test", "-q", "-q"]), @"
    exit 1
    --- stdout
      3 cases: 2 passed, 1 snapshot differs; 1 waiting for review   [TIME]
    ");
}

#[test]
fn an_unreadable_pending_file_prevents_accepting_any() {
    let project = pending_project();
    project.write("snapshots/demo__new.snap.new", "nothing");
    let before = project.read("snapshots/demo__changed.snap");
    assert_snapshot!(project.run(["accept"]), @"
    exit 2
    --- stderr
    error[snapshot-invalid]: the snapshot has no header: expected `---` in the first line
     --> snapshots/demo__new.snap.new:1:1
      |
    1 | nothing
      | ^^^^^^^
      |
      = note: `snapshots/demo__new.snap.new` is a snapshot of `demo::new`
      = help: restore the file from version control, or remove it and accept the output again

    nothing was accepted
    ");
    assert_eq!(project.read("snapshots/demo__changed.snap"), before);
}

#[test]
fn control_characters_in_answers_are_escaped_on_the_terminal() {
    let project = pending_project();
    let pending = project.read("snapshots/demo__changed.snap.new");
    project
        .write("snapshots/demo__changed.snap.new", pending.replace("business", "\u{1b}[2Jbusi\u{202e}ness"));
    let printed = project.run(["diff", "--color", "never"]);
    assert!(printed.contains("\\u{1b}[2Jbusi\\u{202e}ness") && !printed.contains('\u{1b}'), "{printed}");
}

/// The project of [`pending_project`], and the artefact that CI would save of it: its pending files below `folder`.
fn kept(folder: &str) -> (Project, Project) {
    let (ci, here) = (pending_project(), pending_project());
    for name in ["new", "changed"] {
        here.write(
            &format!("{folder}/demo__{name}.snap.new"),
            ci.read(&format!("snapshots/demo__{name}.snap.new")),
        );
    }
    here.run(["reject"]);
    (ci, here)
}

#[test]
fn pending_snapshots_from_ci_are_accepted_from_a_folder() {
    for folder in ["artefact", "artefact/snapshots", "artefact/out/pending/snapshots"] {
        let (ci, here) = kept(folder);
        let printed = here.run(["accept", "--from", "artefact"]);
        assert!(printed.starts_with("exit 0\n") && printed.ends_with("2 snapshots accepted\n"), "{printed}");
        ci.run(["accept"]);
        for path in ["snapshots/demo__new.snap", "snapshots/demo__changed.snap"] {
            assert_eq!(here.read(path), ci.read(path));
        }
        assert!(here.tree().contains(&format!("{folder}/demo__new.snap.new")), "what was kept stays");
    }
}

#[test]
fn pending_snapshots_from_ci_are_accepted_from_an_archive() {
    let (ci, here) = kept("artefact/snapshots");
    for (how, method) in [("stored", "0"), ("deflated", "8")] {
        let script = "import sys, zipfile\n\
                      z = zipfile.ZipFile(sys.argv[1], 'w', int(sys.argv[2]))\n\
                      z.writestr('notes.md', 'no')\n\
                      [z.write('artefact/snapshots/demo__%s.snap.new' % n, 'snapshots/demo__%s.snap.new' % n) for n in ('new', 'changed')]\n";
        let archive = format!("{how}.zip");
        let python = std::process::Command::new("python3")
            .args(["-c", script, &archive, method])
            .current_dir(here.path())
            .status();
        if !python.is_ok_and(|status| status.success()) {
            return skip("python3 is absent");
        }
        let printed =
            here.run(["accept", "--from", &archive, "-k", if method == "0" { "new" } else { "changed" }]);
        assert!(printed.starts_with("exit 0\n") && printed.ends_with("1 snapshot accepted\n"), "{printed}");
    }
    ci.run(["accept"]);
    for path in ["snapshots/demo__new.snap", "snapshots/demo__changed.snap"] {
        assert_eq!(here.read(path), ci.read(path));
    }
}

#[test]
fn pending_snapshots_from_ci_are_not_trusted() {
    let (_, here) = kept("artefact");
    let before = here.tree();
    let new = here.read("artefact/demo__new.snap.new");
    here.write("artefact/demo__new.snap.new", new.replace("demo::new", "demo::other"));
    assert_snapshot!(here.run(["accept", "--from", "artefact"]), @"
    exit 2
    --- stderr
    error[snapshot-invalid]: `artefact/demo__new.snap.new` is a snapshot of `demo::other`, not of `demo::new`
    --> artefact/demo__new.snap.new
     = help: use the artifact of a CI run with the same configs

    nothing was accepted
    ");
    here.write("artefact/demo__new.snap.new", new.replace(": new", ": AKIAI44QH8DHBEXAMPL2"));
    assert_snapshot!(here.run(["accept", "--from", "artefact"]), @"
    exit 2
    --- stderr
    error[literal-secret]: `artefact/demo__new.snap.new` contains an AWS access key ID
    --> artefact/demo__new.snap.new
     = help: remove it from the recording, and run the case again

    nothing was accepted
    ");
    assert_snapshot!(here.run(["accept", "--from", "bedrock.toml"]), @"
    exit 2
    --- stderr
    error: `--from bedrock.toml`: it is neither a folder nor a ZIP archive
    ");
    assert_snapshot!(here.run(["accept", "--from", "fixtures"]), @"
    exit 2
    --- stderr
    error: `--from fixtures`: it contains no `.snap.new` file
    ");
    assert_eq!(here.tree(), before);
}

#[test]
fn an_artifact_is_refused_if_a_part_of_it_would_be_left_out() {
    let (_, here) = kept("artefact");
    let check = |artifact: &str, expected: &str| {
        let printed = here.run(["accept", "--from", artifact]);
        let expected = format!("exit 2\n--- stderr\nerror: `--from {artifact}`: {expected}\n");
        assert_eq!(printed, expected);
    };
    let archive = |name: &str, entries: &[&str]| {
        let mut writer = ArchiveWriter::default();
        for entry in entries {
            writer.add(entry, b"no").expect("an entry");
        }
        here.write(name, writer.finish().expect("an archive"));
    };
    let deep = format!("{}x.snap.new", "d/".repeat(33));
    here.write(&format!("artefact/{deep}"), "no");
    check("artefact", &format!("`{}` is below more than 32 folders", "d/".repeat(33).trim_end_matches('/')));
    archive("deep.zip", &[&deep]);
    check("deep.zip", &format!("`{deep}` is below more than 32 folders"));
    archive("at-the-limit.zip", &[&deep[2..]]);
    assert!(here.run(["accept", "--from", "at-the-limit.zip"]).starts_with("exit 0\n"));
    here.write("outside.zip", forged(&[(b"../../escaped__x.snap.new", b"no")], 0o100_644));
    check("outside.zip", "`../../escaped__x.snap.new` is outside the archive");
    let names: Vec<String> = (0..20_001).map(|number| format!("{number}.snap.new")).collect();
    archive("many.zip", &names.iter().map(String::as_str).collect::<Vec<_>>());
    check("many.zip", "it contains more than 20000 `.snap.new` files");
    #[cfg(unix)]
    {
        let link = here.path().join("linked/demo__new.snap.new");
        here.write("linked/notes.md", "");
        std::os::unix::fs::symlink("/etc/passwd", link).expect("a symlink");
        check("linked", "`demo__new.snap.new` is not a regular file");
    }
    assert!(!here.tree().contains(&"snapshots/demo__new.snap".to_owned()));
}

#[test]
fn pending_snapshots_for_a_config_with_errors_are_listed() {
    let project = pending_project();
    let config = project.read("bedrock.toml");
    project.write("bedrock.toml", config.replace("version = 1", "version = "));
    assert_snapshot!(project.run(["pending"]), @"
    exit 2
    --- stderr
    error[toml-syntax]: expected a value, found the end of the line
     --> bedrock.toml:1:11
      |
    1 | version = 
      |           ^
      |
      = help: write a value after the `=`

      HIDDEN   demo::changed  snapshots/demo__changed.snap.new
      HIDDEN   demo::new  snapshots/demo__new.snap.new
    2 more pending; correct the config's errors first, or remove the file
    ");
    let printed = project.run(["reject"]);
    assert!(printed.starts_with("exit 2\n") && printed.contains("  HIDDEN   demo::new"), "{printed}");
    project.write("bedrock.toml", config.replace("name = \"new\"", "name = \"new\"\nnme = 1"));
    assert_snapshot!(project.run(["pending"]), @"
    exit 2
    --- stdout
      NEW      demo::new      snapshots/demo__new.snap.new
      DIFFERS  demo::changed  snapshots/demo__changed.snap.new
    --- stderr
    error[unknown-key]: `nme` is not a known key in `[[models.demo.cases]]`
      --> bedrock.toml:18:1
       |
    18 | nme = 1
       | ^^^
       |
       = help: did you mean `name`?

    2 pending; `bedrock-check review` shows them one by one
    ");
    project.write("bedrock.toml", config.replace("name = \"new\"", "nme = \"new\""));
    assert_snapshot!(project.run(["pending"]), @r#"
    exit 2
    --- stdout
      DIFFERS  demo::changed  snapshots/demo__changed.snap.new
    --- stderr
    error[unknown-key]: `nme` is not a known key in `[[models.demo.cases]]`
      --> bedrock.toml:17:1
       |
    17 | nme = "new"
       | ^^^
       |
       = help: did you mean `name`?

      HIDDEN   demo::new  snapshots/demo__new.snap.new
    1 more pending; correct the config's errors first, or remove the file
    1 pending; `bedrock-check review` shows them one by one
    "#);
    assert_eq!(project.tree().iter().filter(|path| path.ends_with(".new")).count(), 2);
}

#[test]
fn pending_snapshots_in_another_folder_for_a_config_with_errors_are_listed() {
    let project = pending_project();
    project.run(["reject"]);
    let run =
        |words: [&str; 1]| project.run_command(project.command().args(words).env("INSTA_PENDING_DIR", "out"));
    assert!(run(["test"]).contains("2 waiting for review"));
    project.write("bedrock.toml", "version = ");
    let printed = run(["pending"]);
    assert!(printed.contains("  HIDDEN   demo::new  out/snapshots/demo__new.snap.new\n"), "{printed}");
}

#[test]
fn the_diff_tool_shows_what_differs() {
    let project = pending_project();
    let diff = |tool: &str| {
        let tool =
            project.run_command(project.command().args(["diff", "-q", "-q"]).env("INSTA_DIFF_TOOL", tool));
        tool.trim_end().to_owned()
    };
    assert_snapshot!(diff("/usr/bin/env ls -1"), @"
    exit 5
    --- stdout
    NEW      demo::new  snapshots/demo__new.snap
    +output_text: new
    +input_tokens: 9
    +output_tokens: 3

    DIFFERS  demo::changed  snapshots/demo__changed.snap
    demo__changed.new.snap
    demo__changed.old.snap
      output_tokens 20 → 32 (+60%)
    ");
    assert!(
        diff("no-such-tool-anywhere").contains("warning: `INSTA_DIFF_TOOL`: can't run"),
        "the warning is printed"
    );
    assert!(diff("no-such-tool-anywhere").contains("{+five business+}"), "and the built-in diff is used");
}
