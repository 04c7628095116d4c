//! The records of a run, and a run of which all are at hand.

use std::collections::{BTreeMap, HashSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::case::Case;
use super::finding::{Finding, Place};
use super::named::Named;
use crate::config::settings::Mode;
use crate::run::Outcome;

/// Version of the records. It changes when a member changes its meaning or goes away, not when one is added.
pub const VERSION: u32 = 1;

/// One record. Members that are not known are skipped when it is read: records grow compatibly.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Record {
    Start(Start),
    /// A finding that belongs to no case.
    Finding {
        finding: Finding,
    },
    Case(Box<Case>),
    End(End),
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Start {
    pub version: u32,
    pub mode: Named<Mode>,
    pub cases: usize,
    #[serde(default)]
    pub files: usize,
    /// Which part of the cases this run was to take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Shard {
    pub index: usize,
    pub of: usize,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct End {
    pub cases: usize,
    pub deselected: usize,
    pub disabled: usize,
    /// How many cases had which outcome, each outcome once.
    pub outcomes: BTreeMap<Named<Outcome>, usize>,
    pub snapshots: Snapshots,
    pub unreferenced: usize,
    pub refused: usize,
    pub interrupted: bool,
}

/// How many snapshots were written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Snapshots {
    pub accepted: usize,
    pub pending: usize,
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

impl Record {
    /// Reads a line; `None` for a record of a type that is not known.
    ///
    /// By way of a [`Value`]: serde's own tagged enums lose the exact text of numbers.
    pub fn read(line: &str) -> Result<Option<Record>, LineError> {
        let mut line: Value = serde_json::from_str(line)?;
        let kind = line.get("type").and_then(Value::as_str).ok_or(LineError::Untyped)?.to_owned();
        Ok(Some(match kind.as_str() {
            "start" => Record::Start(start(line)?),
            "finding" => Record::Finding { finding: member(line["finding"].take())? },
            "case" => Record::Case(Box::new(member(line)?)),
            "end" => Record::End(member(line)?),
            _ => return Ok(None),
        }))
    }
}

fn start(line: Value) -> Result<Start, LineError> {
    let start: Start = member(line)?;
    if start.version == VERSION { Ok(start) } else { Err(LineError::Version(start.version)) }
}

fn member<T: DeserializeOwned>(value: Value) -> Result<T, LineError> {
    Ok(serde_json::from_value(value)?)
}

/// Finds the findings that were there before: each shard of a run tells what is wrong with the configs.
#[derive(Debug, Default)]
pub struct Distinct {
    findings: HashSet<(String, Place, String)>,
}

impl Distinct {
    /// Whether `record` is a new one.
    pub fn is_new(&mut self, record: &Record) -> bool {
        match record {
            Record::Finding { finding } => {
                self.findings.insert((finding.code.clone(), finding.at.clone(), finding.message.clone()))
            }
            Record::Start(_) | Record::Case(_) | Record::End(_) => true,
        }
    }
}

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
}

impl Run {
    pub fn take(&mut self, record: Record) {
        match record {
            Record::Start(start) => self.starts.push(start),
            Record::Finding { finding } => self.findings.push(finding),
            Record::Case(case) => self.cases.push(*case),
            Record::End(end) => self.ends.push(end),
        }
    }

    pub fn refused(&self) -> bool {
        self.ends.iter().any(|end| end.refused > 0)
    }
}

impl FromIterator<Record> for Run {
    fn from_iter<T: IntoIterator<Item = Record>>(records: T) -> Run {
        let mut run = Run::default();
        run.extend(records);
        run
    }
}

impl Extend<Record> for Run {
    fn extend<T: IntoIterator<Item = Record>>(&mut self, records: T) {
        for record in records {
            self.take(record);
        }
    }
}
