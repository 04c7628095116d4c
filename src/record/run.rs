//! The records of a run, and [`Run`], which collects them.

use std::collections::{BTreeMap, HashSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::case::Case;
use super::finding::{Finding, Place};
use super::named::Named;
use crate::config::settings::Mode;
use crate::run::Outcome;

/// Version of the records. It changes when a member is removed or changes its meaning, not when one is added.
pub const VERSION: u32 = 1;

/// One record. Unknown members are ignored on reading, so that newer versions can add members.
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
    /// Which part of the cases belonged to this run.
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
    /// What settings and comments exempt from the checks.
    pub excluded: usize,
    pub lowered: usize,
    pub allowed: usize,
    /// The number of cases for each outcome, including those without a case.
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

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    #[error("expected a line of JSON, found {0}")]
    Json(#[from] serde_json::Error),
    #[error("expected version {VERSION} of the stream, found {0}")]
    Version(u32),
    #[error("the member `type` is missing, or is not a string")]
    MissingType,
    #[error("the line has more than {0} JSON values, which is the limit")]
    LineValues(usize),
    #[error("the run has more than {0} JSON values up to this line, which is the limit")]
    RunValues(usize),
}

impl Record {
    /// Reads a line; `None` for a record of an unknown type.
    ///
    /// The line is parsed to a [`Value`] first, because serde's tagged enums lose the exact text of numbers.
    pub fn read(line: &str) -> Result<Option<Record>, LineError> {
        let mut line: Value = serde_json::from_str(line)?;
        let kind = line.get("type").and_then(Value::as_str).ok_or(LineError::MissingType)?.to_owned();
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

/// Recognises repeated findings: each shard of a run reports the problems of the configs again.
#[derive(Debug, Default)]
pub struct SeenFindings {
    findings: HashSet<(String, Place, String)>,
}

impl SeenFindings {
    /// Whether `record` is not a repeated finding. Remembers its finding.
    pub fn is_new(&mut self, record: &Record) -> bool {
        match record {
            Record::Finding { finding } => {
                self.findings.insert((finding.code.clone(), finding.at.clone(), finding.message.clone()))
            }
            Record::Start(_) | Record::Case(_) | Record::End(_) => true,
        }
    }
}

/// The records of one or more runs, collected by type.
#[derive(Debug, Default)]
pub struct Run {
    pub starts: Vec<Start>,
    /// Findings that belong to no case.
    pub findings: Vec<Finding>,
    pub cases: Vec<Case>,
    pub ends: Vec<End>,
    /// A sentence for each part that is missing.
    pub missing: Vec<String>,
}

impl Run {
    pub fn add_record(&mut self, record: Record) {
        match record {
            Record::Start(start) => self.starts.push(start),
            Record::Finding { finding } => self.findings.push(finding),
            Record::Case(case) => self.cases.push(*case),
            Record::End(end) => self.ends.push(end),
        }
    }

    pub fn is_refused(&self) -> bool {
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
            self.add_record(record);
        }
    }
}
