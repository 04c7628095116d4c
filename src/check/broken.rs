//! The findings for files that can't be read or parsed.

use std::path::Path;

use crate::config::syntax_error::SyntaxError;
use crate::diagnose::{Code, FileId, Finding, Sources, Span};
use crate::files::{self, Base, ReadError};

/// The finding for a syntax error in the TOML.
pub fn syntax_finding(error: &SyntaxError, file: FileId) -> Finding {
    let at = Span::new(file, error.range());
    let SyntaxError::Toml(hint) = error else {
        return Finding::new(Code::TooDeep, at, error.to_string()).help("reduce the nesting");
    };
    let mut finding = Finding::new(Code::TomlSyntax, at, error.to_string());
    if let Some((first, text)) = &hint.first {
        finding = finding.related(Span::new(file, first.clone()), *text);
    }
    finding.help.clone_from(&hint.help);
    finding
}

/// The finding for a file that can't be read.
pub fn unreadable_finding(path: &Path, base: &Base, error: &ReadError, sources: &Sources) -> Finding {
    let (code, help) = match error {
        ReadError::TooLarge { .. } | ReadError::LineTooLong { .. } => {
            (Code::FileTooLarge, "split it into several files")
        }
        ReadError::NotUtf8 { .. } => (Code::InvalidUtf8, "save it as UTF-8"),
        ReadError::Missing { .. } | ReadError::NotAFile { .. } => (Code::FileUnreadable, "check the path"),
        ReadError::Io { .. } => (Code::FileUnreadable, "check the path and its permissions"),
    };
    let text = base.read_lossy(path, files::CONFIG_LIMIT);
    let file = sources.add(path, text);
    let at = error.range().map_or_else(|| Span::file(file), |at| Span::new(file, at));
    Finding::new(code, at, error.to_string()).help(help)
}
