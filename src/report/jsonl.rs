//! JSON Lines: a versioned stream for scripts. `docs/jsonl.md` describes it.
//!
//! There are no times but those of calls, so that the same inputs give the same bytes.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::Reporter;
use super::exchange::Exchange;
use crate::config::settings::Mode;
use crate::diagnose::{self, Finding, Sources, Terminal, masked_value};
use crate::files::write_whole;
use crate::invoke::{Recorded, Unasked};
use crate::run::{CaseRun, Changed, Event, Measured, Outcome, Shard, Summary, Written};
use crate::suite::Measure;

/// Version of the stream. It changes when a member changes its meaning or goes away, not when one is added.
pub(super) const VERSION: u32 = 1;

/// Writes a line an event.
pub struct JsonLines<'s, W: Write> {
    out: W,
    sources: &'s Sources,
}

impl<'s, W: Write> JsonLines<'s, W> {
    pub fn new(out: W, sources: &'s Sources) -> JsonLines<'s, W> {
        JsonLines { out, sources }
    }
}

impl<'s> JsonLines<'s, WholeFile> {
    /// Writes to a file, which appears whole when the run ends.
    pub fn to_file(path: impl Into<PathBuf>, sources: &'s Sources) -> JsonLines<'s, WholeFile> {
        JsonLines::new(WholeFile { path: path.into(), bytes: Vec::new() }, sources)
    }
}

/// A file that is held back until it is flushed.
pub struct WholeFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        write_whole(&self.path, &self.bytes)
    }
}

impl<W: Write> Reporter for JsonLines<'_, W> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        lines(event, self.sources).iter().try_for_each(|line| writeln!(self.out, "{}", text(line)))
    }

    fn close(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A line. What GitHub's runner takes for a command wherever it stands is an escape: the line may go to standard output.
fn text(line: &Value) -> String {
    line.to_string().replace("##[", "#\\u0023[")
}

/// The lines that tell an event, without secrets.
pub(super) fn lines(event: Event<'_>, sources: &Sources) -> Vec<Value> {
    let line = match event {
        Event::Started { mode, cases, files, shard } => started(mode, cases, files, shard),
        Event::Told(findings) => return findings.iter().map(|finding| told(finding, sources)).collect(),
        Event::Finished(case) => finished(case, sources),
        Event::Ended(summary) => ended(summary),
    };
    vec![masked_value(&line)]
}

fn started(mode: Mode, cases: usize, files: usize, shard: Option<Shard>) -> Value {
    let mut line =
        json!({ "type": "start", "version": VERSION, "mode": mode.name(), "cases": cases, "files": files });
    if let (Some(Shard { index, of }), Some(members)) = (shard, line.as_object_mut()) {
        members.insert("shard".to_owned(), json!({ "index": index, "of": of }));
    }
    line
}

/// A finding that belongs to no case.
pub(super) fn told(finding: &Finding, sources: &Sources) -> Value {
    masked_value(&json!({ "type": "finding", "finding": shown(finding, sources) }))
}

/// A finding as data, and as people read it.
fn shown(finding: &Finding, sources: &Sources) -> Value {
    let mut shown = diagnose::to_json(finding, sources);
    shown["rendered"] = Terminal::new(sources, false).render(finding).into();
    shown
}

fn finished(case: &CaseRun, sources: &Sources) -> Value {
    let findings: Vec<Value> = case.attempt.findings.iter().map(|finding| shown(finding, sources)).collect();
    let written = case.written.map(|written| match written {
        Written::Accepted => "accepted",
        Written::Pending => "pending",
    });
    let mapped: Map<String, Value> = case.attempt.mapped.iter().cloned().collect();
    let mut line = json!({
        "type": "case",
        "id": case.id,
        "model": case.model,
        "config": case.config.display().to_string(),
        "at": diagnose::place_to_json(&case.at, sources),
        "outcome": case.attempt.outcome.name(),
        "warns": case.warns,
        "mapped": mapped,
        "snapshot": written,
        "findings": findings,
    });
    let more = [
        ("changed", case.changed.as_ref().map(changed)),
        ("call", case.attempt.measured.as_ref().map(call)),
        ("recorded", case.attempt.recorded.as_ref().map(|recorded| recorded_as(recorded).into())),
        ("not_called", case.attempt.unasked.map(|why| not_called(why).into())),
        ("exchange", case.attempt.exchanged.as_deref().map(|exchanged| json!(Exchange::of(exchanged)))),
    ];
    for (name, value) in more.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        line[name] = value;
    }
    line
}

