//! Runs read-only git commands. Without git, or outside of a repository, they return `None`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs git in `folder` and returns its output; `None` if it fails.
pub(super) fn run(folder: &Path, arguments: &[&str], name: Option<&OsStr>) -> Option<String> {
    let mut command = Command::new("git");
    command.args(["--no-optional-locks", "--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false"]);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    if let Some(name) = name {
        command.arg("--").arg(name);
    }
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
