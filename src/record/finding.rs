//! A finding, and the places that it is about.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::named::Named;
use crate::diagnose::Severity;

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: String,
    pub severity: Named<Severity>,
    pub message: String,
    pub at: Place,
    #[serde(default)]
    pub related: Vec<Place>,
    #[serde(default)]
    pub notes: Vec<String>,
    pub help: Option<String>,
    /// With an excerpt of the file, as a terminal shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<String>,
}

/// Lines and columns count from 1, columns in characters; `end` is behind the last one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    pub path: String,
    pub start: LineColumn,
    pub end: LineColumn,
    /// Why the place matters to a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

impl Finding {
    /// How much it matters; a severity that isn't known counts as an error.
    pub fn severity(&self) -> Severity {
        match self.severity {
            Named::Known(severity) => severity,
            Named::Unknown(_) => Severity::Error,
        }
    }

    /// As a terminal shows it, with an excerpt if the record has one.
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

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.path, self.start.line, self.start.column)
    }
}
