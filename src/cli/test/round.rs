//! One run over checked configs: opens its reports, runs the plan, and chooses the exit code.

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

/// A run of a plan, with its reports.
pub(in crate::cli) struct Round<'a> {
    pub session: &'a Session,
    pub mode: Mode,
    pub controls: &'a Controls,
    pub reports: &'a [ReportTo],
    pub unreferenced: UnreferencedFiles,
    /// The arguments that selected the cases; `None` if no command line could select them again.
    pub selected: Option<Selected<'a>>,
    pub started: Instant,
}

impl Round<'_> {
    /// Runs `plan`, and reports to the terminal, to the reports of the command line, and to `reporters`.
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
            // The invalid configs decide the exit code, but a report that can't be written is reported, too.
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
        // A live run writes no file that could be accepted.
        if let Some(selected) = self.selected.filter(|_| self.mode != Mode::Live) {
            next::tell(&summary, selected, output, &mut talk)?;
        }
        talk.flush()?;
        Ok(Exit::most_urgent(&exits))
    }
}

/// Passes the events of a run to its reports, the progress bar and stderr.
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

/// The stream for the report that people read, and whether to colour it: stderr if another report goes to stdout.
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
