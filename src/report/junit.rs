//! JUnit XML, as Jenkins, GitLab and GitHub's test summaries read it.
//!
//! A suite is a config file, a class a model. Only calls have times: a replay's say
//! nothing about the model, and without them the same inputs give the same bytes. Texts are masked before they are XML.

use std::io;
use std::path::PathBuf;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Reporter;
use crate::diagnose::{Finding, Severity, Sources, Terminal, masked};
use crate::files::write_whole;
use crate::run::{CaseRun, Event, Outcome};

/// Collects a run and writes it to `path` at the end.
pub struct Junit<'s> {
    path: PathBuf,
    sources: &'s Sources,
    suites: Vec<TestSuite>,
}

impl<'s> Junit<'s> {
    pub fn to_file(path: impl Into<PathBuf>, sources: &'s Sources) -> Junit<'s> {
        Junit { path: path.into(), sources, suites: Vec::new() }
    }

    fn suite(&mut self, name: &str) -> &mut TestSuite {
        if self.suites.last().is_none_or(|suite| suite.name.as_str() != name) {
            self.suites.push(TestSuite::new(name));
        }
        self.suites.last_mut().expect("one was just pushed")
    }
}

impl Junit<'_> {
    /// An error that belongs to no case fails as a test case of its own.
    fn told(&mut self, finding: &Finding) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(finding.code.id());
        status.set_message(plain(&finding.message));
        status.set_description(plain(&Terminal::new(self.sources, false).render(finding)));
        let mut entry = TestCase::new(finding.code.id(), status);
        entry.set_classname("finding");
        let config = self.sources.path(finding.at.span.file).display().to_string();
        self.suite(&plain(&config)).add_test_case(entry);
    }
}

impl Reporter for Junit<'_> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Told(findings) = event {
            for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
                self.told(finding);
            }
        }
        if let Event::Finished(case) = event {
            let mut entry = TestCase::new(plain(&case.id), status(case, self.sources));
            entry.set_classname(plain(&case.model));
            if let Some(call) = case.measured.and_then(|measured| measured.call) {
                entry.set_time(call.latency);
            }
            if case.warns && case.outcome != Outcome::Pass {
                entry.set_system_out(told(case, self.sources));
            }
            self.suite(&plain(&case.config.display().to_string())).add_test_case(entry);
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let mut report = Report::new("bedrock-check");
        report.add_test_suites(std::mem::take(&mut self.suites));
        let xml = report.to_string().map_err(io::Error::other)?;
        write_whole(&self.path, xml.as_bytes())
    }
}

/// Text without secrets, and without what XML can't hold: not even as an escape.
fn plain(text: &str) -> String {
    let allowed = |c: char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    masked(text).chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

fn status(case: &CaseRun, sources: &Sources) -> TestCaseStatus {
    let kind = match case.outcome {
        Outcome::Pass => return TestCaseStatus::success(),
        Outcome::Skipped => return TestCaseStatus::skipped(),
        _ if case.warns => return TestCaseStatus::success(),
        Outcome::Fail | Outcome::Differs => NonSuccessKind::Failure,
        Outcome::New | Outcome::Stale | Outcome::Missing | Outcome::Error => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(case.outcome.name());
    status.set_message(case.findings.first().map_or(String::new(), |finding| plain(&finding.message)));
    status.set_description(told(case, sources));
    status
}

fn told(case: &CaseRun, sources: &Sources) -> String {
    let terminal = Terminal::new(sources, false);
    let texts: Vec<String> = case.findings.iter().map(|finding| terminal.render(finding)).collect();
    plain(&texts.join("\n"))
}
