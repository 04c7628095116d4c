//! Renders one pending snapshot for `review`.

use super::differ::Differ;
use super::git::Background;
use super::show::{cause_lines, delta_lines, title_line};
use crate::diagnose::{LineColumn, visible};
use crate::files::{CONFIG_LIMIT, read_lossy};
use crate::review::{DiffStyle, Pending, PendingKind, render_whole};

/// The display options, which keys switch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    info: bool,
    side_by_side: bool,
    shown: Shown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Both,
    Old,
    New,
}

/// The option that a key switches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Toggle {
    Info,
    /// Unified or side by side.
    Style,
    /// The differences, the old output, or the new output.
    Shown,
}

impl View {
    pub(super) fn toggle(&mut self, toggle: Toggle) {
        match toggle {
            Toggle::Info => self.info = !self.info,
            Toggle::Style => (self.side_by_side, self.shown) = (!self.side_by_side, Shown::Both),
            Toggle::Shown => self.shown = self.shown.next(),
        }
    }

    pub(super) fn lines(
        self,
        pending: &Pending<'_>,
        background: &Background,
        differ: &Differ<'_>,
        style: DiffStyle,
    ) -> Vec<String> {
        let mut lines = vec![title_line(pending, style)];
        if self.info {
            lines.extend(info_lines(pending).iter().map(|line| style.dim(line)));
        }
        lines.extend(cause_lines(background));
        lines.push(String::new());
        lines.extend(self.output_lines(pending, differ, style));
        lines.extend(delta_lines(pending, background));
        lines.push(String::new());
        lines.extend(self.key_lines(pending, differ));
        lines
    }

    fn output_lines(self, pending: &Pending<'_>, differ: &Differ<'_>, style: DiffStyle) -> Vec<String> {
        let (old, new) = pending.texts();
        match self.shown {
            Shown::Old if pending.old.is_none() => vec!["  nothing was accepted yet".to_owned()],
            Shown::Old => [vec![style.bold(old_title(pending))], render_whole(&old)].concat(),
            Shown::New => [vec![style.bold("new: pending")], render_whole(&new)].concat(),
            Shown::Both => differ.diff_lines(pending, self.side_by_side, style),
        }
    }

    /// The keys and their actions. Each line fits into 80 columns.
    fn key_lines(self, pending: &Pending<'_>, differ: &Differ<'_>) -> Vec<String> {
        let style_key = if self.side_by_side { differ.unified_name() } else { "side by side" };
        let info_key = if self.info { "less" } else { "info" };
        let all = "A R S  the same for all that follow";
        let decision_keys = match (&pending.sides, pending.kind) {
            (Some(_), _) => {
                vec!["a accept the new output   1 keep ours   2 keep theirs   r reject   s skip", all]
            }
            (None, PendingKind::Conflict) => {
                vec!["a accept the new output, resolving the conflict   r reject   s skip", all]
            }
            (None, _) => vec!["a accept   r reject   s skip   A R S  the same for all that follow"],
        };
        let view_keys = format!("i {info_key}   d {style_key}   o {}   q quit", self.shown.next().name());
        decision_keys.into_iter().map(str::to_owned).chain([view_keys]).collect()
    }
}

fn old_title(pending: &Pending<'_>) -> &'static str {
    match pending.kind {
        PendingKind::Conflict => "old: the file, with both sides",
        PendingKind::New | PendingKind::Changed => "old: accepted",
    }
}

impl Shown {
    fn next(self) -> Shown {
        match self {
            Shown::Both => Shown::Old,
            Shown::Old => Shown::New,
            Shown::New => Shown::Both,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Shown::Both => "differences",
            Shown::Old => "old",
            Shown::New => "new",
        }
    }
}

/// Lines with the origin of the case: config, fixture, model and tags.
fn info_lines(pending: &Pending<'_>) -> Vec<String> {
    let (model, case) = (pending.planned.model, pending.planned.case);
    let config = &pending.planned.suite.path;
    let line = LineColumn::at_offset(&read_lossy(config, CONFIG_LIMIT), case.at.start).line;
    let tags: Vec<_> = model.tags.iter().chain(&case.tags).map(String::as_str).collect();
    let rows = [
        ("description", case.description.clone().unwrap_or_default()),
        ("config", format!("{}:{line}", config.display())),
        ("fixture", case.fixture_path.display().to_string()),
        ("pending", pending.file.display().to_string()),
        ("model_id", model.model_id.clone()),
        ("operation", model.operation.name().to_owned()),
        ("tags", tags.join(", ")),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    rows.map(|(name, value)| format!("  {name:<11}  {}", visible(&value))).collect()
}
