//! A document together with the schema that it is checked against.

use serde_json::Value;

use super::lookup::SchemaLookup;
use crate::config::source::Document;
use crate::diagnose::{FileId, Span};
use crate::pointer::{join, steps};

/// The other kind of file (config or settings), which an unknown top-level key may belong to.
#[derive(Clone, Copy)]
pub(super) struct Sibling {
    pub(super) schema: &'static str,
    pub(super) description: &'static str,
}

/// A document, and the schema that it is checked against.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) lookup: SchemaLookup<'a>,
    pub(super) document: &'a Document<'a>,
    pub(super) sibling: Sibling,
    pub(super) file: FileId,
}

impl Sibling {
    pub(super) fn has_key(self, key: &str) -> bool {
        let root: Value = serde_json::from_str(self.schema).expect("the built-in schema is JSON");
        SchemaLookup::new(&root).keys("").contains(&key)
    }
}

impl<'a> View<'a> {
    pub(super) fn value(self, pointer: &str) -> Option<&'a Value> {
        self.document.value.pointer(pointer)
    }

    /// The text of the value at `pointer` in the file.
    pub(super) fn source_text(self, pointer: &str) -> Option<&'a str> {
        self.document.text().get(self.document.place(pointer)?.value)
    }

    /// The span of a value. For a table this is its header, and for the whole file its first byte.
    pub(super) fn value_span(self, pointer: &str) -> Span {
        let place = self.document.place(pointer).filter(|_| !pointer.is_empty());
        place.map_or_else(|| Span::file(self.file), |place| Span::new(self.file, place.value))
    }

    pub(super) fn key_span(self, pointer: &str) -> Span {
        let key = self.document.place(pointer).and_then(|place| place.key);
        key.map_or_else(|| self.value_span(pointer), |key| Span::new(self.file, key))
    }
}

/// The TOML header of the table at `pointer`.
pub(super) fn table_header(view: View<'_>, pointer: &str) -> String {
    let mut value = Some(&view.document.value);
    let mut names = Vec::new();
    let mut is_item = false;
    for step in steps(pointer) {
        is_item = step.parse::<usize>().is_ok() && !value.is_some_and(Value::is_object);
        value = value.and_then(|value| value.pointer(&join("", &step)));
        if !is_item {
            names.push(quoted(&step));
        }
    }
    let name = names.join(".");
    if is_item { format!("[[{name}]]") } else { format!("[{name}]") }
}

fn quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name.to_owned() } else { format!("{name:?}") }
}
