//! The replay of the files of a bundle: its reports, and whether its outcomes are those of the run.

use std::collections::BTreeMap;

use super::gather::Files;
use super::manifest::{BundledValue, Conditions, REPORTS, RUN};
use super::mask::{FileKind, Unmaskable, mask_file};
use super::outcomes::{Outcomes, case_outcomes, count_outcomes, describe_differences};
use crate::diagnose::Severity;
use crate::record::{Record, Run};
use crate::report::DOCUMENTS;

/// The reports in a bundle: the format, which is one of [`DOCUMENTS`], and the file name.
const BUNDLED_REPORTS: [(&str, &str); 5] = [
    ("html", "report.html"),
    ("junit", "junit.xml"),
    ("markdown", "report.md"),
    ("sarif", "findings.sarif"),
    ("tap", "run.tap"),
];

/// A report contains a secret. That is a bug, because reports are made of masked data.
#[derive(Debug, thiserror::Error)]
#[error("the report `{name}` can't be in a bundle: {why}")]
pub struct ReportError {
    name: String,
    why: Unmaskable,
}

/// The results of the replay that go into the bundle.
#[derive(Debug, Default)]
pub struct ReplayResults {
    pub outcomes: Outcomes,
    /// The number of cases by outcome.
    pub counts: BTreeMap<String, usize>,
    /// The messages of the errors if no case could run.
    pub errors: Vec<String>,
    /// Names in the bundle and contents of the reports.
    reports: Vec<(String, String)>,
}

impl ReplayResults {
    pub fn new(records: Vec<Record>) -> ReplayResults {
        let reports =
            BUNDLED_REPORTS.map(|(format, name)| ([REPORTS, name].concat(), render(format, &records)));
        let run = Run::from_iter(records);
        let errors =
            run.findings.iter().filter(|finding| run.is_refused() && finding.severity() == Severity::Error);
        ReplayResults {
            outcomes: case_outcomes(&run, str::to_owned),
            counts: count_outcomes(&run),
            errors: errors.map(|finding| finding.message.clone()).collect(),
            reports: reports.into(),
        }
    }

    /// Adds the reports and `json_lines`, the records of the run, to `files`.
    pub fn add_reports(self, json_lines: Vec<u8>, files: &mut Files) -> Result<(), ReportError> {
        add_report(files, RUN.to_owned(), json_lines)?;
        self.reports.into_iter().try_for_each(|(name, text)| add_report(files, name, text.into_bytes()))
    }
}

/// Renders `records` in the format with the name `format`.
fn render(format: &str, records: &[Record]) -> String {
    let document = DOCUMENTS.iter().find(|document| document.name == format);
    let mut renderer = (document.expect("the format is a document").renderer)(None);
    for record in records {
        renderer.add_record(record);
    }
    renderer.finish(&[])
}

fn add_report(files: &mut Files, name: String, bytes: Vec<u8>) -> Result<(), ReportError> {
    match mask_file(FileKind::Data, &name, bytes) {
        Ok(report) => {
            files.insert(name, report);
            Ok(())
        }
        Err(why) => Err(ReportError { name, why }),
    }
}

/// A replay of the files of the bundle has other outcomes than the run.
#[derive(Debug, thiserror::Error)]
#[error(
    "a replay of the bundle would have other outcomes than this run, so no bundle was written: {}",
    first_differences(.differences)
)]
pub struct ReplayMismatch {
    differences: Vec<String>,
    help: String,
}

impl ReplayMismatch {
    /// Compares the outcomes of `replay`, which ran from `files` under `conditions`, with the `expected` outcomes.
    pub fn check(
        expected: &Outcomes,
        replay: &ReplayResults,
        files: &Files,
        conditions: &Conditions,
    ) -> Result<(), ReplayMismatch> {
        let differences = describe_differences(expected, &replay.outcomes);
        if differences.is_empty() {
            return Ok(());
        }
        let differences = replay.errors.iter().cloned().chain(differences).collect();
        Err(ReplayMismatch { differences, help: help_for_missing_input(files, conditions) })
    }

    pub fn help(&self) -> &str {
        &self.help
    }
}

fn first_differences(differences: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = differences.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if differences.len() > SHOWN {
        text += &format!("; and {} more", differences.len() - SHOWN);
    }
    text
}

/// Names an input that the bundle lacks, and how to include it or exclude its cases.
fn help_for_missing_input(files: &Files, conditions: &Conditions) -> String {
    let variables_with =
        |bundled| conditions.environment.iter().filter(move |variable| variable.bundled == bundled);
    if let Some(variable) = variables_with(BundledValue::StandIn).next() {
        let name = &variable.name;
        format!(
            "no recording contains the value of `{name}`, so the bundle doesn't either; `--env {name}` includes it"
        )
    } else if let Some(variable) = variables_with(BundledValue::Masked).next() {
        format!(
            "the value of `{}` contains a secret, which is masked; exclude its cases with `-k`",
            variable.name
        )
    } else if let Some((name, _)) = files.iter().find(|(_, file)| file.changed) {
        format!("secrets are masked in `{name}` and perhaps in other files; remove them from the requests")
    } else {
        "the run depends on an input that a bundle doesn't contain".to_owned()
    }
}
