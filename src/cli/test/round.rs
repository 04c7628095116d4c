//! One run over configs that were checked: its reports, and what they come to.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use crate::app::{Controls, PlanRun, RunEnd, RunListener, RunProblem, Session, UnreferencedFiles};
use crate::check::Checked;
use crate::cli::arguments::Selected;
use crate::cli::empty::{why_empty, why_no_probe};
use crate::cli::github::Step;
use crate::cli::output::{Forgiving, Output};
use crate::cli::progress::Progress;
use crate::cli::report_to::ReportTo;
use crate::cli::{Ended, Exit, Failure, diff_tool, next};
use crate::config::settings::{self, Mode, Settings};
use crate::diagnose::visible;
use crate::report::{Reporters, Terminal};
use crate::run::{Event, Plan};

/// What a run is made with.
pub(in crate::cli) struct Round<'a> {
    pub session: &'a Session,
    pub mode: Mode,
    pub controls: &'a Controls,
    pub reports: &'a [ReportTo],
    pub unreferenced: UnreferencedFiles,
    /// How the cases were selected; `None` if no command line would select them again.
    pub selected: Option<Selected<'a>>,
    pub started: Instant,
}

impl Round<'_> {
    /// Runs `plan` for the terminal, the reports of the command line, and `reporters`.
    pub(in crate::cli) fn run(
        &self,
        checked: &Checked,
        plan: &Plan<'_>,
        reporters: Reporters<'_>,
        output: &mut Output,
    ) -> Ended {
        let session = self.session;
        let (mut talk, color) = talk(self.reports, output);
        let step = Step::of(&session.environment);
        let mut listener = Listener {
            reporters,
            progress: Progress::new(plan.cases.len(), io::stderr().is_terminal(), output.verbosity),
            output,
        };
        let reporters = &mut listener.reporters;
        let terminal = Terminal::new(&mut talk, &session.sources, output.verbosity, color);
        reporters.add(terminal.with_diff_tool(diff_tool::of(&session.environment, output)));
        for report in self.reports {
            report.open(reporters, &step, output);
        }
        let run = PlanRun {
            session,
            checked,
            plan,
            mode: self.mode,
            controls: self.controls,
            shows_exchanges: self.reports.iter().any(ReportTo::shows_exchanges),
            unreferenced: self.unreferenced,
            started: self.started,
        };
        let ended = run.run(&mut listener)?;
        let closed = listener.close();
        let Some(RunEnd { summary, problems }) = ended else {
            // That a report can't be written is the lesser evil, and told all the same.
            if let Err(error) = closed {
                output.failure(&Failure::Output(error));
            }
            return Ok(Exit::Invalid);
        };
        closed?;
        let mut exits: Vec<Exit> = problems.into_iter().map(Exit::from).collect();
        let filter = self.selected.map(|selected| selected.filter);
        let why = filter.and_then(|filter| why_no_probe(filter, checked));
        exits.extend(empty(plan, why.unwrap_or_else(|| why_empty(plan)), &session.settings, output));
        // What a live call said is in no file.
        if let Some(selected) = self.selected.filter(|_| self.mode != Mode::Live) {
            next::tell(&summary, selected, output, &mut talk)?;
        }
        talk.flush()?;
        Ok(Exit::most_urgent(&exits))
    }
}

/// Passes a run on to its reports, the progress bar and stderr.
struct Listener<'a, 'r> {
    reporters: Reporters<'r>,
    progress: Progress,
    output: &'a Output,
}

impl Listener<'_, '_> {
    fn close(self) -> io::Result<()> {
        self.reporters.close()
    }
}

impl RunListener for Listener<'_, '_> {
    fn event(&mut self, event: Event<'_>) {
        self.progress.hide_while(|| {
            self.reporters.take(event);
        });
        self.progress.take(event);
    }

    fn deleted(&mut self, path: &Path) {
        self.output.talk(&format!("DELETED  {}", visible(&path.display().to_string())));
    }
}

impl From<RunProblem> for Exit {
    fn from(problem: RunProblem) -> Exit {
        match problem {
            RunProblem::Interrupted => Exit::Interrupted,
            RunProblem::Environment => Exit::Environment,
            RunProblem::OverBudget => Exit::Budget,
            RunProblem::Failed => Exit::Failed,
            RunProblem::Pending => Exit::Pending,
        }
    }
}

/// Where a person reads, and whether in colour: not where a report goes.
fn talk(reports: &[ReportTo], output: &Output) -> (Box<dyn Write>, bool) {
    if reports.iter().any(ReportTo::is_stdout) {
        (Box::new(output.talker(Forgiving(io::stderr()))), output.color_of(&io::stderr()))
    } else {
        (Box::new(output.answer()), output.color())
    }
}

fn empty(plan: &Plan<'_>, why: &str, settings: &Settings, output: &Output) -> Option<Exit> {
    let wanted = settings.no_tests.unwrap_or_default();
    if !plan.is_empty() || wanted == settings::NoTests::Pass {
        return None;
    }
    let word = if wanted == settings::NoTests::Fail { "error" } else { "warning" };
    output.talk(&format!("{word}: {why}"));
    (wanted == settings::NoTests::Fail).then_some(Exit::NothingSelected)
}
