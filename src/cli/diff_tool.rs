//! `INSTA_DIFF_TOOL`: runs a command that shows changed output, with the same arguments that insta uses.

use std::io;
use std::process::Command;

use super::output::Output;
use crate::app::Environment;
use crate::files::containment::real_path;
use crate::files::{TemporaryFolder, write_whole};
use crate::report::DiffTool;
use crate::run::Changed;

/// The tool of `INSTA_DIFF_TOOL`: a command with arguments, such as `delta --side-by-side`.
pub(super) fn from_environment<'e>(environment: &'e Environment, output: &Output) -> Option<DiffTool<'e>> {
    let tool = environment.non_empty("INSTA_DIFF_TOOL")?;
    let warn = output.message_printer();
    Some(Box::new(move |changed| {
        let shown = run_tool(tool, changed);
        shown.map_err(|cause| warn(&format!("warning: `INSTA_DIFF_TOOL`: can't run `{tool}`: {cause}"))).ok()
    }))
}

/// Returns the output of the tool for the old and the new text.
///
/// Like in insta, the two files are named after the snapshot, and the tool runs in their folder.
fn run_tool(tool: &str, changed: &Changed) -> io::Result<String> {
    let folder = TemporaryFolder::new()?;
    let name = changed.snapshot.file_stem().unwrap_or_default().to_string_lossy();
    let (old, new) = (format!("{name}.old.snap"), format!("{name}.new.snap"));
    write_whole(&folder.path().join(&old), changed.old.as_bytes())?;
    write_whole(&folder.path().join(&new), changed.new.as_bytes())?;
    let mut parts = tool.split_whitespace();
    let program = parts.next().ok_or_else(|| io::Error::other("it is blank"))?;
    #[expect(clippy::disallowed_methods, reason = "this is where the diff tool is started")]
    let mut command = Command::new(program);
    let output = command.args(parts).args([&old, &new]).current_dir(real_path(folder.path())).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
