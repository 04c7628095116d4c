//! Mistakes in the TOML itself, as they are reported.

use std::ops::Range;

/// Deeper nesting than this is refused: no config needs it, and every later stage recurses.
pub const DEPTH_LIMIT: usize = 64;

/// A mistake in the TOML itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    #[error("{}", .0.message)]
    Toml(Slip),
    #[error("nested more than {DEPTH_LIMIT} levels deep")]
    TooDeep { at: Range<usize> },
}

/// A mistake in the TOML and how to get out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub message: String,
    pub at: Range<usize>,
    /// What to do, in the imperative.
    pub help: Option<String>,
    /// Where the thing that clashes stands, and what it is.
    pub first: Option<(Range<usize>, &'static str)>,
}

impl Slip {
    pub(super) fn new(message: impl Into<String>, at: Range<usize>) -> Slip {
        Slip { message: message.into(), at, help: None, first: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Slip {
        self.help = Some(help.into());
        self
    }
}

impl SyntaxError {
    pub fn at(&self) -> Range<usize> {
        match self {
            SyntaxError::Toml(slip) => slip.at.clone(),
            SyntaxError::TooDeep { at } => at.clone(),
        }
    }
}
