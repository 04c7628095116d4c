//! The request body: JSON with `{{placeholders}}`, parsed once, rendered for each case.
//!
//! Values are never pasted into the text of the body. The parser decides whether a placeholder is a
//! part of a string or a whole value, so no value of a variable can change the structure of the body.

mod error;
mod hint;
mod locate;
mod node;
mod parse;
mod placeholder;
mod render;
mod scan;
mod string;
mod templated_value;

pub use error::{PlaceholderPosition, TemplateError, TemplateErrorKind};
pub use hint::BodySyntaxHint;
pub use placeholder::Placeholder;
pub use render::{RenderedBody, UnsetVariable};
pub use templated_value::TemplatedValue;

use serde_json::Value;

use node::Node;

/// The maximum nesting of a body. `serde_json` reads 127 levels, so nested values of variables still fit.
pub const DEPTH_LIMIT: usize = 120;

/// A parsed request body.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    placeholders: Vec<Placeholder>,
    root: Node,
}

impl Template {
    /// Parses `text`, which must be JSON by RFC 8259 apart from the placeholders.
    ///
    /// Parsing ends at the first JSON syntax error. The errors, in the order of the text, are this one
    /// and all invalid placeholders and duplicate members before it.
    pub fn parse(text: &str) -> Result<Template, Vec<TemplateError>> {
        let (root, placeholders) = parse::parse(text)?;
        Ok(Template { text: text.to_owned(), placeholders, root })
    }

    /// Creates a body without placeholders: `{{name}}` in a string of `body` is literal text.
    pub fn from_value(body: Value) -> Template {
        Template { text: body.to_string(), placeholders: Vec::new(), root: Node::Plain(body) }
    }

    /// The source text of the body.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The kind of the body, or `None` if it is an object or a single placeholder.
    pub fn non_object_kind(&self) -> Option<&'static str> {
        match &self.root {
            Node::Object(_) | Node::Plain(Value::Object(_)) | Node::Placeholder(_) => None,
            Node::String(_) | Node::Plain(Value::String(_)) => Some("a string"),
            Node::Array(_) | Node::Plain(Value::Array(_)) => Some("an array"),
            Node::Plain(Value::Number(_)) => Some("a number"),
            Node::Plain(Value::Bool(_)) => Some("a boolean"),
            Node::Plain(Value::Null) => Some("null"),
        }
    }

    /// The placeholder, if the whole body is one.
    pub fn as_placeholder(&self) -> Option<&Placeholder> {
        match &self.root {
            Node::Placeholder(index) => self.placeholders.get(*index),
            _ => None,
        }
    }

    /// The placeholders in the order of the text. A name may occur more than once.
    pub fn placeholders(&self) -> &[Placeholder] {
        &self.placeholders
    }
}
