//! Parses and opens the reports of `--report FORMAT=PATH`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Failure;
use super::escaped::{Content, Escaped};
use super::github::{Step, StepReport};
use super::output::Output;
use crate::app::{KeptFile, Session};
use crate::check::Checked;
use crate::diagnose::visible;
use crate::files::containment::real_path;
use crate::files::fence::Fence;
use crate::files::{FileTarget, Stream};
use crate::record::Run;
use crate::report::{DOCUMENTS, Document, JsonLines, Rendered, Reporters};
use crate::words::{list, quoted};

/// A report that `--report FORMAT=PATH` names.
pub(super) struct ReportTo {
    format: ReportFormat,
    path: PathBuf,
    target: FileTarget,
    /// As the user wrote it.
    text: String,
    /// The run to compare with.
    previous: Option<Arc<Run>>,
}

/// JSON Lines are written during the run, the other formats when it ends.
#[derive(Clone, Copy)]
enum ReportFormat {
    JsonLines,
    GitHub,
    Document(Document),
}

fn find_format(name: &str) -> Option<ReportFormat> {
    let document = DOCUMENTS.iter().find(|document| document.name == name);
    match name {
        "jsonl" => Some(ReportFormat::JsonLines),
        "github" => Some(ReportFormat::GitHub),
        _ => document.map(|document| ReportFormat::Document(*document)),
    }
}

impl ReportTo {
    /// Parses the reports that the settings of `session` name. Those of the settings file are written below the root, and
    /// follow no symlink: the file may be a stranger's.
    pub(super) fn from_settings(session: &Session) -> Result<Vec<ReportTo>, Failure> {
        let mut reports = ReportTo::parse_all(&session.settings.report)?;
        if session.reports_in_file {
            let fence = Fence::new(&session.root.path);
            for report in reports.iter_mut().filter(|report| report.is_file()) {
                let place = fence.place(&session.base.locate(&report.path), &session.root.path)?;
                report.target = FileTarget::Place(place);
            }
        }
        Ok(reports)
    }

    /// Parses every `FORMAT=PATH`. Two reports with the same target are an error.
    pub(super) fn parse_all(texts: &[String]) -> Result<Vec<ReportTo>, Failure> {
        let mut reports: Vec<ReportTo> = Vec::new();
        for text in texts {
            let report = ReportTo::parse(text)?;
            if reports.iter().any(|other| other.shares_target(&report)) {
                let place = if report.is_stdout() { "standard output" } else { "the same file" };
                return Err(Failure::Usage {
                    message: format!("the report `{text}`: another report goes to {place}"),
                    help: Some("give each report a path of its own".to_owned()),
                });
            }
            reports.push(report);
        }
        Ok(reports)
    }

    /// Sets the run that `--previous` names as the run to compare with.
    pub(super) fn with_previous(
        mut reports: Vec<ReportTo>,
        previous: Option<&Path>,
        output: &Output,
    ) -> Result<Vec<ReportTo>, Failure> {
        let previous = previous.map(|path| read_previous(path, output)).transpose()?.flatten();
        if previous.is_some() && !reports.iter().any(ReportTo::compares_runs) {
            let formats = DOCUMENTS.iter().filter(|document| document.compares).map(|document| document.name);
            let formats: Vec<&str> = formats.collect();
            output.print_message(&format!(
                "warning: `--previous` has no effect: only `{}` compare runs",
                formats.join("`, `")
            ));
        }
        for report in &mut reports {
            report.previous.clone_from(&previous);
        }
        Ok(reports)
    }

