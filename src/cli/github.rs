//! What a step of a GitHub workflow is told: annotations on its output, and the summary in the file that
//! `GITHUB_STEP_SUMMARY` names.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::app::Environment;
use crate::files::{read_bytes, write_whole};
use crate::report::lines::Run;
use crate::report::{github, markdown};

/// Where a workflow's step looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    summary: Option<PathBuf>,
    /// The working directory below the repository: `""` or `service/`.
    folder: String,
}

impl Step {
    pub(super) fn of(environment: &Environment) -> Step {
        let workspace = environment.non_empty("GITHUB_WORKSPACE").map(Path::new);
        let here = environment.working_dir().ok();
        let below = here.zip(workspace).and_then(|(here, root)| here.strip_prefix(root).ok());
        let folder = below.map(|folder| folder.display().to_string()).filter(|folder| !folder.is_empty());
        Step {
            summary: environment.non_empty("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            folder: folder.map(|folder| folder + "/").unwrap_or_default(),
        }
    }

    /// Writes the annotations to `out`, and appends to the summary.
    pub(super) fn tell(&self, run: &Run, mut out: impl Write) -> io::Result<()> {
        out.write_all(github::render(run, &self.folder).as_bytes())?;
        out.flush()?;
        self.summary.as_deref().map_or(Ok(()), |path| summarise(run, path))
    }
}

/// GitHub drops a summary above 1 MiB whole: what earlier commands of the step wrote counts.
fn summarise(run: &Run, path: &Path) -> io::Result<()> {
    const LIMIT: u64 = 1 << 20;
    let mut summary = if path.exists() {
        let cannot = |why| io::Error::other(format!("can't read `{}`: {why}", path.display()));
        read_bytes(path, LIMIT).map_err(cannot)?
    } else {
        Vec::new()
    };
    let text = markdown::summary(run, summary.len());
    summary.extend_from_slice(text.as_bytes());
    write_whole(path, &summary)
}
