//! The parts of an ARN: `arn:partition:service:region:account:resource`.

use super::pattern::Token;
pub(super) use crate::aws::arn::Arn;

/// An ARN has six parts; the last one may have colons of its own.
pub(super) const PARTS: usize = 6;

/// The parts of a pattern: fewer than six if it has too few colons.
pub(super) fn parts(pattern: &[Token]) -> Vec<&[Token]> {
    pattern.splitn(PARTS, |token| *token == Token::Character(':')).collect()
}
