//! Findings as data, for editors and scripts.

use serde_json::{Value, json};

use super::secret::masked;
use super::{Finding, Label, LineColumn, Sources, Span};

/// One finding. Lines and columns count from 1, columns in characters; `end` is behind the last one.
pub fn finding(finding: &Finding, sources: &Sources) -> Value {
    json!({
        "code": finding.code.id(),
        "severity": finding.severity.name(),
        "message": masked(&finding.message),
        "at": label(&finding.at, sources),
        "related": finding.related.iter().map(|related| label(related, sources)).collect::<Vec<_>>(),
        "notes": finding.notes.iter().map(|note| masked(note)).collect::<Vec<_>>(),
        "help": finding.help.as_deref().map(masked),
    })
}

fn label(label: &Label, sources: &Sources) -> Value {
    let mut place = place(&label.span, sources);
    place["text"] = masked(&label.text).into();
    place
}

/// A place without words.
pub fn place(span: &Span, sources: &Sources) -> Value {
    let text = sources.text(span.file);
    let at = |offset| {
        let at = LineColumn::of(&text, offset);
        json!({ "line": at.line, "column": at.column })
    };
    let path = sources.path(span.file).display().to_string();
    json!({ "path": path, "start": at(span.start), "end": at(span.end) })
}