fn changed(changed: &Changed) -> Value {
    let snapshot = changed.snapshot.display().to_string();
    json!({ "snapshot": snapshot, "old": changed.old, "new": changed.new, "cost_usd": changed.cost })
}

/// What a call took. Replayed cases have none, so that their lines are always the same.
fn call(measured: &Measured) -> Value {
    let of = |measure| measured.of(measure);
    let (passed, calls) = measured.passed.unzip();
    json!({
        "latency_ms": of(Measure::Latency),
        "first_token_ms": of(Measure::FirstToken),
        "cost_usd": of(Measure::Cost),
        "attempts": measured.call.map(|call| call.attempts),
        "passed": passed,
        "calls": calls,
    })
}

fn recorded_as(recorded: &Recorded) -> &'static str {
    match recorded {
        Recorded::New => "new",
        Recorded::Same => "same",
        Recorded::Changed(_) => "changed",
    }
}

fn not_called(why: Unasked) -> &'static str {
    match why {
        Unasked::Interrupted => "interrupted",
        Unasked::OutOfTime => "out-of-time",
        Unasked::OverBudget => "over-budget",
    }
}

fn ended(summary: &Summary) -> Value {
    let counts =
        Outcome::ALL.iter().map(|outcome| (outcome.name().to_owned(), summary.count(*outcome).into()));
    json!({
        "type": "end",
        "cases": summary.cases(),
        "deselected": summary.deselected,
        "disabled": summary.disabled,
        "outcomes": counts.collect::<Map<String, Value>>(),
        "snapshots": { "accepted": summary.accepted, "pending": summary.pending },
        "unreferenced": summary.unreferenced,
        "refused": summary.refused,
        "interrupted": summary.interrupted,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnose::{Code, FileId, Finding, Span};
    use crate::run::CaseAttempt;

    fn secret() -> impl Strategy<Value = String> {
        let quoted = |length: usize| "q".repeat(length);
        prop::sample::select(vec![
            "AKIAQWERTYUIOPASDFGH".to_owned(),
            format!("secret_access_key = \"{}\"", quoted(40)),
            format!("sessionToken: '{}'", quoted(120)),
            format!("ABSK{}", quoted(60)),
            format!("bedrock-api-key-{}", quoted(30)),
            "-----BEGIN RSA PRIVATE KEY-----\nqqqqqqqq\n-----END RSA PRIVATE KEY-----".to_owned(),
            "-----BEGIN PRIVATE KEY-----".to_owned(),
            "-----END PRIVATE KEY-----".to_owned(),
            format!("ghp_{}", quoted(36)),
            format!("sk-ant-{}", quoted(40)),
        ])
    }

    fn text() -> impl Strategy<Value = String> {
        // `\u{8}` is an escape that starts a word in JSON.
        let around = || prop::sample::select(vec!["", " ", "\n", "\"", "\\", "\u{8}", "ü", "{\"a\":\""]);
        prop_oneof![
            ".{0,20}",
            (around(), secret(), around())
                .prop_map(|(before, secret, after)| [before, &secret, after].concat()),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn line(field: &str, value: &Value, message: &str) -> String {
        let sources = Sources::default();
        let file: FileId = sources.add("a.toml", "");
        let at = Span::file(file);
        let case = CaseRun {
            id: "m::c".to_owned(),
            model: "m".to_owned(),
            config: PathBuf::from("a.toml"),
            at: at.clone(),
            warns: false,
            attempt: CaseAttempt {
                outcome: Outcome::Fail,
                findings: vec![Finding::new(Code::ExpectationFailed, at, message).note(message)],
                mapped: vec![(field.to_owned(), value.clone())],
                ..CaseAttempt::default()
            },
            changed: None,
            written: None,
            unwritten: false,
        };
        let mut lines = JsonLines::new(Vec::new(), &sources);
        lines.take(Event::Finished(&case)).unwrap();
        String::from_utf8(lines.out).unwrap()
    }

    proptest! {
        #[test]
        fn every_line_is_json_and_tells_no_secret(field in text(), value in value(), message in text()) {
            let line = line(&field, &value, &message);
            prop_assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
            for part in ["AKIAQ", "qqqqqqqq", "-----BEGIN"] {
                prop_assert!(!line.contains(part), "{part}: {line}");
            }
        }
    }

    #[test]
    fn a_member_that_is_called_a_secret_is_blotted_out() {
        let line = line("secret_access_key", &Value::from("q".repeat(40)), "");
        assert!(line.contains(&format!("\"secret_access_key\":\"{}\"", "*".repeat(40))), "{line}");
    }
}
