//! The image and the document in questions. They are small because every recording contains them.

use data_encoding::BASE64;

/// A PNG of 64 by 64 red pixels.
const RED_SQUARE: &[u8] = include_bytes!("../../../data/probe/red-square.png");

/// The name of the document.
pub(super) const NOTE: &str = "note";

/// The text of the document.
pub(super) fn note_text() -> &'static str {
    "The code word of this week is kestrel."
}

pub(super) fn note() -> String {
    BASE64.encode(note_text().as_bytes())
}

pub(super) fn red_square() -> String {
    BASE64.encode(RED_SQUARE)
}
