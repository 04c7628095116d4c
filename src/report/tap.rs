//! TAP version 14, with details of a test point as YAML below it.
//!
//! Values are written as JSON, which is valid YAML, so that no value can end the block.

use serde_json::{Value, json};

use super::Renderer;
use crate::diagnose::{Severity, visible};
use crate::record::{Case, Finding, Named, Record};
use crate::run::Outcome;

/// A run as TAP: a test point for each case, and for each error that belongs to no case.
#[derive(Default)]
pub struct Tap {
    errors: Vec<String>,
    cases: Vec<String>,
    interrupted: bool,
}

impl Renderer for Tap {
    fn add_record(&mut self, record: &Record) {
        match record {
            Record::Start(_) => (),
            Record::Finding { finding } => match finding.severity() {
                Severity::Error => self.errors.push(error_point(finding)),
                Severity::Warning | Severity::Hint => (),
            },
            Record::Case(case) => self.cases.push(case_point(case)),
            Record::End(end) => self.interrupted |= end.interrupted,
        }
    }

    fn finish(self: Box<Self>, missing: &[String]) -> String {
        let mut out = format!("TAP version 14\n1..{}\n", self.errors.len() + self.cases.len());
        for (index, point) in self.errors.iter().chain(&self.cases).enumerate() {
            out.push_str(&point.replacen("ok - ", &format!("ok {} - ", index + 1), 1));
        }
        let interrupted = self.interrupted.then(|| "the run was interrupted".to_owned());
        if let Some(why) = missing.first().cloned().or(interrupted) {
            out.push_str(&format!("Bail out! {}\n", description(&why)));
        }
        out
    }
}

/// An error that belongs to no case.
fn error_point(finding: &Finding) -> String {
    let id = description(&format!("{} {}", finding.code, finding.at));
    format!("not ok - {id}\n{}", block(&[("findings", json!([finding_value(finding)]))]))
}

fn case_point(case: &Case) -> String {
    let (word, directive) = match &case.outcome {
        Named::Known(Outcome::Skipped) => ("ok", " # SKIP the run ended before this case"),
        Named::Known(Outcome::Pass) => ("ok", ""),
        Named::Known(
            Outcome::Fail
            | Outcome::Differs
            | Outcome::New
            | Outcome::Stale
            | Outcome::Missing
            | Outcome::Error,
        )
        | Named::Unknown(_) => ("not ok", if case.warns { " # TODO this case only warns" } else { "" }),
    };
    let mut out = format!("{word} - {}{directive}\n", description(&case.id));
    if !case.is_done() || !case.findings.is_empty() {
        let findings: Vec<Value> = case.findings.iter().map(finding_value).collect();
        let rows = [
            ("outcome", json!(shown(case.outcome.name()))),
            ("at", json!(shown(&case.place().to_string()))),
            ("findings", json!(findings)),
        ];
        out.push_str(&block(&rows));
    }
    out
}

fn finding_value(finding: &Finding) -> Value {
    json!({
        "code": shown(&finding.code),
        "severity": finding.severity().name(),
        "message": shown(&finding.message),
        "at": shown(&finding.at.to_string()),
        "notes": finding.notes.iter().map(|note| shown(note)).collect::<Vec<_>>(),
        "help": finding.help.as_deref().map(shown),
    })
}

fn block(rows: &[(&str, Value)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(key, value)| format!("  {key}: {value}")).collect();
    format!("  ---\n{}\n  ...\n", rows.join("\n"))
}

fn shown(text: &str) -> String {
    visible(text).into_owned()
}

/// Text on one line, with `#` escaped so that it can't start a directive.
fn description(text: &str) -> String {
    let one_line = text.replace('\\', "\\\\").replace('#', "\\#").replace('\n', "\\n");
    visible(&one_line).into_owned()
}
