//! `cargo insta` works on the files that we write, and we on the files that it writes.
//!
//! How cargo-insta 1.49 finds snapshots:
//! - It needs a `Cargo.toml` with a target at the root, because it asks `cargo metadata` for the packages. The
//!   target's file need not exist, so a repository without Rust can have `[lib] path = "none.rs"`.
//! - `--workspace-root DIR` (any folder in the workspace) or `--manifest-path` sets the root; the default is the
//!   current folder. If the root is a package, only that package is searched, unless `--workspace` is given.
//! - It finds files that end in `.snap.new`, even if git ignores them. It does not search ignored folders
//!   (`--include-ignored` does), hidden folders (`--include-hidden` does), folders named `target`, or folders with
//!   a `Cargo.toml`.
//! - The tree below `INSTA_PENDING_DIR` has the layout of the workspace.
//!
//! The binary is `$CARGO_INSTA`, or `cargo-insta` in `target/tools/bin`, the `PATH` or `~/.cargo/bin`;
//! `tests/support/install-cargo-insta.sh target/tools` installs it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use bedrock_check::files::Place;
use bedrock_check::files::fence::Fence;
use bedrock_check::snapshot::{self, Header, pending_path};
use insta::assert_snapshot;
use serde_json::json;

use crate::common::{Project, skip};

const NEW: &str = "models/snapshots/haiku__capital.snap";
const CHANGED: &str = "models/snapshots/haiku__story.snap";
const FILES: [(&str, &str); 1] = [(
    "Cargo.toml",
    "[package]\nname = \"configs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"none.rs\"\n",
)];

/// The path of the binary; if it is absent, calls [`skip`] and returns `None`.
fn binary() -> Option<PathBuf> {
    let name = format!("cargo-insta{}", env::consts::EXE_SUFFIX);
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let home = env::home_dir().unwrap_or_default().join(".cargo/bin");
    let folders = std::iter::once(tools).chain(env::split_paths(&path)).chain([home]);
    let given = env::var_os("CARGO_INSTA").map(PathBuf::from);
    let found = given.into_iter().chain(folders.map(|folder| folder.join(&name))).find(|path| path.is_file());
    if found.is_none() {
        skip("cargo-insta is absent: run `tests/support/install-cargo-insta.sh target/tools`");
    }
    found
}

fn cargo_insta<const N: usize>(binary: &Path, project: &Project, args: [&str; N]) -> Command {
    let mut command = Command::new(binary);
    let insta = env::vars_os().map(|(name, _)| name);
    for name in insta.filter(|name| name.to_string_lossy().starts_with("INSTA_")) {
        command.env_remove(name);
    }
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    command.args(args).arg("--workspace-root").arg(project.path());
    command
}

fn header(case: &str) -> Header {
    Header {
        source: "models/claude.bedrock.toml".to_owned(),
        description: Some("What's \"asked\": everything, # and ünïcode".to_owned()),
        expression: Some(format!("haiku::{case}")),
        info: vec![("model_id".to_owned(), "global.anthropic.claude-haiku-4-5-20251001-v1:0".to_owned())],
    }
}

fn output(text: &str) -> String {
    let embedding: Vec<f64> = (0..20).map(f64::from).collect();
    snapshot::render_contents(&[
        ("output_text".to_owned(), json!(text)),
        ("input_tokens".to_owned(), json!(14)),
        ("embedding".to_owned(), json!(embedding)),
        ("ends_open".to_owned(), json!("a line\n\n\n")),
    ])
}

/// A project with a new and a changed snapshot, both pending; `pending_dir` is relative to the project.
fn project(pending_dir: Option<&str>) -> Project {
    let project = Project::with(&FILES);
    project.write(CHANGED, snapshot::render(&header("story"), &output("Once.\nThe end.")));
    for (path, text) in [(NEW, "Paris"), (CHANGED, "---\nTwice.\n  Thrice.\nThe end.\n")] {
        let rendered = snapshot::render(&header("new"), &output(text));
        snapshot::write_pending(&place(&project, &pending(&project, path, pending_dir)), &rendered)
            .expect("a file");
    }
    project
}

fn pending(project: &Project, path: &str, pending_dir: Option<&str>) -> PathBuf {
    let pending_dir = pending_dir.map(|folder| project.path().join(folder));
    pending_path(&project.path().join(path), project.path(), pending_dir.as_deref()).expect("below the root")
}

fn place(project: &Project, path: &Path) -> Place {
    Fence::new(project.path()).place(path, project.path()).expect("a place below the root")
}

#[track_caller]
fn check_accepted(project: &Project, path: &str, text: &str) {
    assert_eq!(project.read(path), snapshot::render(&header("new"), &output(text)), "byte for byte");
    let accepted = snapshot::read(&project.path().join(path)).expect("a snapshot").expect("a file");
    assert!(snapshot::matches_fully(&accepted, &header("new"), &output(text)));
}

