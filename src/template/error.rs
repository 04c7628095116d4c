use std::ops::Range;

use crate::diagnose::Code;

use super::{BodySyntaxHint, DEPTH_LIMIT};

/// A mistake in a body and its byte range in the text of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct TemplateError {
    pub at: Range<usize>,
    pub kind: TemplateErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateErrorKind {
    #[error("expected {expected}, found {found}")]
    NotJson { expected: &'static str, found: String, hint: Option<BodySyntaxHint> },
    #[error("expected a variable's name between the braces, found {found}")]
    InvalidPlaceholderName { found: String, position: PlaceholderPosition },
    #[error("expected `}}}}` to close the placeholder, found {found}")]
    UnclosedPlaceholder { found: String, position: PlaceholderPosition },
    #[error("expected a fixed name for the member, found the placeholder `{{{{{name}}}}}`")]
    PlaceholderInName { name: String },
    /// `first` is the range of the first occurrence of the name, with its quotes.
    #[error("the object contains the member `{name}` twice")]
    DuplicateMember { name: String, first: Range<usize> },
    #[error("nested more than {DEPTH_LIMIT} levels deep")]
    TooDeep,
}

/// The position of the `{{` of an invalid placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderPosition {
    String,
    Value,
    /// In value position, and no name follows: probably the author meant to start an object.
    Object,
}

impl TemplateError {
    pub fn code(&self) -> Code {
        match self.kind {
            TemplateErrorKind::NotJson { .. } => Code::BodyNotJson,
            TemplateErrorKind::InvalidPlaceholderName { .. }
            | TemplateErrorKind::UnclosedPlaceholder { .. } => Code::PlaceholderSyntax,
            TemplateErrorKind::PlaceholderInName { .. } => Code::PlaceholderInName,
            TemplateErrorKind::DuplicateMember { .. } => Code::DuplicateMember,
            TemplateErrorKind::TooDeep => Code::TooDeep,
        }
    }

    pub fn help(&self) -> Option<String> {
        match &self.kind {
            TemplateErrorKind::NotJson { hint, .. } => hint.as_ref().map(BodySyntaxHint::help),
            TemplateErrorKind::InvalidPlaceholderName { position, .. }
            | TemplateErrorKind::UnclosedPlaceholder { position, .. } => Some(position.help().to_owned()),
            TemplateErrorKind::PlaceholderInName { .. } => {
                Some("write a fixed name: only values can be placeholders".to_owned())
            }
            TemplateErrorKind::DuplicateMember { .. } => Some("remove one of the two".to_owned()),
            TemplateErrorKind::TooDeep => None,
        }
    }

    /// A second position to mark, and its label.
    pub fn related(&self) -> Option<(Range<usize>, &'static str)> {
        match &self.kind {
            TemplateErrorKind::DuplicateMember { first, .. } => Some((first.clone(), "first here")),
            _ => None,
        }
    }
}

impl PlaceholderPosition {
    fn help(self) -> &'static str {
        match self {
            PlaceholderPosition::String => {
                "write `{{name}}` with letters, digits, `_`, `-` and `.`, or a literal `{{` as `\\u007b{`"
            }
            PlaceholderPosition::Value => "write `{{name}}` with letters, digits, `_`, `-` and `.`",
            PlaceholderPosition::Object => "start an object with one `{`; two start a placeholder",
        }
    }
}
