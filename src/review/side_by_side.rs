//! Renders a diff with the old text on the left and the new text on the right.

use anstyle::Style;
use console::measure_text_width;

use super::DiffStyle;
use crate::diff::words::{Line, Part, lines};
use crate::diff::{Change, Hunk, diff};

/// Renders the differences between two texts side by side. Long lines are broken.
pub fn render_side_by_side(old: &str, new: &str, style: DiffStyle) -> Vec<String> {
    let hunks = diff(old, new).hunks;
    hunks.iter().flat_map(|hunk| std::iter::once(style.dim(&hunk.title())).chain(rows(hunk, style))).collect()
}

/// The width of the text on each side, without its sign.
fn cell_width(style: DiffStyle) -> usize {
    (style.width.saturating_sub(BAR.len()) / 2).saturating_sub(1).max(MIN_CELL_WIDTH)
}

const BAR: &str = " | ";
const MIN_CELL_WIDTH: usize = 8;

fn rows(hunk: &Hunk, style: DiffStyle) -> Vec<String> {
    let lines = lines(hunk);
    let mut rows = Vec::new();
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        if first.change == Change::Same {
            rows.extend(row(Some(first), Some(first), style));
            rest = &rest[1..];
            continue;
        }
        let (removed, after) = split(rest, Change::Removed);
        let (added, after) = split(after, Change::Added);
        for index in 0..removed.len().max(added.len()) {
            rows.extend(row(removed.get(index), added.get(index), style));
        }
        rest = after;
    }
    rows
}

fn split(lines: &[Line], change: Change) -> (&[Line], &[Line]) {
    lines.split_at(lines.iter().take_while(|line| line.change == change).count())
}

/// The rows for one line on each side, as many as the longer of the two lines needs.
fn row(old: Option<&Line>, new: Option<&Line>, style: DiffStyle) -> Vec<String> {
    let (old, new) = (cells(old, style), cells(new, style));
    let blank = || " ".repeat(cell_width(style) + 1);
    let rows = 0..old.len().max(new.len());
    let row = |index: usize| {
        let left = old.get(index).cloned().unwrap_or_else(blank);
        let right = new.get(index).cloned().unwrap_or_default();
        format!("{left}{BAR}{right}").trim_end().to_owned()
    };
    rows.map(row).collect()
}

/// Breaks the line into cells of the same width.
fn cells(line: Option<&Line>, style: DiffStyle) -> Vec<String> {
    let Some(line) = line else { return Vec::new() };
    let (sign, width) = (line.change.sign(), cell_width(style));
    let mut cells = vec![(sign.to_string(), 0)];
    for (part_style, text) in style.styled_parts(&expand_tabs(line)) {
        for char in text.chars() {
            let columns = measure_text_width(char.encode_utf8(&mut [0; 4]));
            if cells.last().is_some_and(|(_, used)| used + columns > width) {
                cells.push((sign.to_string(), 0));
            }
            let (cell, used) = cells.last_mut().expect("there is at least one cell");
            push(cell, part_style, char, style);
            *used += columns;
        }
    }
    cells.into_iter().map(|(cell, used)| cell + &" ".repeat(width.saturating_sub(used))).collect()
}

fn push(cell: &mut String, part_style: Style, char: char, style: DiffStyle) {
    cell.push_str(&style.paint(part_style, char.encode_utf8(&mut [0; 4])));
}

/// Replaces tabs by spaces, because the width of a tab depends on its column.
fn expand_tabs(line: &Line) -> Line {
    let part = |part: &Part| Part { text: part.text.replace('\t', "    "), ..part.clone() };
    Line { parts: line.parts.iter().map(part).collect(), ..line.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_within_the_columns() {
        let style = DiffStyle { color: false, width: 40 };
        let old = "a: 1\ntext: Refunds take 5 days.\nn: 3";
        let new = "a: 1\ntext: Refunds take five business days.\n日本語日本語日本語日本語: \u{1b}[1m\nn: 3";
        let rows = render_side_by_side(old, new, style);
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
