//! JUnit XML, as Jenkins, GitLab and GitHub's test summaries read it.
//!
//! Each config file is a suite, and each model is a class. Only calls have times: the times of a replay mean nothing for the
//! model, and without them the same inputs produce the same bytes. Secrets are masked before texts are escaped.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Renderer;
use crate::diagnose::{Severity, masked, visible};
use crate::record::{Case, Finding, Named, Record};
use crate::run::Outcome;

/// A run as JUnit XML.
#[derive(Default)]
pub(super) struct JUnit {
    errors: Vec<Entry>,
    cases: Vec<Entry>,
}

/// A test case of JUnit, and the suite that it is in.
struct Entry {
    suite: String,
    case: TestCase,
}

impl Renderer for JUnit {
    fn add_record(&mut self, record: &Record) {
        match record {
            Record::Start(_) | Record::End(_) => (),
            Record::Finding { finding } => match finding.severity() {
                Severity::Error => self.errors.push(error_entry(finding)),
                Severity::Warning | Severity::Hint => (),
            },
            Record::Case(case) => self.cases.push(entry(case)),
        }
    }

    fn finish(self: Box<Self>, missing: &[String]) -> String {
        let missing = missing.iter().map(|missing| failed("missing", "missing", missing, missing));
        let mut suites: Vec<TestSuite> = Vec::new();
        for Entry { suite, case } in self.errors.into_iter().chain(missing).chain(self.cases) {
            if suites.last().is_none_or(|last| last.name.as_str() != suite) {
                suites.push(TestSuite::new(suite));
            }
            suites.last_mut().expect("a suite was just pushed").add_test_case(case);
        }
        document(suites)
    }
}

/// Reports an error that belongs to no case as a failed test case of its own.
fn error_entry(finding: &Finding) -> Entry {
    failed(&finding.at.path, &finding.code, &finding.message, &described(finding))
}

fn failed(suite: &str, code: &str, message: &str, text: &str) -> Entry {
    let mut case = TestCase::new(plain(code), non_success(NonSuccessKind::Error, code, message, text));
    case.set_classname("finding");
    Entry { suite: plain(suite), case }
}

fn entry(case: &Case) -> Entry {
    let texts: Vec<String> = case.findings.iter().map(described).collect();
    let text = texts.join("\n");
    let mut entry = TestCase::new(plain(&case.id), status(case, &text));
    entry.set_classname(plain(&case.model));
    if let Some(took) = case.call.as_ref().and_then(|call| call.latency_ms) {
        entry.set_time(Duration::from_millis(took));
    }
    if case.warns && case.outcome != Outcome::Pass.into() {
        entry.set_system_out(plain(&text));
    }
    Entry { suite: plain(&case.config), case: entry }
}

fn status(case: &Case, text: &str) -> TestCaseStatus {
    let kind = match &case.outcome {
        Named::Known(Outcome::Skipped) => return TestCaseStatus::skipped(),
        Named::Known(Outcome::Pass) => return TestCaseStatus::success(),
        _ if case.warns => return TestCaseStatus::success(),
        Named::Known(Outcome::Fail | Outcome::Differs) => NonSuccessKind::Failure,
        Named::Known(Outcome::New | Outcome::Stale | Outcome::Missing | Outcome::Error)
        | Named::Unknown(_) => NonSuccessKind::Error,
    };
    let message = case.findings.first().map_or("", |finding| &finding.message);
    non_success(kind, case.outcome.name(), message, text)
}

fn non_success(kind: NonSuccessKind, name: &str, message: &str, text: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(plain(name));
    status.set_message(plain(message));
    status.set_description(plain(text));
    status
}

fn described(finding: &Finding) -> String {
    finding.rendered() + "\n"
}

fn document(suites: Vec<TestSuite>) -> String {
    let mut report = Report::new("bedrock-check");
    report.add_test_suites(suites);
    let document = report.to_string().expect("text without control characters is XML");
    without_skipped_total(&document)
}

/// Removes the attribute `skipped` from `testsuites`, where Jenkins' schema doesn't allow it. Each `testsuite` keeps it.
fn without_skipped_total(document: &str) -> String {
    let root =
        document.find("<testsuites").and_then(|start| Some((start, start + document[start..].find('>')?)));
    let (start, end) = root.expect("a report has a root");
    let attributes = document[start..end].split(' ').filter(|attribute| !attribute.starts_with("skipped="));
    let root = attributes.collect::<Vec<_>>().join(" ");
    [&document[..start], &root, &document[end..]].concat()
}

/// Masks secrets, escapes hidden characters, and replaces the characters that XML can't contain, even as escapes.
fn plain(text: &str) -> String {
    visible(&masked(text)).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
