//! Shortens values for messages.

use super::secret::{LONGEST_SECRET, masked};
use super::visible::visible_line;

/// A value for a message: on one line, with at most 60 characters and secrets masked.
pub fn excerpt(text: &str) -> String {
    short(text, 60)
}

/// At most `limit` characters of `text` on one line, with secrets masked. Ends with an ellipsis if it was shortened.
pub fn short(text: &str, limit: usize) -> String {
    // A part of a secret could not be recognised later, so secrets are masked before the text is cut.
    let searched = text.floor_char_boundary(limit.saturating_mul(LONGEST_CHARACTER) + LONGEST_SECRET);
    let masked = masked(&text[..searched]);
    let shown = visible_line(&masked);
    if searched == text.len() && shown.chars().count() <= limit {
        return shown.into_owned();
    }
    let kept: String = shown.chars().take(limit.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The most bytes of a character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shortened_to_one_line() {
        for (text, limit, expected) in [
            ("one\ntwo", 20, "one\\ntwo"),
            ("abcdef", 6, "abcdef"),
            ("abcdef", 4, "abc…"),
            ("ü\u{1b}", 6, "ü\\u{1…"),
        ] {
            assert_eq!(short(text, limit), expected);
        }
        let long = "ü".repeat(LONGEST_SECRET);
        assert_eq!(short(&long, 4), "üüü…");
    }

    #[test]
    fn a_secret_is_masked_before_it_is_cut() {
        let text = format!("key AKIA{} end", "QWERTYUIOPASDFGH");
        for limit in 1..=text.len() {
            let shown = short(&text, limit);
            assert!(!shown.contains("AKIA"), "{shown}");
        }
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}", "MIIEvQ".repeat(3 * LONGEST_SECRET));
        assert!(!short(&key, 100).contains("MIIE"));
    }
}
