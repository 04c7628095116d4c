//! Renders one pending snapshot for `review`.

use super::differ::Differ;
use super::git::Background;
use super::show::{counts, title, why};
use crate::diagnose::{LineColumn, visible};
use crate::files::{CONFIG_LIMIT, read_lossy};
use crate::review::{DiffStyle, Pending, PendingKind, render_whole};

/// The display options, which keys switch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    info: bool,
    beside: bool,
    side: Side,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
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
    Side,
}

impl View {
    pub(super) fn toggle(&mut self, toggle: Toggle) {
        match toggle {
            Toggle::Info => self.info = !self.info,
            Toggle::Style => (self.beside, self.side) = (!self.beside, Side::Both),
            Toggle::Side => self.side = self.side.next(),
        }
    }

    pub(super) fn lines(
        self,
        pending: &Pending<'_>,
        background: &Background,
        differ: &Differ<'_>,
        look: DiffStyle,
    ) -> Vec<String> {
        let mut lines = vec![title(pending, look)];
        if self.info {
            lines.extend(info(pending).iter().map(|line| look.dim(line)));
        }
        lines.extend(why(background));
        lines.push(String::new());
        lines.extend(self.texts(pending, differ, look));
        lines.extend(counts(pending, background));
        lines.push(String::new());
        lines.extend(self.keys(pending, differ));
        lines
    }

    fn texts(self, pending: &Pending<'_>, differ: &Differ<'_>, look: DiffStyle) -> Vec<String> {
        let (old, new) = pending.texts();
        match self.side {
            Side::Old if pending.old.is_none() => vec!["  nothing was accepted yet".to_owned()],
            Side::Old => [vec![look.bold(old_title(pending))], render_whole(&old)].concat(),
            Side::New => [vec![look.bold("new: pending")], render_whole(&new)].concat(),
            Side::Both => differ.differing(pending, self.beside, look),
        }
    }

    /// The keys and their actions. Each line fits into 80 columns.
    fn keys(self, pending: &Pending<'_>, differ: &Differ<'_>) -> Vec<String> {
        let style = if self.beside { differ.style() } else { "side by side" };
        let info = if self.info { "less" } else { "info" };
        let all = "A R S  the same for all that follow";
        let settling = match (&pending.sides, pending.kind) {
            (Some(_), _) => {
                vec!["a accept the new output   1 keep ours   2 keep theirs   r reject   s skip", all]
            }
            (None, PendingKind::Conflict) => {
                vec!["a accept the new output, which resolves   r reject   s skip", all]
            }
            (None, _) => vec!["a accept   r reject   s skip   A R S  the same for all that follow"],
        };
        let looking = format!("i {info}   d {style}   o {}   q quit", self.side.next().name());
        settling.into_iter().map(str::to_owned).chain([looking]).collect()
    }
}

fn old_title(pending: &Pending<'_>) -> &'static str {
    match pending.kind {
        PendingKind::Conflict => "old: the file, with both sides",
        PendingKind::New | PendingKind::Changed => "old: accepted",
    }
}

impl Side {
    fn next(self) -> Side {
        match self {
            Side::Both => Side::Old,
            Side::Old => Side::New,
            Side::New => Side::Both,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Side::Both => "what differs",
            Side::Old => "old",
            Side::New => "new",
        }
    }
}

/// Lines with the origin of the case: config, fixture, model and tags.
fn info(pending: &Pending<'_>) -> Vec<String> {
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
