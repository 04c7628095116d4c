//! Old above new, as `diff -u` has it.

use super::Look;
use crate::diagnose::visible;
use crate::diff::words::{Line, Part, lines};
use crate::diff::{Change, diff};

/// What differs between two texts, line below line.
pub fn unified(old: &str, new: &str, look: Look) -> Vec<String> {
    if old.is_empty() {
        return added(new, look);
    }
    let hunks = diff(old, new).hunks;
    hunks
        .iter()
        .flat_map(|hunk| {
            let lines = lines(hunk).into_iter().map(|line| look.line(&line)).collect::<Vec<_>>();
            std::iter::once(look.dim(&hunk.title())).chain(lines)
        })
        .collect()
}

/// A text without what it is compared with.
pub fn whole(text: &str) -> Vec<String> {
    text.split('\n').map(|line| format!(" {}", visible(line))).collect()
}

/// All is new: there is nothing to compare.
fn added(new: &str, look: Look) -> Vec<String> {
    let line = |text: &str| Line {
        change: Change::Added,
        parts: vec![Part { text: text.to_owned(), differs: false }],
    };
    new.split('\n').map(|text| look.line(&line(text))).collect()
}
