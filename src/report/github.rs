//! GitHub's workflow commands: an annotation for each case that isn't well, on the case's line.
//!
//! GitHub shows ten annotations of a level and step and drops the others silently; the last one says how many more.

use crate::diagnose::{Severity, visible};
use crate::record::{Case, Finding, Place, Record};

/// Annotations of a level that GitHub shows for a step.
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
    pub fn take(&mut self, record: &Record) {
        match record {
            Record::Start(_) | Record::End(_) => (),
            Record::Finding { finding } => self.findings.push(of_finding(finding)),
            Record::Case(case) => {
                if !case.findings.is_empty() || !case.is_done() {
                    self.cases.push(of_case(case));
                }
            }
        }
    }

    /// The commands. `lost` is what is known to be missing; `folder` is where the paths begin, seen from the repository.
    pub fn finish(self, lost: &[String], folder: &str) -> String {
        let lost = lost.iter().map(|lost| Annotation {
            severity: Severity::Error,
            at: Place::default(),
            title: "bedrock-check".to_owned(),
            message: lost.clone(),
        });
        let annotations: Vec<Annotation> = lost.chain(self.findings).chain(self.cases).collect();
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

fn of_finding(finding: &Finding) -> Annotation {
    Annotation {
        severity: finding.severity(),
        at: finding.at.clone(),
        title: finding.code.clone(),
        message: finding.text(),
    }
}

fn of_case(case: &Case) -> Annotation {
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

/// An annotation takes 64 KB; nobody reads as much.
fn shortened(message: &str) -> String {
    let kept: String = message.chars().take(4_000).collect();
    if kept.len() < message.len() { kept + "\n… cut here" } else { kept }
}

/// The text of a command, by the rules of GitHub's toolkit.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, by the same.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
