//! Old beside new, within the columns that there are.

use anstyle::Style;
use console::measure_text_width;

use super::Look;
use crate::diff::words::{Line, Part, lines};
use crate::diff::{Change, Hunk, diff};

/// What differs between two texts, old at the left and new at the right. Long lines are broken.
pub fn side_by_side(old: &str, new: &str, look: Look) -> Vec<String> {
    let hunks = diff(old, new).hunks;
    hunks.iter().flat_map(|hunk| std::iter::once(look.dim(&hunk.title())).chain(rows(hunk, look))).collect()
}

/// Sign and text at either side, and a bar between them.
fn cell_width(look: Look) -> usize {
    (look.width.saturating_sub(BAR.len()) / 2).saturating_sub(1).max(LEAST)
}

const BAR: &str = " | ";
const LEAST: usize = 8;

fn rows(hunk: &Hunk, look: Look) -> Vec<String> {
    let lines = lines(hunk);
    let mut rows = Vec::new();
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        if first.change == Change::Same {
            rows.extend(row(Some(first), Some(first), look));
            rest = &rest[1..];
            continue;
        }
        let (removed, after) = split(rest, Change::Removed);
        let (added, after) = split(after, Change::Added);
        for index in 0..removed.len().max(added.len()) {
            rows.extend(row(removed.get(index), added.get(index), look));
        }
        rest = after;
    }
    rows
}

fn split(lines: &[Line], change: Change) -> (&[Line], &[Line]) {
    lines.split_at(lines.iter().take_while(|line| line.change == change).count())
}

/// As many rows as the longer of the two needs.
fn row(old: Option<&Line>, new: Option<&Line>, look: Look) -> Vec<String> {
    let (old, new) = (cells(old, look), cells(new, look));
    let blank = || " ".repeat(cell_width(look) + 1);
    let rows = 0..old.len().max(new.len());
    let row = |index: usize| {
        let left = old.get(index).cloned().unwrap_or_else(blank);
        let right = new.get(index).cloned().unwrap_or_default();
        format!("{left}{BAR}{right}").trim_end().to_owned()
    };
    rows.map(row).collect()
}

/// The line broken into cells that are filled up with blanks.
fn cells(line: Option<&Line>, look: Look) -> Vec<String> {
    let Some(line) = line else { return Vec::new() };
    let (sign, width) = (line.change.sign(), cell_width(look));
    let mut cells = vec![(sign.to_string(), 0)];
    for (style, text) in look.marked(&expanded(line)) {
        for char in text.chars() {
            let columns = measure_text_width(char.encode_utf8(&mut [0; 4]));
            if cells.last().is_some_and(|(_, used)| used + columns > width) {
                cells.push((sign.to_string(), 0));
            }
            let (cell, used) = cells.last_mut().expect("there is a first one");
            push(cell, style, char, look);
            *used += columns;
        }
    }
    cells.into_iter().map(|(cell, used)| cell + &" ".repeat(width.saturating_sub(used))).collect()
}

fn push(cell: &mut String, style: Style, char: char, look: Look) {
    cell.push_str(&look.paint(style, char.encode_utf8(&mut [0; 4])));
}

/// A tab has no width of its own.
fn expanded(line: &Line) -> Line {
    let part = |part: &Part| Part { text: part.text.replace('\t', "    "), ..part.clone() };
    Line { parts: line.parts.iter().map(part).collect(), ..line.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_within_the_columns() {
        let look = Look { color: false, width: 40 };
        let old = "a: 1\ntext: Refunds take 5 days.\nn: 3";
        let new = "a: 1\ntext: Refunds take five business days.\n日本語日本語日本語日本語: \u{1b}[1m\nn: 3";
        let rows = side_by_side(old, new, look);
        assert!(rows.iter().all(|row| measure_text_width(row) <= 40), "{rows:#?}");
        insta::assert_snapshot!(rows.join("\n"), @r"
        @@ -1,3 +1,4 @@
         a: 1              |  a: 1
        -text: Refunds tak | +text: Refunds tak
        -e [-5-] days.     | +e {+five business
                           | ++} days.
                           | +日本語日本語日本
                           | +語日本語: \u{1b}[
                           | +1m
         n: 3              |  n: 3
        ");
    }
}
