//! Places that are needed while cases run, when the parsed TOML is long gone.

use std::ops::Range;

use crate::config::resolve::Places;
use crate::diagnose::Span;
use crate::pointer::join;

/// Where a string of the config stands, so that a part of it can be pointed at.
#[derive(Clone, Debug)]
pub struct TextPlace {
    /// The value with its quotes.
    whole: Span,
    /// The content, if no escape stands between its bytes and the file's.
    content: Option<Span>,
}

impl TextPlace {
    pub fn new(places: &Places<'_>, pointer: &str, text: &str) -> TextPlace {
        let content = places.inside(pointer, &(0..text.len()));
        let plain = content.end - content.start == text.len();
        TextPlace { whole: places.value(pointer), content: plain.then_some(content) }
    }

    /// Bytes `range` of the text; the whole value if that can't be told.
    pub fn of(&self, range: Option<&Range<usize>>) -> Span {
        match (&self.content, range) {
            (Some(content), Some(range)) => {
                Span::new(content.file, content.start + range.start..content.start + range.end)
            }
            _ => self.whole.clone(),
        }
    }
}

/// Where the entries of a mapping stand, by JSON pointer into the mapping table.
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

    /// Of a mapping that is written nowhere: whatever is asked, it is this place.
    pub(super) fn all_at(place: Span) -> MappingPlaces {
        MappingPlaces { entries: vec![(String::new(), TextPlace { whole: place, content: None })] }
    }

    /// Bytes `range` of the text at `pointer`.
    ///
    /// # Panics
    ///
    /// If the mapping has no field at all: then nothing can be asked about one.
    pub fn of(&self, pointer: &str, range: Option<&Range<usize>>) -> Span {
        let entry = self.entries.iter().find(|(known, _)| known == pointer);
        let (_, place) = entry.or(self.entries.first()).expect("a mapping has a field");
        place.of(range)
    }
}
