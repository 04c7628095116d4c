//! Places of the config that findings of a run need, kept after the parsed TOML is dropped.

use std::ops::Range;

use crate::config::resolve::Places;
use crate::diagnose::Span;
use crate::pointer::join;

/// The place of a string in the config, so that findings can point at a part of it.
#[derive(Clone, Debug)]
pub struct TextPlace {
    /// The value with its quotes.
    whole: Span,
    /// The content without quotes, if it has no escapes: then its bytes are those of the file.
    content: Option<Span>,
}

impl TextPlace {
    pub fn new(places: &Places<'_>, pointer: &str, text: &str) -> TextPlace {
        let content = places.span_in_string(pointer, &(0..text.len()));
        let plain = content.end - content.start == text.len();
        TextPlace { whole: places.value(pointer), content: plain.then_some(content) }
    }

    /// The place of bytes `range` of the text, or of the whole value if that isn't known.
    pub fn locate(&self, range: Option<&Range<usize>>) -> Span {
        match (&self.content, range) {
            (Some(content), Some(range)) => {
                Span::new(content.file, content.start + range.start..content.start + range.end)
            }
            _ => self.whole.clone(),
        }
    }
}

/// The places of a mapping's entries, by JSON pointer into the mapping table.
#[derive(Clone, Debug, Default)]
pub struct MappingPlaces {
    entries: Vec<(String, TextPlace)>,
}

impl MappingPlaces {
    pub fn new(places: &Places<'_>, mapping: &serde_json::Map<String, serde_json::Value>) -> MappingPlaces {
        let mut entries = Vec::new();
        for (field, spec) in mapping {
            let pointer = join("", field);
            let mut add = |pointer: String, text: &str| {
                let place = TextPlace::new(places, &format!("/mapping{pointer}"), text);
                entries.push((pointer, place));
            };
            for key in ["path", "header"] {
                if let Some(text) = spec.get(key).and_then(serde_json::Value::as_str) {
                    add(format!("{pointer}/{key}"), text);
                }
            }
            add(pointer, spec.as_str().unwrap_or(""));
        }
        MappingPlaces { entries }
    }

    /// The places of a mapping that no config has: every entry is at `place`.
    pub(super) fn all_at(place: Span) -> MappingPlaces {
        MappingPlaces { entries: vec![(String::new(), TextPlace { whole: place, content: None })] }
    }

    /// The place of bytes `range` of the text at `pointer`.
    ///
    /// # Panics
    ///
    /// If the mapping has no fields.
    pub fn locate(&self, pointer: &str, range: Option<&Range<usize>>) -> Span {
        let entry = self.entries.iter().find(|(known, _)| known == pointer);
        let (_, place) = entry.or(self.entries.first()).expect("a mapping has a field");
        place.locate(range)
    }
}
