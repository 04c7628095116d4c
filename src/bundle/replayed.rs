//! The replay of the files of a bundle: its reports, and whether its outcomes are those of the run.

use std::collections::BTreeMap;

use super::gather::Files;
use super::manifest::{Conditions, Kept, REPORTS, RUN};
use super::outcomes::{Outcomes, counted, differences, outcomes};
use super::redact::{FileKind, Unmaskable, redact};
use crate::diagnose::Severity;
use crate::record::{Record, Run};
use crate::report::DOCUMENTS;

/// The reports in a bundle: the format, which is one of [`DOCUMENTS`], and the file name.
const MADE: [(&str, &str); 5] = [
    ("html", "report.html"),
    ("junit", "junit.xml"),
    ("markdown", "report.md"),
    ("sarif", "findings.sarif"),
    ("tap", "run.tap"),
];

/// A report contains a secret. That is a bug, because reports are made of masked data.
#[derive(Debug, thiserror::Error)]
#[error("the report `{name}`: {why}")]
pub struct ReportError {
    name: String,
    why: Unmaskable,
}

/// The results of the replay that go into the bundle.
#[derive(Debug, Default)]
pub struct Replayed {
    pub outcomes: Outcomes,
    /// The number of cases by outcome.
    pub counts: BTreeMap<String, usize>,
    /// The messages of the errors if no case could run.
    pub errors: Vec<String>,
    /// Names in the bundle and contents of the reports.
    reports: Vec<(String, String)>,
}

impl Replayed {
    pub fn new(records: Vec<Record>) -> Replayed {
        let reports = MADE.map(|(format, name)| ([REPORTS, name].concat(), rendered(format, &records)));
        let run = Run::from_iter(records);
        let errors =
            run.findings.iter().filter(|finding| run.refused() && finding.severity() == Severity::Error);
        Replayed {
            outcomes: outcomes(&run, str::to_owned),
            counts: counted(&run),
            errors: errors.map(|finding| finding.message.clone()).collect(),
            reports: reports.into(),
        }
    }

    /// Adds the reports and `json_lines`, the records of the run, to `files`.
    pub fn add_reports(self, json_lines: Vec<u8>, files: &mut Files) -> Result<(), ReportError> {
        add(files, RUN.to_owned(), json_lines)?;
        self.reports.into_iter().try_for_each(|(name, text)| add(files, name, text.into_bytes()))
    }
}

/// Renders `records` in the format with the name `format`.
fn rendered(format: &str, records: &[Record]) -> String {
    let document = DOCUMENTS.iter().find(|document| document.name == format);
    let mut renderer = (document.expect("the format is a document").renderer)(None);
    for record in records {
        renderer.take(record);
    }
    renderer.finish(&[])
}

fn add(files: &mut Files, name: String, bytes: Vec<u8>) -> Result<(), ReportError> {
    match redact(FileKind::Data, &name, bytes) {
        Ok(report) => {
            files.insert(name, report);
            Ok(())
        }
        Err(why) => Err(ReportError { name, why }),
    }
}

/// A replay of the files of the bundle has other outcomes than the run.
#[derive(Debug, thiserror::Error)]
#[error("a replay of the bundle would not be this run, so none was written: {}", shortened(.differences))]
pub struct OtherRun {
    differences: Vec<String>,
    help: String,
}

impl OtherRun {
    /// Compares the outcomes of `replay`, which ran from `files` under `conditions`, with the `expected` outcomes.
    pub fn check(
        expected: &Outcomes,
        replay: &Replayed,
        files: &Files,
        conditions: &Conditions,
    ) -> Result<(), OtherRun> {
        let differences = differences(expected, &replay.outcomes);
        if differences.is_empty() {
            return Ok(());
        }
        let differences = replay.errors.iter().cloned().chain(differences).collect();
        Err(OtherRun { differences, help: what_is_left_out(files, conditions) })
    }

    pub fn help(&self) -> &str {
        &self.help
    }
}

fn shortened(differences: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut told = differences.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if differences.len() > SHOWN {
        told += &format!("; and {} more", differences.len() - SHOWN);
    }
    told
}

/// Names an input that the bundle lacks, and how to include it or exclude its cases.
fn what_is_left_out(files: &Files, conditions: &Conditions) -> String {
    let lacking = |kept| conditions.environment.iter().filter(move |variable| variable.kept == kept);
    if let Some(variable) = lacking(Kept::StandIn).next() {
        let name = &variable.name;
        format!("the value of `{name}` is in no recording, so it is left out; `--env {name}` puts it in")
    } else if let Some(variable) = lacking(Kept::Masked).next() {
        format!(
            "the value of `{}` holds a secret, which is masked; leave its cases out with `-k`",
            variable.name
        )
    } else if let Some((name, _)) = files.iter().find(|(_, file)| file.changed) {
        format!("secrets are masked in `{name}`, and perhaps elsewhere; take them out of what the cases ask")
    } else {
        "what the run reads besides the files of the repository is not in a bundle".to_owned()
    }
}
