//! The parts of an ARN: `arn:partition:service:region:account:resource`.

use super::pattern::Token;
pub(super) use crate::aws::arn::Arn;

/// The number of parts of an ARN. The last one may contain colons.
pub(super) const PARTS: usize = 6;

/// The parts of a pattern. There are fewer than six if it contains too few colons.
pub(super) fn parts(pattern: &[Token]) -> Vec<&[Token]> {
    pattern.splitn(PARTS, |token| *token == Token::Character(':')).collect()
}
