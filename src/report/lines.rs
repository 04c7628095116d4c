//! A run as its JSON Lines tell it: what every format but the terminal's is made of, in the run itself and afterwards.
//!
//! Members that are not known are skipped: the stream grows compatibly.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::jsonl::VERSION;
use crate::diagnose::Severity;
use crate::run::Outcome;
use crate::words::plural;

/// One or more runs.
#[derive(Debug, Default)]
pub struct Run {
    pub starts: Vec<Start>,
    /// Findings that belong to no case.
    pub findings: Vec<Finding>,
    pub cases: Vec<Case>,
    pub ends: Vec<End>,
    /// What is known to be missing, a sentence each.
    pub lost: Vec<String>,
    /// The run to compare with, if one was given.
    pub previous: Option<Arc<Run>>,
    /// Of each of `findings` what it is and where.
    told: HashSet<(String, Place, String)>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Start {
    pub version: u32,
    pub mode: String,
    pub cases: usize,
    /// Which part of the cases this run was to take.
    pub shard: Option<Shard>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    pub of: usize,
    pub index: usize,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    pub id: String,
    pub model: String,
    pub config: String,
    pub at: Option<Place>,
    pub outcome: String,
    #[serde(default)]
    pub warns: bool,
    #[serde(default)]
    pub mapped: Map<String, Value>,
    #[serde(default)]
    pub findings: Vec<Finding>,
    pub changed: Option<Changed>,
    pub call: Option<Call>,
    pub recorded: Option<String>,
    pub not_called: Option<String>,
    pub exchange: Option<Exchange>,
}

/// The accepted output and the new one, as both stand in a snapshot.
#[derive(Clone, Debug, Deserialize)]
pub struct Changed {
    pub snapshot: String,
    pub old: String,
    pub new: String,
    /// What a call cost by the accepted tokens, and by the new ones.
    pub cost_usd: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    pub latency_ms: Option<u64>,
    pub cost_usd: Option<f64>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Finding {
    pub code: String,
    pub severity: String,
    pub message: String,
    pub at: Place,
    #[serde(default)]
    pub related: Vec<Place>,
    #[serde(default)]
    pub notes: Vec<String>,
    pub help: Option<String>,
    /// With an excerpt of the file, as a terminal shows it.
    pub rendered: Option<String>,
}

/// Lines and columns count from 1, columns in characters; `end` is behind the last one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash)]
pub struct Place {
    pub path: String,
    pub start: LineColumn,
    pub end: LineColumn,
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Hash)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct End {
    pub deselected: usize,
    pub disabled: usize,
    pub refused: usize,
    pub interrupted: bool,
}

/// Why a line is none of a run.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    #[error("expected a line of JSON, found {0}")]
    Json(#[from] serde_json::Error),
    #[error("expected version {VERSION} of the stream, found {0}")]
    Version(u32),
    #[error("expected a member `type`, found none")]
    Untyped,
}

impl Run {
    /// A run to come, to be compared with `previous`.
    pub fn beside(previous: Option<Arc<Run>>) -> Run {
        Run { previous, ..Run::default() }
    }

    /// Takes one line. Of a type that is not known nothing is taken.
    pub fn take(&mut self, mut line: Value) -> Result<(), LineError> {
        let kind = line.get("type").and_then(Value::as_str).ok_or(LineError::Untyped)?.to_owned();
        match kind.as_str() {
            "start" => self.starts.push(start(line)?),
            "finding" => self.told(read(line["finding"].take())?),
            "case" => self.cases.push(read(line)?),
            "end" => self.ends.push(read(line)?),
            _ => (),
        }
        Ok(())
    }

    /// Each shard of a run tells what is wrong with the configs.
    fn told(&mut self, finding: Finding) {
        if self.told.insert((finding.code.clone(), finding.at.clone(), finding.message.clone())) {
            self.findings.push(finding);
        }
    }

    /// Whether nothing is wrong, and nothing is missing.
    pub fn is_well(&self) -> bool {
        let bad = self.cases.iter().any(Case::fails);
        let error = self.findings.iter().any(|finding| finding.severity() == Severity::Error);
        !bad && !error && self.lost.is_empty() && !self.interrupted() && !self.refused()
    }

    pub fn interrupted(&self) -> bool {
        self.ends.iter().any(|end| end.interrupted)
    }

    pub fn refused(&self) -> bool {
        self.ends.iter().any(|end| end.refused > 0)
    }

    /// What is to be said of the run as a whole, a sentence each.
    pub(super) fn asides(&self) -> impl Iterator<Item = &'static str> {
        let asides = [
            (self.refused(), "The configs have errors: no case ran."),
            (self.interrupted(), "The run was interrupted."),
        ];
        asides.into_iter().filter(|(applies, _)| *applies).map(|(_, aside)| aside)
    }

    /// `3 cases: 2 passed, 1 failed`.
    pub fn counted(&self) -> String {
        let count = |name| self.cases.iter().filter(|case| case.outcome == name).count();
        let counts = Outcome::ALL.map(|outcome| (outcome, count(outcome.name())));
        let counts = counts.iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(outcome, count)| outcome.counted(*count)).collect();
        let cases = plural(self.cases.len(), "case");
        if counts.is_empty() { cases } else { format!("{cases}: {}", counts.join(", ")) }
    }
}

impl Case {
    /// Whether the case stands in the way of a clean run.
    pub fn fails(&self) -> bool {
        !self.is_done() && !self.warns
    }

    /// Whether the case passed, or only was not run.
    pub fn is_done(&self) -> bool {
        [Outcome::Pass.name(), Outcome::Skipped.name()].contains(&self.outcome.as_str())
    }

    pub fn severity(&self) -> Severity {
        if self.warns { Severity::Warning } else { Severity::Error }
    }

    /// The place of the case in its config, or the config if its lines are of an older version.
    pub fn place(&self) -> Place {
        let top = LineColumn { line: 1, column: 1 };
        let config = || Place { path: self.config.clone(), start: top, end: top, text: String::new() };
        self.at.clone().unwrap_or_else(config)
    }
}

impl Finding {
    pub fn severity(&self) -> Severity {
        let known = [Severity::Warning, Severity::Hint].into_iter();
        known.into_iter().find(|known| known.name() == self.severity).unwrap_or(Severity::Error)
    }

    /// As a terminal shows it, with an excerpt if the run tells it.
    pub fn rendered(&self) -> String {
        let plain = || format!("{}[{}]: {}\n--> {}", self.severity, self.code, self.text(), self.at);
        self.rendered.clone().unwrap_or_else(plain).trim_end().to_owned()
    }

    /// Message, notes and help, a line or more each.
    pub fn text(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("\nnote: {note}"));
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        std::iter::once(self.message.clone()).chain(notes).chain(help).collect()
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}:{}", self.path, self.start.line, self.start.column)
    }
}

fn start(line: Value) -> Result<Start, LineError> {
    let start: Start = read(line)?;
    if start.version == VERSION { Ok(start) } else { Err(LineError::Version(start.version)) }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, LineError> {
    Ok(serde_json::from_value(value)?)
}
