//! Edits the text of a config. Comments and layout stay: new text is inserted, and only replaced values change.

use std::ops::Range;

use serde_json::Value;

use super::source::{Document, Place};
use crate::pointer::join;

/// Why a config can't be edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("it is not valid TOML")]
    Toml,
    #[error("it has no table for the model `{0}`")]
    NoModel(String),
}

/// A key and its value, as TOML.
pub type Line = (String, String);

/// Returns the config's text with `lines` in the model's `mapping`. Other fields of the mapping stay.
pub fn with_mapping(text: &str, model: &str, lines: &[Line]) -> Result<String, EditError> {
    let (document, errors) = Document::parse(text);
    if !errors.is_empty() {
        return Err(EditError::Toml);
    }
    let table = join("/models", model);
    if !document.value.pointer(&table).is_some_and(Value::is_object) {
        return Err(EditError::NoModel(model.to_owned()));
    }
    let editor = Editor { document: &document, table };
    let (known, new): (Vec<_>, Vec<_>) = lines.iter().partition(|(key, _)| editor.find_field(key).is_some());
    let mut edits: Vec<(Range<usize>, String)> = known
        .iter()
        .filter_map(|(key, value)| Some((editor.find_field(key)?.value, value.clone())))
        .collect();
    edits.extend((!new.is_empty()).then(|| editor.insertion(&new)));
    Ok(apply_edits(text, edits))
}

/// Formats the lines as TOML, each after `prefix`.
fn format_lines(prefix: &str, lines: &[&Line]) -> String {
    lines.iter().flat_map(|(key, value)| [prefix, key, " = ", value]).collect()
}

/// Replaces each range of `text`. The ranges must not overlap.
fn apply_edits(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    let is_crlf = text.contains("\r\n");
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, new) in edits {
        text.replace_range(range, &if is_crlf { new.replace('\n', "\r\n") } else { new });
    }
    text
}

struct Editor<'d> {
    document: &'d Document<'d>,
    /// JSON pointer of the model.
    table: String,
}

