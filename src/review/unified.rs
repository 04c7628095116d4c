//! Renders a diff in the format of `diff -u`.

use super::DiffStyle;
use crate::diagnose::{masked, visible};
use crate::diff::words::{Line, Part, lines};
use crate::diff::{Change, diff};

/// Renders the differences between two texts.
pub fn render_unified(old: &str, new: &str, style: DiffStyle) -> Vec<String> {
    if old.is_empty() {
        return render_added(new, style);
    }
    let hunks = diff(old, new).hunks;
    hunks
        .iter()
        .flat_map(|hunk| {
            let lines = lines(hunk).into_iter().map(|line| style.render_line(&line)).collect::<Vec<_>>();
            std::iter::once(style.dim(&hunk.title())).chain(lines)
        })
        .collect()
}

/// Renders a text on its own, without a comparison.
pub fn render_whole(text: &str) -> Vec<String> {
    masked(text).split('\n').map(|line| format!(" {}", visible(line))).collect()
}

/// Renders every line as added.
fn render_added(new: &str, style: DiffStyle) -> Vec<String> {
    let line = |text: &str| Line {
        change: Change::Added,
        parts: vec![Part { text: text.to_owned(), differs: false }],
    };
    masked(new).split('\n').map(|text| style.render_line(&line(text))).collect()
}
