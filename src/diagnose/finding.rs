use std::ops::Range;

use super::{Code, FileId, Severity};

/// Findings that are told about one file; a summary stands for the rest.
pub const FINDINGS_LIMIT: usize = 200;

/// One thing to tell the user: what is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// The code's own severity, unless the config lowers it.
    pub severity: Severity,
    /// One sentence without a full stop, naming the thing in backticks.
    pub message: String,
    /// The place to fix.
    pub at: Label,
    /// Places that explain it: where it was declared, what it clashes with.
    pub related: Vec<Label>,
    /// What was seen there, line by line, when a caret can't show it: a diff, a list of paths.
    pub notes: Vec<String>,
    /// What to do, in the imperative.
    pub help: Option<String>,
}

/// A place and why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    /// Empty if the caret says it all.
    pub text: String,
}

/// Bytes `range` of `file`, as UTF-8 offsets into its [source](super::Sources).
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

    /// The whole of a file that has no text to point into: missing, unreadable, too large.
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

    /// Says why the place is wrong, beside the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Finding {
        self.at.text = text.into();
        self
    }

    /// Points at another place that has to do with it.
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

    /// Sets the help to `did you mean …` if there is a likely candidate, else to `otherwise`.
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
