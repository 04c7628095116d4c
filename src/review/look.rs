//! How parts of a diff look: in colour, or with signs where there is none.

use anstyle::{AnsiColor, Style};

use crate::diagnose::visible;
use crate::diff::Change;
use crate::diff::words::{Line, Part};

/// What the terminal can show.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub color: bool,
    /// Columns.
    pub width: usize,
}

impl Look {
    /// `text`, which holds nothing that a terminal would obey, in `style`.
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    pub fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// A line of a diff behind its sign. Words that differ stand in `[-…-]` and `{+…+}` where there is no
    /// colour, as `git diff --word-diff` has it.
    pub(super) fn line(self, line: &Line) -> String {
        let parts = self.marked(line);
        let parts = parts.iter().map(|(style, text)| self.paint(*style, text));
        let sign = self.paint(of(line.change), &line.change.sign().to_string());
        sign + &parts.collect::<String>()
    }

    /// The parts of a line as they are shown, each with its style.
    pub(super) fn marked(self, line: &Line) -> Vec<(Style, String)> {
        let style = |part: &Part| if part.differs { of(line.change).invert() } else { of(line.change) };
        line.parts.iter().map(|part| (style(part), self.signed(line.change, part))).collect()
    }

    fn signed(self, change: Change, part: &Part) -> String {
        let text = visible(&part.text);
        match change {
            Change::Removed if part.differs && !self.color => format!("[-{text}-]"),
            Change::Added if part.differs && !self.color => format!("{{+{text}+}}"),
            _ => text.into_owned(),
        }
    }
}

pub(super) fn of(change: Change) -> Style {
    match change {
        Change::Same => Style::new(),
        Change::Removed => AnsiColor::Red.on_default(),
        Change::Added => AnsiColor::Green.on_default(),
    }
}
