//! The request body: JSON with `{{placeholders}}`, parsed once, rendered for each case.
//!
//! The body is never text to paste into. What a placeholder stands for is decided when the body is
//! parsed: a part of a string, or a whole value. No value can leave that place.

mod error;
mod hole;
mod locate;
mod node;
mod parse;
mod placeholder;
mod render;
mod scan;
mod slip;
mod string;

pub use error::{HolePlace, TemplateError, TemplateErrorKind};
pub use hole::Hole;
pub use placeholder::Placeholder;
pub use render::{Rendered, Unset};
pub use slip::Slip;

use serde_json::Value;

use node::Node;

/// Deeper nesting than this is refused; it leaves room for values below what `serde_json` reads (127).
pub const DEPTH_LIMIT: usize = 120;

/// A parsed request body.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    placeholders: Vec<Placeholder>,
    root: Node,
}

impl Template {
    /// Parses `text`, strictly by RFC 8259 apart from the placeholders.
    ///
    /// The errors are all mistakes in placeholders and all duplicate members up to the first place
    /// where the text is not JSON, in the order of the text.
    pub fn parse(text: &str) -> Result<Template, Vec<TemplateError>> {
        let (root, placeholders) = parse::parse(text)?;
        Ok(Template { text: text.to_owned(), placeholders, root })
    }

    /// A body without placeholders, whatever its texts look like.
    pub fn plain(body: Value) -> Template {
        Template { text: body.to_string(), placeholders: Vec::new(), root: Node::Plain(body) }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the body is, unless it is an object or [whole](Template::whole) placeholder.
    pub fn not_an_object(&self) -> Option<&'static str> {
        match &self.root {
            Node::Object(_) | Node::Plain(Value::Object(_)) | Node::Hole(_) => None,
            Node::Text(_) | Node::Plain(Value::String(_)) => Some("a string"),
            Node::Array(_) | Node::Plain(Value::Array(_)) => Some("an array"),
            Node::Plain(_) => Some("a plain value"),
        }
    }

    /// The placeholder that is the whole body.
    pub fn whole(&self) -> Option<&Placeholder> {
        match &self.root {
            Node::Hole(index) => self.placeholders.get(*index),
            _ => None,
        }
    }

    /// In the order of the text. A name may occur more than once.
    pub fn placeholders(&self) -> &[Placeholder] {
        &self.placeholders
    }
}
