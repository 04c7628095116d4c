//! Styles the parts of a diff: with colours, or with signs if the terminal has no colours.

use anstyle::{AnsiColor, Style};

use crate::diagnose::visible;
use crate::diff::Change;
use crate::diff::words::{Line, Part};

/// How diffs are shown on the terminal.
#[derive(Clone, Copy, Debug)]
pub struct DiffStyle {
    pub color: bool,
    /// The width of the terminal in columns.
    pub width: usize,
}

impl DiffStyle {
    /// `text` in `style`. The control characters in `text` must already be escaped.
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    pub fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// A line of a diff after its sign. Without colours, words that differ are in `[-…-]` and `{+…+}`, as in
    /// `git diff --word-diff`.
    pub(super) fn render_line(self, line: &Line) -> String {
        let parts = self.styled_parts(line);
        let parts = parts.iter().map(|(style, text)| self.paint(*style, text));
        let sign = self.paint(change_style(line.change), &line.change.sign().to_string());
        sign + &parts.collect::<String>()
    }

    /// The parts of a line with their signs, each with its style.
    pub(super) fn styled_parts(self, line: &Line) -> Vec<(Style, String)> {
        let style = |part: &Part| {
            if part.differs { change_style(line.change).invert() } else { change_style(line.change) }
        };
        line.parts.iter().map(|part| (style(part), self.with_signs(line.change, part))).collect()
    }

    fn with_signs(self, change: Change, part: &Part) -> String {
        let text = visible(&part.text);
        match change {
            Change::Removed if part.differs && !self.color => format!("[-{text}-]"),
            Change::Added if part.differs && !self.color => format!("{{+{text}+}}"),
            _ => text.into_owned(),
        }
    }
}

fn change_style(change: Change) -> Style {
    match change {
        Change::Same => Style::new(),
        Change::Removed => AnsiColor::Red.on_default(),
        Change::Added => AnsiColor::Green.on_default(),
    }
}
