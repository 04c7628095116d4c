use std::fmt::{self, Write as _};

use serde_json::Value;
use serde_json_path::{NormalizedPath, PathElement};

use crate::pointer::{join, join_index};

/// The place of one value in a response, readable: `$.content[0].text`, `$['odd name']`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location(Vec<Element>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Name(String),
    Index(usize),
}

impl Location {
    pub(super) fn from_normalized(path: &NormalizedPath<'_>) -> Location {
        let element = |element: &PathElement<'_>| match element {
            PathElement::Name(name) => Element::Name((*name).to_owned()),
            PathElement::Index(index) => Element::Index(*index),
        };
        Location(path.iter().map(element).collect())
    }

    #[must_use]
    pub(super) fn member(&self, name: &str) -> Location {
        self.with(Element::Name(name.to_owned()))
    }

    #[must_use]
    pub(super) fn item(&self, index: usize) -> Location {
        self.with(Element::Index(index))
    }

    fn with(&self, element: Element) -> Location {
        Location(self.0.iter().cloned().chain([element]).collect())
    }

    /// The name of the innermost member in the path.
    pub(super) fn last_name(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|element| match element {
            Element::Name(name) => Some(name.as_str()),
            Element::Index(_) => None,
        })
    }

    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    /// As a JSON Pointer (RFC 6901): `/content/0/text`.
    pub fn to_pointer(&self) -> String {
        self.0.iter().fold(String::new(), |pointer, element| match element {
            Element::Name(name) => join(&pointer, name),
            Element::Index(index) => join_index(&pointer, *index),
        })
    }

    /// The value at this place of `body`.
    pub fn value<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(body, |value, element| match element {
            Element::Name(name) => value.get(name),
            Element::Index(index) => value.get(index),
        })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("$")?;
        for element in &self.0 {
            match element {
                Element::Index(index) => write!(out, "[{index}]")?,
                Element::Name(name) if is_shorthand(name) => write!(out, ".{name}")?,
                Element::Name(name) => write!(out, "[{}]", quoted(name))?,
            }
        }
        Ok(())
    }
}

/// RFC 9535's `member-name-shorthand`.
pub(super) fn is_shorthand(name: &str) -> bool {
    let first = |char: char| char.is_ascii_alphabetic() || char == '_' || !char.is_ascii();
    name.starts_with(first) && name.chars().all(|char| first(char) || char.is_ascii_digit())
}

/// `name` as a single-quoted string of a JSONPath.
pub(super) fn quoted(name: &str) -> String {
    let mut quoted = String::from("'");
    for char in name.chars() {
        match char {
            '\'' => quoted.push_str("\\'"),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..'\u{20}' => {
                write!(quoted, "\\u{:04x}", u32::from(char)).expect("writing to a string can't fail");
            }
            char => quoted.push(char),
        }
    }
    quoted.push('\'');
    quoted
}
