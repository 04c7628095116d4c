//! Finds the words that differ between a removed line and the line added in its place.

use similar::{ChangeTag, TextDiff};

use super::{Change, Hunk};

/// A line of a diff, divided into parts that differ and parts that don't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// Whether the other side's line doesn't contain it.
    pub differs: bool,
}

/// The lines of `hunk`. Where an added line replaces a removed one, both are divided into parts.
pub fn lines(hunk: &Hunk) -> Vec<Line> {
    let mut lines: Vec<Line> = hunk.lines.iter().map(|line| whole(line.change, &line.text)).collect();
    let mut at = 0;
    while at < lines.len() {
        let removed = count_leading(&lines[at..], Change::Removed);
        let added = count_leading(&lines[at + removed..], Change::Added);
        for pair in at..at + removed.min(added) {
            let (old, new) = (&hunk.lines[pair].text, &hunk.lines[pair + removed].text);
            if let Some((old, new)) = compare_words(old, new) {
                (lines[pair].parts, lines[pair + removed].parts) = (old, new);
            }
        }
        at += (removed + added).max(1);
    }
    lines
}

fn whole(change: Change, text: &str) -> Line {
    Line { change, parts: vec![Part { text: text.to_owned(), differs: false }] }
}

/// The number of leading lines with this `change`.
fn count_leading(lines: &[Line], change: Change) -> usize {
    lines.iter().take_while(|line| line.change == change).count()
}

/// Both lines in parts. `None` if the lines have too little in common, or are too long to compare.
fn compare_words(old: &str, new: &str) -> Option<(Vec<Part>, Vec<Part>)> {
    if old.len().max(new.len()) > LENGTH_LIMIT {
        return None;
    }
    let diff = TextDiff::from_words(old, new);
    if diff.ratio() < MIN_SIMILARITY {
        return None;
    }
    let (mut parts_old, mut parts_new): (Vec<Part>, Vec<Part>) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let differs = change.tag() != ChangeTag::Equal;
        if change.tag() != ChangeTag::Insert {
            push(&mut parts_old, change.value(), differs);
        }
        if change.tag() != ChangeTag::Delete {
            push(&mut parts_new, change.value(), differs);
        }
    }
    Some((join_changes(parts_old), join_changes(parts_new)))
}

/// Marks white space between two differing words as differing too.
fn join_changes(parts: Vec<Part>) -> Vec<Part> {
    let is_between = |index: usize| {
        let differs = |index: usize| parts.get(index).is_some_and(|part| part.differs);
        index > 0 && differs(index - 1) && differs(index + 1) && parts[index].text.trim().is_empty()
    };
    let mut joined = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        push(&mut joined, &part.text, part.differs || is_between(index));
    }
    joined
}

/// The time for comparing grows with the square of the number of words.
const LENGTH_LIMIT: usize = 16 << 10;

const MIN_SIMILARITY: f32 = 0.4;

fn push(parts: &mut Vec<Part>, text: &str, differs: bool) {
    match parts.last_mut().filter(|last| last.differs == differs) {
        Some(last) => last.text.push_str(text),
        None => parts.push(Part { text: text.to_owned(), differs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let shown = |line: &Line| {
            let part =
                |part: &Part| if part.differs { format!("<{}>", part.text) } else { part.text.clone() };
            format!("{}{}", line.change.sign(), line.parts.iter().map(part).collect::<String>())
        };
        let lines: Vec<String> =
            diff(old, new).hunks.iter().flat_map(lines).map(|line| shown(&line)).collect();
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn words_that_differ_are_marked() {
        check(
            "Refunds take 5 days.",
            "Refunds take five days.",
            "-Refunds take <5> days.\n+Refunds take <five> days.",
        );
        check("we take 1 2 now", "we take 3 4 now", "-we take <1 2> now\n+we take <3 4> now");
        check("a\nn: 1 x", "a\nn: 2 x\nb", " a\n-n: <1> x\n+n: <2> x\n+b");
        check("wholly different", "nothing alike here", "-wholly different\n+nothing alike here");
    }
}
