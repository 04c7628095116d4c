//! One run over checked configs: opens its reports, runs the plan, and chooses the exit code.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use crate::app::{Controls, PlanRun, RunEnd, RunListener, RunProblem, Session, UnreferencedFiles};
use crate::check::Checked;
use crate::cli::arguments::SelectionArguments;
use crate::cli::empty::{explain_empty_plan, explain_missing_probes};
use crate::cli::github::Step;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::report_to::ReportTo;
use crate::cli::{CommandResult, Exit, Failure, diff_tool, next};
use crate::config::settings::{self, Mode, Settings};
use crate::files::remove_leftovers_beside;
use crate::report::{Reporters, Terminal};
use crate::run::{Event, Plan};

/// A run of a plan, with its reports.
pub(in crate::cli) struct TestRun<'a> {
    pub session: &'a Session,
    pub mode: Mode,
    pub controls: &'a Controls,
    pub reports: &'a [ReportTo],
    pub unreferenced: UnreferencedFiles,
    /// The arguments that selected the cases; `None` if no command line could select them again.
    pub selected: Option<SelectionArguments<'a>>,
    pub started: Instant,
}

impl TestRun<'_> {
    /// Runs `plan`, and reports to the terminal, to the reports of the command line, and to `reporters`.
    pub(in crate::cli) fn run(
        &self,
        checked: &Checked,
        plan: &Plan<'_>,
        reporters: Reporters<'_>,
        output: &mut Output,
    ) -> CommandResult {
        let session = self.session;
        let (mut terminal_out, color) = terminal_stream(self.reports, output);
        let step = Step::from_environment(&session.environment);
        let mut listener = Listener {
            reporters,
            progress: Progress::new(plan.cases.len(), io::stderr().is_terminal(), output.verbosity),
            output,
        };
        let reporters = &mut listener.reporters;
        let terminal = Terminal::new(&mut terminal_out, &session.sources, output.verbosity, color);
        reporters.add(terminal.with_diff_tool(diff_tool::from_environment(&session.environment, output)));
        remove_leftovers_beside(self.reports.iter().map(ReportTo::path));
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
        let end = run.run(&mut listener)?;
        let close_result = listener.close();
        let Some(RunEnd { summary, problems }) = end else {
            // The invalid configs decide the exit code, but a report that can't be written is reported, too.
            if let Err(error) = close_result {
                output.report_failure(&Failure::Output(error));
            }
            return Ok(Exit::Invalid);
        };
        close_result?;
        let mut exits: Vec<Exit> = problems.into_iter().map(Exit::from).collect();
        let filter = self.selected.map(|selected| selected.filter);
        let reason = filter.and_then(|filter| explain_missing_probes(filter, checked));
        exits.extend(report_empty(
            plan,
            reason.unwrap_or_else(|| explain_empty_plan(plan)),
            &session.settings,
            output,
        ));
        // A live run writes no file that could be accepted.
        if let Some(selected) = self.selected.filter(|_| self.mode != Mode::Live) {
            next::print_next_step(&summary, selected, output, &mut terminal_out)?;
        }
        terminal_out.flush()?;
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
    fn handle_event(&mut self, event: Event<'_>) {
        self.progress.hide_while(|| {
            self.reporters.handle_event(event);
        });
        self.progress.update(event);
    }

    fn calls_announced(&mut self, destinations: &[String]) {
        self.output.print_destinations(destinations);
    }

    fn file_deleted(&mut self, path: &Path) {
        self.output.print_message(&format!("DELETED  {}", path.display()));
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
fn terminal_stream(reports: &[ReportTo], output: &Output) -> (Box<dyn Write>, bool) {
    if reports.iter().any(ReportTo::is_stdout) {
        (Box::new(output.stderr()), output.stderr_color())
    } else {
        (Box::new(output.stdout()), output.color())
    }
}

fn report_empty(plan: &Plan<'_>, reason: &str, settings: &Settings, output: &Output) -> Option<Exit> {
    let no_tests = settings.no_tests.unwrap_or_default();
    if !plan.is_empty() || no_tests == settings::NoTests::Pass {
        return None;
    }
    let word = if no_tests == settings::NoTests::Fail { "error" } else { "warning" };
    output.print_message(&format!("{word}: {reason}"));
    (no_tests == settings::NoTests::Fail).then_some(Exit::NothingSelected)
}