#[test]
fn cargo_insta_lists_our_pending_snapshots() {
    let Some(binary) = binary() else { return };
    let project = project(None);
    assert_snapshot!(project.run_command(&mut cargo_insta(&binary, &project, ["pending-snapshots"])), @"
    exit 0
    --- stdout
    Pending snapshots:
      models/snapshots/haiku__capital.snap
      models/snapshots/haiku__story.snap

    To review a snapshot: cargo insta review --snapshot 'models/snapshots/haiku__capital.snap'
    To accept a snapshot: cargo insta accept --snapshot 'models/snapshots/haiku__capital.snap'
    To reject a snapshot: cargo insta reject --snapshot 'models/snapshots/haiku__capital.snap'

    To review all interactively: cargo insta review
    To accept all: cargo insta accept
    To reject all: cargo insta reject
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
    let command = &mut cargo_insta(&binary, &project, ["pending-snapshots", "--as-json"]);
    assert_snapshot!(project.run_command(command), @r#"
    exit 0
    --- stdout
    {"type":"file_snapshot","path":"[DIR]/models/snapshots/haiku__capital.snap"}
    {"type":"file_snapshot","path":"[DIR]/models/snapshots/haiku__story.snap"}
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    "#);
}

#[test]
fn cargo_insta_accepts_our_pending_snapshots() {
    let Some(binary) = binary() else { return };
    let project = project(None);
    assert_snapshot!(project.tree().join("\n"), @"
    Cargo.toml
    models/snapshots/haiku__capital.snap.new
    models/snapshots/haiku__story.snap
    models/snapshots/haiku__story.snap.new
    ");
    assert_snapshot!(project.run_command(&mut cargo_insta(&binary, &project, ["accept"])), @"
    exit 0
    --- stdout
    insta review finished
    accepted:
      models/claude.bedrock.toml (capital.snap)
      models/claude.bedrock.toml (story.snap)
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
    assert_snapshot!(project.tree().join("\n"), @"
    Cargo.lock
    Cargo.toml
    models/snapshots/haiku__capital.snap
    models/snapshots/haiku__story.snap
    ");
    check_accepted(&project, NEW, "Paris");
    check_accepted(&project, CHANGED, "---\nTwice.\n  Thrice.\nThe end.\n");
}

#[test]
fn cargo_insta_rejects_our_pending_snapshots() {
    let Some(binary) = binary() else { return };
    let project = project(None);
    let before = project.read(CHANGED);
    assert_snapshot!(project.run_command(&mut cargo_insta(&binary, &project, ["reject"])), @"
    exit 0
    --- stdout
    insta review finished
    rejected:
      models/claude.bedrock.toml (capital.snap)
      models/claude.bedrock.toml (story.snap)
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
    assert_snapshot!(project.tree().join("\n"), @"
    Cargo.lock
    Cargo.toml
    models/snapshots/haiku__story.snap
    ");
    assert_eq!(project.read(CHANGED), before);
}

#[test]
fn snapshots_we_accept_or_reject_are_not_pending_for_cargo_insta() {
    let Some(binary) = binary() else { return };
    let project = project(None);
    let [new, changed] = [NEW, CHANGED].map(|path| place(&project, &pending(&project, path, None)));
    snapshot::accept(&place(&project, &project.path().join(NEW)), &new).expect("a pending file");
    snapshot::reject(&changed).expect("a pending file");
    check_accepted(&project, NEW, "Paris");
    assert_snapshot!(project.run_command(&mut cargo_insta(&binary, &project, ["pending-snapshots"])), @"
    exit 0
    --- stdout
    No pending snapshots.
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
}

#[test]
fn cargo_insta_finds_files_in_our_pending_dir() {
    let Some(binary) = binary() else { return };
    let project = project(Some("out/pending"));
    assert_snapshot!(project.tree().join("\n"), @"
    Cargo.toml
    models/snapshots/haiku__story.snap
    out/pending/models/snapshots/haiku__capital.snap.new
    out/pending/models/snapshots/haiku__story.snap.new
    ");
    let mut command = cargo_insta(&binary, &project, ["accept"]);
    command.env("INSTA_PENDING_DIR", project.path().join("out/pending"));
    assert_snapshot!(project.run_command(&mut command), @"
    exit 0
    --- stdout
    insta review finished
    accepted:
      models/claude.bedrock.toml (capital.snap)
      models/claude.bedrock.toml (story.snap)
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
    assert_snapshot!(project.tree().join("\n"), @"
    Cargo.lock
    Cargo.toml
    models/snapshots/haiku__capital.snap
    models/snapshots/haiku__story.snap
    ");
    check_accepted(&project, NEW, "Paris");
}

#[test]
fn cargo_insta_finds_pending_files_that_git_ignores() {
    let Some(binary) = binary() else { return };
    let project = project(None);
    project.write(".git/HEAD", "ref: refs/heads/main\n");
    project.write(".gitignore", "*.snap.new\n");
    assert_snapshot!(project.run_command(&mut cargo_insta(&binary, &project, ["accept"])), @"
    exit 0
    --- stdout
    insta review finished
    accepted:
      models/claude.bedrock.toml (capital.snap)
      models/claude.bedrock.toml (story.snap)
    --- stderr
    insta not found in cargo metadata; defaulting to 1.0.0
    ");
    check_accepted(&project, NEW, "Paris");
}

/// Both tools accept the same pending files, and the results must be equal.
#[test]
fn cargo_insta_and_we_accept_the_same_bytes() {
    let Some(binary) = binary() else { return };
    let (ours, theirs) = (crate::review::pending_project(), crate::review::pending_project());
    for project in [&ours, &theirs] {
        project.write(FILES[0].0, FILES[0].1);
        let path = "snapshots/demo__new.snap.new";
        // The format of insta's macros, with the line ends of a checkout on Windows.
        let pending = project.read(path).replacen("source:", "assertion_line: 12\nsource:", 1);
        project.write(path, pending.replace('\n', "\r\n"));
    }
    assert!(theirs.run_command(&mut cargo_insta(&binary, &theirs, ["accept"])).starts_with("exit 0\n"));
    assert!(ours.run(["accept"]).starts_with("exit 0\n"));
    for path in ["snapshots/demo__new.snap", "snapshots/demo__changed.snap"] {
        assert_eq!(ours.read(path), theirs.read(path));
    }
    assert!(theirs.run(["pending"]).starts_with("exit 0\n") && theirs.run(["test"]).starts_with("exit 0\n"));
}
