//! `--report FORMAT=PATH`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Failure;
use super::output::Output;
use crate::diagnose::Sources;
use crate::report::{Collected, JsonLines, Junit, Render, Reporters, sarif, tap};

/// A `--report FORMAT=PATH`.
pub(super) struct ReportTo {
    format: ReportFormat,
    path: PathBuf,
}

/// What is written while the run goes, and what is made of the run when it ends.
#[derive(Clone, Copy)]
enum ReportFormat {
    Junit,
    JsonLines,
    Document(Render),
}

const FORMATS: [(&str, ReportFormat); 4] = [
    ("jsonl", ReportFormat::JsonLines),
    ("junit", ReportFormat::Junit),
    ("sarif", ReportFormat::Document(sarif::render)),
    ("tap", ReportFormat::Document(tap::render)),
];

impl ReportTo {
    /// Reads every `FORMAT=PATH`. No two go to the same place.
    pub(super) fn parse_all(texts: &[String]) -> Result<Vec<ReportTo>, Failure> {
        let mut reports: Vec<ReportTo> = Vec::new();
        for text in texts {
            let report = ReportTo::parse(text)?;
            if reports.iter().any(|other| other.path == report.path) {
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

    fn parse(text: &str) -> Result<ReportTo, Failure> {
        let (name, path) = text.split_once('=').unwrap_or((text, ""));
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        match format {
            Some(ReportFormat::Junit) if path == "-" => Err(Failure::Usage {
                message: "`junit` is one document and goes to a file".to_owned(),
                help: Some("write `--report junit=out.xml`".to_owned()),
            }),
            Some(format) if !path.is_empty() => Ok(ReportTo { format, path: PathBuf::from(path) }),
            None if !path.is_empty() => Err(Failure::Usage {
                message: format!("the report `{text}`: there is no format `{name}`"),
                help: Some(format!("the formats are {}", listed(""))),
            }),
            _ => Err(Failure::Usage {
                message: format!("the report `{text}`: expected `FORMAT=PATH`"),
                help: Some(format!("write {}; `-` is standard output", listed("=PATH"))),
            }),
        }
    }

    pub(super) fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Adds the report to those of a run.
    pub(super) fn open<'s>(&self, reporters: &mut Reporters<'s>, sources: &'s Sources, output: &Output) {
        match (self.format, self.is_stdout()) {
            (ReportFormat::JsonLines, true) => {
                reporters.add(JsonLines::new(output.answer(), sources));
            }
            (ReportFormat::JsonLines, false) => reporters.add(JsonLines::to_file(&self.path, sources)),
            (ReportFormat::Junit, _) => reporters.add(Junit::to_file(&self.path, sources)),
            (ReportFormat::Document(render), true) => {
                let mut answer = output.answer();
                let write = move |bytes: &[u8]| answer.write_all(bytes).and_then(|()| answer.flush());
                reporters.add(Collected::new(render, sources, Box::new(write)));
            }
            (ReportFormat::Document(render), false) => {
                reporters.add(Collected::to_file(render, &self.path, sources));
            }
        }
    }
}

/// The formats in a sentence, each with `behind`.
fn listed(behind: &str) -> String {
    let mut names: Vec<String> = FORMATS.iter().map(|(name, _)| format!("`{name}{behind}`")).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}