    /// Refuses reports that would replace a config, a recording, a snapshot or another file that the command reads: a file
    /// that `checked` lists, or one of `others`.
    pub(super) fn check_targets<'p>(
        reports: &[ReportTo],
        session: &Session,
        checked: &Checked,
        others: impl IntoIterator<Item = &'p Path>,
    ) -> Result<(), Failure> {
        if reports.is_empty() {
            return Ok(());
        }
        let read = checked.read_log.entries().files;
        let inputs = checked.paths.iter().chain(&read).map(|path| session.base.locate(path));
        let inputs: Vec<PathBuf> = inputs.chain(others.into_iter().map(Path::to_owned)).collect();
        for report in reports.iter().filter(|report| report.is_file()) {
            let output = format!("the report `{}`", report.text);
            refuse_kept(&output, &report.path, inputs.iter().map(PathBuf::as_path))?;
        }
        Ok(())
    }

    fn new(format: ReportFormat, path: PathBuf, text: &str) -> ReportTo {
        let target = FileTarget::Path(path.clone());
        ReportTo { format, path, target, text: text.to_owned(), previous: None }
    }

    fn parse(text: &str) -> Result<ReportTo, Failure> {
        let (name, path) = text.split_once('=').unwrap_or((text, ""));
        match find_format(name) {
            // GitHub reads the output of the step, so this report has no path.
            Some(format @ ReportFormat::GitHub) if path.is_empty() => {
                Ok(ReportTo::new(format, PathBuf::new(), text))
            }
            Some(ReportFormat::GitHub) => Err(Failure::Usage {
                message: "`github` goes to the output of the step and to `GITHUB_STEP_SUMMARY`".to_owned(),
                help: Some("write `--report github`".to_owned()),
            }),
            Some(format) if !path.is_empty() => Ok(ReportTo::new(format, PathBuf::from(path), text)),
            None if !path.is_empty() => Err(Failure::Usage {
                message: format!("the report `{text}`: there is no format `{name}`"),
                help: Some(format!("the formats are {}", list_formats(""))),
            }),
            _ => Err(Failure::Usage {
                message: format!("the report `{text}`: expected `FORMAT=PATH`"),
                help: Some(format!("write {}; `-` is standard output", list_formats("=PATH"))),
            }),
        }
    }

    /// The file of the report; it is empty for a report without one.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the report contains requests and responses.
    pub(super) fn shows_exchanges(&self) -> bool {
        matches!(self.format, ReportFormat::JsonLines) || self.compares_runs()
    }

    /// Whether the report compares with the previous run.
    fn compares_runs(&self) -> bool {
        match self.format {
            ReportFormat::JsonLines => false,
            ReportFormat::Document(document) => document.compares,
            ReportFormat::GitHub => true,
        }
    }

    fn shares_target(&self, other: &ReportTo) -> bool {
        let is_same = || !self.path.as_os_str().is_empty() && real_path(&self.path) == real_path(&other.path);
        self.path == other.path || (self.is_stdout() && other.is_stdout()) || is_same()
    }

    pub(super) fn is_stdout(&self) -> bool {
        is_stdout(&self.path)
    }

    fn is_file(&self) -> bool {
        !matches!(self.format, ReportFormat::GitHub) && !self.is_stdout()
    }

    /// Adds the report to the reporters of a run.
    pub(super) fn open(&self, reporters: &mut Reporters<'_>, step: &Step, output: &Output) {
        let previous = self.previous.clone();
        match (self.format, self.is_stdout()) {
            (ReportFormat::JsonLines, true) => reporters.add_stream(JsonLines::new(output.data_stdout())),
            (ReportFormat::JsonLines, false) => {
                reporters.add_stream(JsonLines::to_file(self.target.clone()));
            }
            (ReportFormat::GitHub, _) => {
                // GitHub reads both streams, and no other report goes to stderr.
                reporters.add_document(StepReport::new(
                    step.clone(),
                    previous,
                    Escaped::new(std::io::stderr(), Content::Text),
                ));
            }
            (ReportFormat::Document(Document { renderer, .. }), true) => {
                let mut stdout = output.data_stdout();
                let write = move |text: &str| stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
                reporters.add_document(Rendered::new(renderer(previous), write));
            }
            (ReportFormat::Document(Document { renderer, .. }), false) => {
                reporters.add_document(Rendered::to_file(renderer(previous), self.target.clone()));
            }
        }
    }
}

/// Refuses an `output` to `path` that would replace a file of the repository or one of `inputs`.
pub(super) fn refuse_kept<'p>(
    output: &str,
    path: &Path,
    inputs: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Failure> {
    KeptFile::find(path, inputs).map_or(Ok(()), |kept| {
        Err(Failure::Usage {
            message: format!("{output} would replace {}", kept.describe()),
            help: Some("give it a path of its own".to_owned()),
        })
    })
}

/// Whether a report at `path` goes to standard output: the path is `-` or a name of standard output, such as `/dev/stdout`.
pub(super) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || Stream::from_path(path) == Some(Stream::STDOUT)
}

/// Reads the run in the JSON Lines at `path`. If the file doesn't exist, as in the first run, this prints a warning.
pub(super) fn read_previous(path: &Path, output: &Output) -> Result<Option<Arc<Run>>, Failure> {
    if matches!(path.try_exists(), Ok(false)) {
        output.print_message(&format!("warning: there is no previous run `{}`", path.display()));
        return Ok(None);
    }
    let invalid = |reason: String| Failure::Usage {
        message: format!("`--previous`: {reason}"),
        help: Some("give a file that `--report jsonl=PATH` wrote".to_owned()),
    };
    let run = Run::read(&[path.to_owned()]).map_err(|error| invalid(error.to_string()))?;
    if run.starts.is_empty() {
        let reason = run.missing.first().cloned();
        return Err(invalid(reason.unwrap_or_else(|| format!("`{}` contains no run", path.display()))));
    }
    for missing in &run.missing {
        output.print_message(&format!("warning: the previous run: {}", visible(missing)));
    }
    Ok(Some(Arc::new(run)))
}

/// Lists the formats for a message, with `suffix` except for `github`, which has no path.
fn list_formats(suffix: &str) -> String {
    let names = ["jsonl"].into_iter().chain(DOCUMENTS.iter().map(|document| document.name));
    let names = names.map(|name| format!("{name}{suffix}"));
    list(names.chain(["github".to_owned()]).map(quoted), "or")
}
