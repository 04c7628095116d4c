//! Compares new output with the accepted snapshot, by insta's rules.

use insta::TextSnapshotKind;
use insta::internals::TextSnapshotContents;

use super::{Accepted, Header};

/// Whether `contents` matches the accepted snapshot. White space at the end and CRLF are ignored.
pub fn matches(accepted: &Accepted, contents: &str) -> bool {
    let new = TextSnapshotContents::new(contents.to_owned(), TextSnapshotKind::File);
    accepted.contents().matches_latest(&new) || accepted.contents().matches_legacy(&new)
}

/// Whether the header matches too, as `INSTA_REQUIRE_FULL_MATCH` requires.
pub fn matches_fully(accepted: &Accepted, header: &Header, contents: &str) -> bool {
    let new = TextSnapshotContents::new(contents.to_owned(), TextSnapshotKind::File);
    accepted.header == *header && accepted.contents().matches_latest(&new)
}
