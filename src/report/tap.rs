//! TAP version 14, with what is known of a test point as YAML below it.
//!
//! YAML's values are written as JSON, which is YAML too: nothing in them can end the block.

use serde_json::{Value, json};

use super::lines::{Case, Finding, Run};
use crate::diagnose::{Severity, visible};
use crate::run::Outcome;

/// A run as TAP: a test point for each case, and for each error that belongs to none.
pub fn render(run: &Run) -> String {
    let errors = run.findings.iter().filter(|finding| finding.severity() == Severity::Error);
    let mut points: Vec<String> = errors.map(refused).collect();
    points.extend(run.cases.iter().map(point));
    let mut out = format!("TAP version 14\n1..{}\n", points.len());
    for (index, point) in points.iter().enumerate() {
        out.push_str(&point.replacen("ok - ", &format!("ok {} - ", index + 1), 1));
    }
    let interrupted = run.interrupted().then(|| "the run was interrupted".to_owned());
    if let Some(why) = run.lost.first().cloned().or(interrupted) {
        out.push_str(&format!("Bail out! {}\n", description(&why)));
    }
    out
}

/// An error that belongs to no case.
fn refused(finding: &Finding) -> String {
    let id = description(&format!("{} {}", finding.code, finding.at));
    format!("not ok - {id}\n{}", block(&[("findings", json!([told(finding)]))]))
}

fn point(case: &Case) -> String {
    let passes = case.is_done();
    let word = if passes { "ok" } else { "not ok" };
    let directive = match case.outcome.as_str() {
        outcome if outcome == Outcome::Skipped.name() => " # SKIP the run ended before its turn",
        _ if case.warns && !passes => " # TODO it only warns",
        _ => "",
    };
    let mut out = format!("{word} - {}{directive}\n", description(&case.id));
    if !passes || !case.findings.is_empty() {
        let findings: Vec<Value> = case.findings.iter().map(told).collect();
        let rows = [
            ("outcome", json!(shown(&case.outcome))),
            ("at", json!(shown(&case.place().to_string()))),
            ("findings", json!(findings)),
        ];
        out.push_str(&block(&rows));
    }
    out
}

fn told(finding: &Finding) -> Value {
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

/// One line, in which `#` begins no directive.
fn description(text: &str) -> String {
    let one_line = text.replace('\\', "\\\\").replace('#', "\\#").replace('\n', "\\n");
    visible(&one_line).into_owned()
}
