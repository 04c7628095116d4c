//! The progress of a run on stderr: a bar on a terminal, a line every 1,000 cases elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::Verbosity;
use crate::run::{Event, Outcome};

/// Runs with fewer cases end too soon for a bar.
const WORTH_A_BAR: usize = 200;

/// Without a terminal, print a line each time this many cases have finished.
const LINE_EVERY: usize = 1_000;

/// Counts finished cases.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    total: usize,
    done: usize,
    open: usize,
}

impl Progress {
    pub(super) fn new(total: usize, terminal: bool, verbosity: Verbosity) -> Progress {
        let shown = total >= WORTH_A_BAR && verbosity >= Verbosity::Normal;
        Progress {
            bar: (shown && terminal).then(|| bar(total)),
            lines: shown && !terminal,
            total,
            done: 0,
            open: 0,
        }
    }

    pub(super) fn update(&mut self, event: Event<'_>) {
        let Event::Finished(case) = event else { return };
        self.done += 1;
        self.open += usize::from(case.attempt.outcome != Outcome::Pass);
        if let Some(bar) = &self.bar {
            if self.done == self.total {
                return bar.finish_and_clear();
            }
            bar.set_position(self.done as u64);
            bar.set_message(format!("{} open", self.open));
        } else if self.lines && self.done.is_multiple_of(LINE_EVERY) {
            self.line();
        }
    }

    /// Hides the bar while `print` writes, so that the lines don't mix.
    pub(super) fn hide_while(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    #[expect(clippy::print_stderr, reason = "only `cli` prints, and progress goes to stderr")]
    fn line(&self) {
        eprintln!("  {} of {} cases, {} open", self.done, self.total, self.open);
    }
}

fn bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("  {bar:30} {pos} of {len} cases, {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
