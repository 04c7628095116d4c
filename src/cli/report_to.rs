//! `--report FORMAT=PATH`.

use std::path::{Path, PathBuf};

use super::Failure;
use super::output::Output;
use crate::diagnose::Sources;
use crate::report::{JsonLines, Junit, Reporters};

/// A `--report FORMAT=PATH`.
pub(super) struct ReportTo {
    format: ReportFormat,
    path: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ReportFormat {
    Junit,
    JsonLines,
}

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
        let (format, path) = text.split_once('=').unwrap_or((text, ""));
        let known = [("junit", ReportFormat::Junit), ("jsonl", ReportFormat::JsonLines)];
        let known = known.iter().find(|(name, _)| *name == format);
        match known {
            Some((_, ReportFormat::Junit)) if path == "-" => Err(Failure::Usage {
                message: "`junit` is one document and goes to a file".to_owned(),
                help: Some("write `--report junit=out.xml`".to_owned()),
            }),
            Some((_, format)) if !path.is_empty() => {
                Ok(ReportTo { format: *format, path: PathBuf::from(path) })
            }
            None if !path.is_empty() => Err(Failure::Usage {
                message: format!("the report `{text}`: there is no format `{format}`"),
                help: Some("the formats are `junit` and `jsonl`".to_owned()),
            }),
            _ => Err(Failure::Usage {
                message: format!("the report `{text}`: expected `FORMAT=PATH`"),
                help: Some("write `junit=PATH` or `jsonl=PATH`; `-` is standard output".to_owned()),
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
        }
    }
}
