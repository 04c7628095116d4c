//! Renders the differences between accepted and pending output as lines.

use crate::app::Environment;
use crate::cli::diff_tool;
use crate::cli::output::Output;
use crate::diagnose::{short, visible};
use crate::report::{DiffTool, render_with_tool};
use crate::review::{DiffStyle, Pending, render_side_by_side, render_unified};
use crate::run::Changed;
use crate::snapshot::ResolvedSide;

/// Renders differences with the tool of `INSTA_DIFF_TOOL`, or else with the built-in styles.
pub(super) struct Differ<'e> {
    tool: Option<DiffTool<'e>>,
}

impl<'e> Differ<'e> {
    pub(super) fn new(environment: &'e Environment, output: &Output) -> Differ<'e> {
        Differ { tool: diff_tool::from_environment(environment, output) }
    }

    /// The name of the style that is not side by side.
    pub(super) fn unified_name(&self) -> &'static str {
        if self.tool.is_some() { "diff tool" } else { "unified" }
    }

    /// The differences. In a conflict, each side is compared with the new output.
    pub(super) fn diff_lines(
        &self,
        pending: &Pending<'_>,
        side_by_side: bool,
        style: DiffStyle,
    ) -> Vec<String> {
        if let Some(sides) = &pending.sides {
            let [ours, theirs] =
                sides.each_ref().map(|side| self.side_lines(side, pending, side_by_side, style));
            return [ours, vec![String::new()], theirs].concat();
        }
        let (old, new) = pending.texts();
        if pending.old.is_none() {
            render_unified(&old, &new, style)
        } else {
            self.compared_lines(pending, (old, new), side_by_side, style)
        }
    }

    fn side_lines(
        &self,
        side: &ResolvedSide,
        pending: &Pending<'_>,
        side_by_side: bool,
        style: DiffStyle,
    ) -> Vec<String> {
        if pending.is_new_output(side) {
            return vec![style.bold(&format!("{} is the new output", side_title(side)))];
        }
        let title = style.bold(&format!("{} against the new output:", side_title(side)));
        let texts = (side.accepted.text(), pending.new.contents.clone());
        [vec![title], self.compared_lines(pending, texts, side_by_side, style)].concat()
    }

    fn compared_lines(
        &self,
        pending: &Pending<'_>,
        (old, new): (String, String),
        side_by_side: bool,
        style: DiffStyle,
    ) -> Vec<String> {
        if side_by_side {
            return render_side_by_side(&old, &new, style);
        }
        let changed = Changed { snapshot: pending.snapshot().to_owned(), old, new, cost: None };
        match self.tool.as_ref().and_then(|tool| render_with_tool(tool, &changed)) {
            Some(shown) => shown.lines().map(str::to_owned).collect(),
            None => render_unified(&changed.old, &changed.new, style),
        }
    }
}

/// `ours (HEAD)`.
pub(super) fn side_title(side: &ResolvedSide) -> String {
    let name = side.side.name();
    if side.label.is_empty() || side.label == name {
        return name.to_owned();
    }
    format!("{name} ({})", short(&visible(&side.label), LABEL_LIMIT))
}

/// The most characters of a label, so that the line with it fits into 80 columns.
const LABEL_LIMIT: usize = 40;