impl Editor<'_> {
    /// The place of the mapping's field `key`, if it exists.
    fn find_field(&self, key: &str) -> Option<Place> {
        let name = key.trim_matches(['"', '\'']);
        self.document.place(&join(&format!("{}/mapping", self.table), name))
    }

    /// The position and the text to insert for fields that the mapping lacks.
    fn insertion(&self, lines: &[&Line]) -> (Range<usize>, String) {
        match (self.last_entry("mapping"), self.last_entry("request")) {
            (Some(last), _) => self.insert_after(&last, lines),
            (None, Some(body)) => self.insert_table(&body, lines),
            (None, None) => self.insert_after_header(lines),
        }
    }

    /// The last entry of the model's table `name`.
    fn last_entry(&self, name: &str) -> Option<Place> {
        let pointer = format!("{}/{name}", self.table);
        let entries = self.document.value.pointer(&pointer)?.as_object()?;
        let places = entries.keys().filter_map(|key| self.document.place(&join(&pointer, key)));
        places.max_by_key(|place| place.value.end)
    }

    /// The edit that inserts `lines` after the mapping's `last` entry, in the same notation.
    fn insert_after(&self, last: &Place, lines: &[&Line]) -> (Range<usize>, String) {
        let prefix = self.prefix(last);
        if prefix.contains('{') {
            return (last.value.end..last.value.end, format_lines(", ", lines));
        }
        let at = self.line_end(last.value.end);
        (at..at, format_lines(&format!("\n{prefix}"), lines))
    }

    /// The edit that inserts the mapping after the request: a table if the request has a header of its own,
    /// otherwise dotted keys.
    fn insert_table(&self, body: &Place, lines: &[&Line]) -> (Range<usize>, String) {
        let at = self.line_end(body.value.end);
        let request = self.document.place(&format!("{}/request", self.table)).and_then(|request| request.key);
        match request.filter(|_| self.prefix(body).trim().is_empty()) {
            Some(request) => {
                let prefix = &self.document.text()[self.line_start(request.start)..request.start];
                (at..at, format!("\n\n{prefix}mapping]{}", format_lines("\n", lines)))
            }
            None => (at..at, format_lines("\nmapping.", lines)),
        }
    }

    /// The edit that inserts the mapping after the model's header, for a model that inherits its request.
    fn insert_after_header(&self, lines: &[&Line]) -> (Range<usize>, String) {
        let header = self.document.place(&self.table).and_then(|model| model.key);
        let at = self.line_end(header.map_or(0, |key| key.end));
        (at..at, format_lines("\nmapping.", lines))
    }

    /// The text before an entry's key on the same line.
    fn prefix(&self, entry: &Place) -> &str {
        let key = entry.key.clone().unwrap_or_else(|| entry.value.clone());
        &self.document.text()[self.line_start(key.start)..key.start]
    }

    fn line_start(&self, at: usize) -> usize {
        self.document.text()[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        let text = self.document.text();
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        if text[..end].ends_with('\r') { end - 1 } else { end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let lines = [("output_text", "\"$.a\""), ("input_tokens", "{ header = \"x\" }")];
        let lines = lines.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let edited = with_mapping(text, "m", &lines).unwrap();
        assert_eq!(edited, expected);
        let (document, errors) = Document::parse(&edited);
        assert!(errors.is_empty(), "{edited}");
        assert_eq!(document.value["models"]["m"]["mapping"]["input_tokens"]["header"], "x");
    }

    #[test]
    fn comments_and_layout_stay() {
        check(
            "# top\n[models.m] # model\nregion = 'x'   # why\n\n[models.m.mapping]\n# the answer\noutput_text   = '$.b' # old\nother = '$.c' # too\n\n[[models.m.cases]]\nname = 'x'\nexpect.a = {}\nrepeat = 1\nexpect.b = {}\n",
            "# top\n[models.m] # model\nregion = 'x'   # why\n\n[models.m.mapping]\n# the answer\noutput_text   = \"$.a\" # old\nother = '$.c' # too\ninput_tokens = { header = \"x\" }\n\n[[models.m.cases]]\nname = 'x'\nexpect.a = {}\nrepeat = 1\nexpect.b = {}\n",
        );
        check(
            "[models.m]\nmapping = { output_text = '$.b' } # one\n",
            "[models.m]\nmapping = { output_text = \"$.a\", input_tokens = { header = \"x\" } } # one\n",
        );
        check(
            "[models.m]\n  mapping.output_text = '$.b'\n  region = 'x'\n",
            "[models.m]\n  mapping.output_text = \"$.a\"\n  mapping.input_tokens = { header = \"x\" }\n  region = 'x'\n",
        );
    }

    #[test]
    fn a_mapping_is_inserted_after_the_request() {
        check(
            "[models.m]\nregion = 'x'\n\n[models.m.request]\nbody = '''\n{}'''\n\n[[models.m.cases]]\nname = 'x'\n",
            "[models.m]\nregion = 'x'\n\n[models.m.request]\nbody = '''\n{}'''\n\n[models.m.mapping]\noutput_text = \"$.a\"\ninput_tokens = { header = \"x\" }\n\n[[models.m.cases]]\nname = 'x'\n",
        );
        check(
            "[models.m]\nrequest.body = '{}'\n[[models.m.cases]]\nname = 'x'\n",
            "[models.m]\nrequest.body = '{}'\nmapping.output_text = \"$.a\"\nmapping.input_tokens = { header = \"x\" }\n[[models.m.cases]]\nname = 'x'\n",
        );
        check(
            "[models.m] # m\r\nextends = 'n'\r\n",
            "[models.m] # m\r\nmapping.output_text = \"$.a\"\r\nmapping.input_tokens = { header = \"x\" }\r\nextends = 'n'\r\n",
        );
    }

    #[test]
    fn a_missing_model_or_invalid_toml_is_an_error() {
        for text in ["", "[models.n]\n", "models = 1\n", "models.m = 1\n"] {
            assert_eq!(with_mapping(text, "m", &[]), Err(EditError::NoModel("m".to_owned())), "{text}");
        }
        assert_eq!(with_mapping("[", "m", &[]), Err(EditError::Toml));
    }
}
