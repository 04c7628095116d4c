//! Syntax errors in TOML.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// The maximum depth of nesting. No config needs more, and every later stage is recursive.
pub const DEPTH_LIMIT: usize = 64;

/// The maximum number of brackets that are open at the same time. The parser limits the depth of valid values, but not the depth
/// of the text that it skips after a mistake.
const BRACKETS_LIMIT: usize = 200;

/// The first bracket over the limit.
pub(super) fn find_too_deep(text: &str) -> Option<Range<usize>> {
    let mut open = Vec::new();
    for token in Source::new(text).lex() {
        match token.kind() {
            kind @ (TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket)
                if open.len() < BRACKETS_LIMIT =>
            {
                open.push(kind);
            }
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                return Some(token.span().start()..token.span().end());
            }
            TokenKind::RightSquareBracket => drop(open.pop_if(|kind| *kind == TokenKind::LeftSquareBracket)),
            TokenKind::RightCurlyBracket => drop(open.pop_if(|kind| *kind == TokenKind::LeftCurlyBracket)),
            _ => (),
        }
    }
    None
}

/// A syntax error in TOML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    #[error("{}", .0.message)]
    Toml(SyntaxHint),
    #[error("nested more than {DEPTH_LIMIT} levels deep")]
    TooDeep { at: Range<usize> },
}

/// A message about invalid TOML, with its position and a help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxHint {
    pub message: String,
    pub at: Range<usize>,
    /// How to correct it, in the imperative.
    pub help: Option<String>,
    /// The position of the earlier duplicate, and a label for it.
    pub first: Option<(Range<usize>, &'static str)>,
}

impl SyntaxHint {
    pub(super) fn new(message: impl Into<String>, at: Range<usize>) -> SyntaxHint {
        SyntaxHint { message: message.into(), at, help: None, first: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> SyntaxHint {
        self.help = Some(help.into());
        self
    }
}

impl SyntaxError {
    pub fn range(&self) -> Range<usize> {
        match self {
            SyntaxError::Toml(hint) => hint.at.clone(),
            SyntaxError::TooDeep { at } => at.clone(),
        }
    }
}
