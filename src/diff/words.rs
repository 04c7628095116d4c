//! Which words of a changed line changed.

use similar::{ChangeTag, TextDiff};

use super::{Change, Hunk};

/// A line of a diff in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// Whether the line of the other side lacks it.
    pub differs: bool,
}

/// The lines of `hunk`; where one takes another's place, both say which words differ.
pub fn lines(hunk: &Hunk) -> Vec<Line> {
    let mut lines: Vec<Line> = hunk.lines.iter().map(|line| whole(line.change, &line.text)).collect();
    let mut at = 0;
    while at < lines.len() {
        let removed = run(&lines[at..], Change::Removed);
        let added = run(&lines[at + removed..], Change::Added);
        for pair in at..at + removed.min(added) {
            let (old, new) = (&hunk.lines[pair].text, &hunk.lines[pair + removed].text);
            if let Some((old, new)) = compared(old, new) {
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

/// How many lines from the first on are `change`.
fn run(lines: &[Line], change: Change) -> usize {
    lines.iter().take_while(|line| line.change == change).count()
}

/// `None` if too little is left of the old line, or the lines are too long to look for it.
fn compared(old: &str, new: &str) -> Option<(Vec<Part>, Vec<Part>)> {
    if old.len().max(new.len()) > LENGTH_LIMIT {
        return None;
    }
    let diff = TextDiff::from_words(old, new);
    if diff.ratio() < LEAST_ALIKE {
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
    Some((joined(parts_old), joined(parts_new)))
}

/// Blanks between words that differ differ with them.
fn joined(parts: Vec<Part>) -> Vec<Part> {
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

/// Comparing takes the square of the words.
const LENGTH_LIMIT: usize = 16 * 1024;

const LEAST_ALIKE: f32 = 0.4;

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
    fn words_that_differ_are_told_from_those_that_stay() {
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
