//! The record of a finding, with its places.

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
    /// The text that a terminal shows, with an excerpt of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<String>,
}

/// A range of a file. Lines and columns count from 1, columns in characters; `end` is the first position after the range.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    pub path: String,
    pub start: LineColumn,
    pub end: LineColumn,
    /// How the place is related to the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

impl Finding {
    /// The severity; an unknown one counts as an error.
    pub fn severity(&self) -> Severity {
        match self.severity {
            Named::Known(severity) => severity,
            Named::Unknown(_) => Severity::Error,
        }
    }

    /// The text that a terminal shows, with an excerpt if the record has one.
    pub fn rendered(&self) -> String {
        let plain = || format!("{}[{}]: {}\n--> {}", self.severity, self.code, self.text(), self.at);
        self.rendered.clone().unwrap_or_else(plain).trim_end().to_owned()
    }

    /// The message, the notes and the help, each starting on a new line.
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
