//! Whether new output is the accepted one, by insta's rules.

use insta::TextSnapshotKind;
use insta::internals::TextSnapshotContents;

use super::{Accepted, Header};

/// Whether `contents` is what was accepted: white space at the end and CRLF don't count.
pub fn same(accepted: &Accepted, contents: &str) -> bool {
    let new = TextSnapshotContents::new(contents.to_owned(), TextSnapshotKind::File);
    accepted.contents().matches_latest(&new) || accepted.contents().matches_legacy(&new)
}

/// As [`same`], and the header is the same too: what `INSTA_REQUIRE_FULL_MATCH` asks for.
pub fn same_in_full(accepted: &Accepted, header: &Header, contents: &str) -> bool {
    let new = TextSnapshotContents::new(contents.to_owned(), TextSnapshotKind::File);
    accepted.header == *header && accepted.contents().matches_latest(&new)
}
