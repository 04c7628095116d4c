//! GitHub's workflow commands: an annotation for each case that didn't pass or has findings, on the case's line.
//!
//! GitHub shows ten annotations for each level and step and drops the others silently, so the tenth gives the number of the
//! others.

use crate::diagnose::{Severity, visible};
use crate::record::{Case, Finding, Place, Record};

/// How many annotations of a level GitHub shows for a step.
const SHOWN: usize = 10;

struct Annotation {
    severity: Severity,
    at: Place,
    title: String,
    message: String,
}

/// A run as workflow commands, the most severe first.
#[derive(Default)]
pub struct Annotations {
    findings: Vec<Annotation>,
    cases: Vec<Annotation>,
}

impl Annotations {
    pub fn add_record(&mut self, record: &Record) {
        match record {
            Record::Start(_) | Record::End(_) => (),
            Record::Finding { finding } => self.findings.push(annotate_finding(finding)),
            Record::Case(case) => {
                if !case.findings.is_empty() || !case.is_done() {
                    self.cases.push(annotate_case(case));
                }
            }
        }
    }

    /// The commands. `missing` contains a sentence for each missing part of the run; `folder` is the prefix that makes paths
    /// relative to the repository.
    pub fn finish(self, missing: &[String], folder: &str) -> String {
        let missing = missing.iter().map(|missing| Annotation {
            severity: Severity::Error,
            at: Place::default(),
            title: "bedrock-check".to_owned(),
            message: missing.clone(),
        });
        let annotations: Vec<Annotation> = missing.chain(self.findings).chain(self.cases).collect();
        let levels = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "notice")];
        levels.iter().map(|(severity, command)| level(&annotations, *severity, command, folder)).collect()
    }
}

fn level(all: &[Annotation], severity: Severity, command: &str, folder: &str) -> String {
    let own: Vec<&Annotation> = all.iter().filter(|annotation| annotation.severity == severity).collect();
    let shown = if own.len() > SHOWN { SHOWN - 1 } else { own.len() };
    let mut out: String = own[..shown].iter().map(|annotation| annotation.command(command, folder)).collect();
    if own.len() > shown {
        let more = own.len() - shown;
        out.push_str(&format!("::{command} title=bedrock-check::{more} more, see the summary of the job\n"));
    }
    out
}

fn annotate_finding(finding: &Finding) -> Annotation {
    Annotation {
        severity: finding.severity(),
        at: finding.at.clone(),
        title: finding.code.clone(),
        message: finding.text(),
    }
}

fn annotate_case(case: &Case) -> Annotation {
    let findings: Vec<String> =
        case.findings.iter().map(|finding| format!("{}: {}", finding.at, finding.text())).collect();
    let worst = case.findings.iter().map(Finding::severity).min().unwrap_or(Severity::Error);
    Annotation {
        severity: if case.is_done() { worst.max(Severity::Warning) } else { case.severity() },
        at: case.place(),
        title: format!("{} ({})", case.id, case.outcome),
        message: if findings.is_empty() { case.outcome.to_string() } else { findings.join("\n\n") },
    }
}

impl Annotation {
    fn command(&self, command: &str, folder: &str) -> String {
        let (start, end) = (self.at.start, self.at.end);
        let mut properties = Vec::new();
        if !self.at.path.is_empty() {
            let path = self.at.path.strip_prefix("./").unwrap_or(&self.at.path);
            properties.push(format!("file={}", property(&format!("{folder}{path}"))));
            properties.push(format!("line={}", start.line));
            properties.push(format!("col={}", start.column));
        }
        // GitHub takes an end column only on the same line.
        if !self.at.path.is_empty() && start.line == end.line && end.column > start.column {
            properties.push(format!("endColumn={}", end.column));
        }
        properties.push(format!("title={}", property(&self.title)));
        format!("::{command} {}::{}\n", properties.join(","), data(&shortened(&self.message)))
    }
}

/// An annotation may have 64 KB, which is too long to read.
fn shortened(message: &str) -> String {
    let kept: String = message.chars().take(4_000).collect();
    if kept.len() < message.len() { kept + "\n… cut here" } else { kept }
}

/// The text of a command, escaped like GitHub's toolkit does.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, escaped like GitHub's toolkit does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
