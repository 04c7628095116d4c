//! `--report FORMAT=PATH`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Failure;
use super::github::Step;
use super::output::Output;
use crate::diagnose::Sources;
use crate::report::lines::Run;
use crate::report::{Collected, DOCUMENTS, JsonLines, Junit, Render, Reporters};

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
    GitHub,
    Document(Render),
}

fn format(name: &str) -> Option<ReportFormat> {
    let document = DOCUMENTS.iter().find(|(known, _)| *known == name);
    match name {
        "jsonl" => Some(ReportFormat::JsonLines),
        // With excerpts of the configs, which are at hand here.
        "junit" => Some(ReportFormat::Junit),
        "github" => Some(ReportFormat::GitHub),
        _ => document.map(|(_, render)| ReportFormat::Document(*render)),
    }
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
        let (name, path) = text.split_once('=').unwrap_or((text, ""));
        match format(name) {
            // What a step says is what GitHub reads: there is no other place for it.
            Some(format @ ReportFormat::GitHub) if path.is_empty() => {
                Ok(ReportTo { format, path: PathBuf::new() })
            }
            Some(ReportFormat::GitHub) => Err(Failure::Usage {
                message: "`github` goes to the output of the step and to `GITHUB_STEP_SUMMARY`".to_owned(),
                help: Some("write `--report github`".to_owned()),
            }),
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
    pub(super) fn open<'s>(
        &self,
        reporters: &mut Reporters<'s>,
        sources: &'s Sources,
        step: &Step,
        output: &Output,
    ) {
        match (self.format, self.is_stdout()) {
            (ReportFormat::JsonLines, true) => {
                reporters.add(JsonLines::new(output.answer(), sources));
            }
            (ReportFormat::JsonLines, false) => reporters.add(JsonLines::to_file(&self.path, sources)),
            (ReportFormat::Junit, _) => reporters.add(Junit::to_file(&self.path, sources)),
            (ReportFormat::GitHub, _) => {
                let step = step.clone();
                // GitHub reads both streams; this one is free of other reports.
                let tell = move |run: &Run| step.tell(run, std::io::stderr());
                reporters.add(Collected::new(sources, tell));
            }
            (ReportFormat::Document(render), true) => {
                let mut answer = output.answer();
                let write =
                    move |run: &Run| answer.write_all(render(run).as_bytes()).and_then(|()| answer.flush());
                reporters.add(Collected::new(sources, write));
            }
            (ReportFormat::Document(render), false) => {
                reporters.add(Collected::to_file(render, &self.path, sources));
            }
        }
    }
}

/// The formats in a sentence, each with `behind`; `github` has no path.
fn listed(behind: &str) -> String {
    let names = ["jsonl"].into_iter().chain(DOCUMENTS.iter().map(|(name, _)| *name));
    let names: Vec<String> = names.map(|name| format!("`{name}{behind}`")).collect();
    format!("{} or `github`", names.join(", "))
}
