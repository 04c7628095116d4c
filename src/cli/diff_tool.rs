//! `INSTA_DIFF_TOOL`: a command that shows changed output, called as insta calls it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::environment::Environment;
use crate::files::write_whole;
use crate::report::DiffTool;
use crate::run::Changed;

/// The tool that the environment names: a command with arguments, `delta --side-by-side`.
pub(super) fn of(environment: &Environment) -> Option<DiffTool<'_>> {
    let tool = environment.non_empty("INSTA_DIFF_TOOL")?;
    Some(Box::new(move |changed| show(tool, changed)))
}

/// What the tool prints about the two texts; `None`, with a warning, if it can't be started.
///
/// As with insta, the files are called after the snapshot, and the tool runs in their folder.
fn show(tool: &str, changed: &Changed) -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    let name = changed.snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let (old, new) = (format!("{name}.old.snap"), format!("{name}.new.snap"));
    write_whole(&folder.path().join(&old), changed.old.as_bytes()).ok()?;
    write_whole(&folder.path().join(&new), changed.new.as_bytes()).ok()?;
    let mut words = tool.split_whitespace();
    let output =
        Command::new(words.next()?).args(words).args([&old, &new]).current_dir(real(folder.path())).output();
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(cause) => {
            super::output::say(&format!("warning: `INSTA_DIFF_TOOL`: can't run `{tool}`: {cause}"));
            None
        }
    }
}

fn real(folder: &Path) -> std::path::PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}
