use std::ops::Range;

use super::{Code, FileId, Severity};

/// The maximum number of findings that are reported for one file. A summary replaces the others.
pub const FINDINGS_LIMIT: usize = 200;

/// A diagnostic: a problem, its place, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// The severity of the code, unless the settings change it.
    pub severity: Severity,
    /// One sentence about the problem, without a full stop, with names and values in backticks.
    pub message: String,
    /// The place to fix.
    pub at: Label,
    /// Other places that explain the finding: a declaration, or a value that conflicts.
    pub related: Vec<Label>,
    /// Details that an excerpt of the file can't show, such as a diff or a list of paths.
    pub notes: Vec<String>,
    /// What to do, in the imperative.
    pub help: Option<String>,
}

/// A place, and a text about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    /// Empty if the caret is enough.
    pub text: String,
}

/// A range of bytes in a file, as UTF-8 offsets into its [source](super::Sources).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(file: FileId, range: Range<usize>) -> Span {
        Span { file, start: range.start, end: range.end }
    }

    /// A whole file, if it has no text to point into: it is missing, unreadable or too large.
    pub fn file(file: FileId) -> Span {
        Span { file, start: 0, end: 0 }
    }

    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl Finding {
    pub fn new(code: Code, at: Span, message: impl Into<String>) -> Finding {
        let at = Label { span: at, text: String::new() };
        let severity = code.severity();
        Finding {
            code,
            severity,
            message: message.into(),
            at,
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Adds a text beside the caret, such as why the place is wrong.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Finding {
        self.at.text = text.into();
        self
    }

    /// Adds another place that explains the finding.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Finding {
        self.related.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Finding {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn notes(mut self, notes: impl IntoIterator<Item = String>) -> Finding {
        self.notes.extend(notes);
        self
    }

    /// Sets the help to `did you mean …` if there is a similar candidate, or else to `otherwise`.
    #[must_use]
    pub fn suggest(self, nearest: Option<&str>, otherwise: impl Into<String>) -> Finding {
        match nearest {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self.help(otherwise),
        }
    }

    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }
}
