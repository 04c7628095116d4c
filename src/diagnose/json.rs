//! Findings as data, for editors and scripts.

use serde_json::{Value, json};

use super::secret::masked;
use super::{Finding, Label, LineColumn, Sources};

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
    let text = sources.text(label.span.file);
    let place = |offset| {
        let at = LineColumn::of(&text, offset);
        json!({ "line": at.line, "column": at.column })
    };
    json!({
        "path": sources.path(label.span.file).display().to_string(),
        "start": place(label.span.start),
        "end": place(label.span.end),
        "text": masked(&label.text),
    })
}
