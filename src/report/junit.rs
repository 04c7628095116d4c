//! JUnit XML, as Jenkins, GitLab and GitHub's test summaries read it.
//!
//! A suite is a config file, a class a model. Only calls have times: a replay's say
//! nothing about the model, and without them the same inputs give the same bytes. Texts are masked before they are XML.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::lines::{Finding, Run};
use crate::diagnose::{Severity, masked, visible};
use crate::run::Outcome;

/// A run as JUnit.
pub(super) fn render(run: &Run) -> String {
    let mut suites = Vec::new();
    let errors = run.findings.iter().filter(|finding| finding.severity() == Severity::Error);
    for finding in errors {
        refused(&finding.code, &finding.message, &described(finding)).add_to(&mut suites, &finding.at.path);
    }
    for lost in &run.lost {
        refused("lost", lost, lost).add_to(&mut suites, "lost");
    }
    for case in &run.cases {
        let texts: Vec<String> = case.findings.iter().map(described).collect();
        let entry = Entry {
            name: &case.id,
            class: &case.model,
            outcome: &case.outcome,
            warns: case.warns,
            kind: &case.outcome,
            message: case.findings.first().map_or("", |finding| &finding.message),
            text: &texts.join("\n"),
            took: case.call.as_ref().and_then(|call| call.latency_ms).map(Duration::from_millis),
        };
        entry.add_to(&mut suites, &case.config);
    }
    document(suites)
}

fn described(finding: &Finding) -> String {
    visible(&finding.rendered()).into_owned() + "\n"
}

fn document(suites: Vec<TestSuite>) -> String {
    let mut report = Report::new("bedrock-check");
    report.add_test_suites(suites);
    let document = report.to_string().expect("text without control characters is XML");
    by_the_schema(&document)
}

/// Jenkins' schema has no `skipped` on `testsuites`; each `testsuite` says it.
fn by_the_schema(document: &str) -> String {
    let root =
        document.find("<testsuites").and_then(|start| Some((start, start + document[start..].find('>')?)));
    let (start, end) = root.expect("a report has a root");
    let attributes = document[start..end].split(' ').filter(|attribute| !attribute.starts_with("skipped="));
    let root = attributes.collect::<Vec<_>>().join(" ");
    [&document[..start], &root, &document[end..]].concat()
}

/// A test case of JUnit.
struct Entry<'a> {
    name: &'a str,
    class: &'a str,
    outcome: &'a str,
    warns: bool,
    kind: &'a str,
    message: &'a str,
    text: &'a str,
    took: Option<Duration>,
}

/// An error that belongs to no case fails as a test case of its own.
fn refused<'a>(code: &'a str, message: &'a str, text: &'a str) -> Entry<'a> {
    let outcome = Outcome::Error.name();
    Entry { name: code, class: "finding", outcome, warns: false, kind: code, message, text, took: None }
}

impl Entry<'_> {
    fn add_to(&self, suites: &mut Vec<TestSuite>, suite: &str) {
        let suite = plain(suite);
        if suites.last().is_none_or(|last| last.name.as_str() != suite) {
            suites.push(TestSuite::new(suite));
        }
        let mut entry = TestCase::new(plain(self.name), self.status());
        entry.set_classname(plain(self.class));
        if let Some(took) = self.took {
            entry.set_time(took);
        }
        if self.warns && self.outcome != Outcome::Pass.name() {
            entry.set_system_out(plain(self.text));
        }
        suites.last_mut().expect("one was just pushed").add_test_case(entry);
    }

    fn status(&self) -> TestCaseStatus {
        let is = |outcomes: &[Outcome]| outcomes.iter().any(|outcome| outcome.name() == self.outcome);
        let kind = match () {
            () if is(&[Outcome::Skipped]) => return TestCaseStatus::skipped(),
            () if is(&[Outcome::Pass]) || self.warns => return TestCaseStatus::success(),
            () if is(&[Outcome::Fail, Outcome::Differs]) => NonSuccessKind::Failure,
            () => NonSuccessKind::Error,
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(plain(self.kind));
        status.set_message(plain(self.message));
        status.set_description(plain(self.text));
        status
    }
}

/// Text without secrets, and without what XML can't hold: not even as an escape.
fn plain(text: &str) -> String {
    let allowed = |c: char| !matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    masked(text).chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
