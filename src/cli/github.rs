//! The report for a step of a GitHub workflow: annotations in its output, and a summary in the file that
//! `GITHUB_STEP_SUMMARY` names.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::{Environment, KeptFile};
use crate::files::{read_bytes, write_whole};
use crate::record::{Record, Run};
use crate::report::github::Annotations;
use crate::report::markdown::Markdown;
use crate::report::{Recorder, Renderer as _};

/// The paths of a workflow's step.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    summary: Option<PathBuf>,
    /// The working directory relative to the repository: `""` or `service/`.
    folder: String,
}

impl Step {
    pub(super) fn from_environment(environment: &Environment) -> Step {
        let workspace = environment.non_empty("GITHUB_WORKSPACE").map(Path::new);
        let here = environment.working_dir().ok();
        let below = here.zip(workspace).and_then(|(here, root)| here.strip_prefix(root).ok());
        let folder = below.map(|folder| folder.display().to_string()).filter(|folder| !folder.is_empty());
        Step {
            summary: environment.non_empty("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            folder: folder.map(|folder| folder + "/").unwrap_or_default(),
        }
    }
}

/// The report of a run to a step.
pub(super) struct StepReport<W> {
    step: Step,
    annotations: Annotations,
    summary: Box<Markdown>,
    out: W,
}

impl<W: Write> StepReport<W> {
    /// Writes annotations to `out`, and compares with the run `previous`.
    pub(super) fn new(step: Step, previous: Option<Arc<Run>>, out: W) -> StepReport<W> {
        let summary = Box::new(Markdown::summary(previous));
        StepReport { step, annotations: Annotations::default(), summary, out }
    }

    pub(super) fn add_record(&mut self, record: &Record) {
        self.annotations.add_record(record);
        self.summary.add_record(record);
    }

    /// Writes the annotations, and appends to the summary. `missing` describes the parts of the run that are missing.
    pub(super) fn finish(mut self, missing: &[String]) -> io::Result<W> {
        self.out.write_all(self.annotations.finish(missing, &self.step.folder).as_bytes())?;
        self.out.flush()?;
        if let Some(path) = self.step.summary {
            append(&path, self.summary, missing)?;
        }
        Ok(self.out)
    }
}

impl<W: Write> Recorder for StepReport<W> {
    fn add_record(&mut self, record: &Record) -> io::Result<()> {
        StepReport::add_record(self, record);
        Ok(())
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.finish(&[]).map(drop)
    }
}

/// Appends the summary, and keeps the file below 1 MiB: GitHub drops a larger file entirely, and what earlier commands
/// of the step wrote counts, too.
fn append(path: &Path, summary: Box<Markdown>, missing: &[String]) -> io::Result<()> {
    const LIMIT: u64 = 1 << 20;
    if let Some(kept) = KeptFile::find(path, []) {
        let message = format!("`GITHUB_STEP_SUMMARY` names {}, which a report would change", kept.describe());
        return Err(io::Error::other(message));
    }
    let mut text = if path.exists() {
        let cannot = |error| io::Error::other(format!("can't read `{}`: {error}", path.display()));
        read_bytes(path, LIMIT).map_err(cannot)?
    } else {
        Vec::new()
    };
    let existing = text.len();
    text.extend_from_slice(summary.finish_after(missing, existing).as_bytes());
    write_whole(path, &text)
}
