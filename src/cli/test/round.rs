//! One run over configs that were checked: its reports, and what they come to.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::{refuse, why_empty};
use crate::app::Session;
use crate::check::Checked;
use crate::cli::arguments::Test;
use crate::cli::github::Step;
use crate::cli::output::{Forgiving, Output};
use crate::cli::progress::Progress;
use crate::cli::report_to::ReportTo;
use crate::cli::session::verdict;
use crate::cli::{Ended, Exit, Failure, diff_tool, live, next, probe};
use crate::config::settings::{self, Mode, Settings, SnapshotUpdate, Unreferenced};
use crate::diagnose::{Finding, Severity, visible};
use crate::estimate::unpriced;
use crate::files::fence::Fence;
use crate::invoke::Unasked;
use crate::lint::unreferenced;
use crate::report::{Reporters, Terminal, Verbosity};
use crate::run::{self, CaseRun, Event, Options, Outcome, Plan, Summary, Treatment};
use crate::snapshot::Update;

/// What a run is made with.
pub(super) struct Round<'a> {
    pub arguments: &'a Test,
    pub session: &'a Session,
    pub mode: Mode,
    pub reports: &'a [ReportTo],
    pub interrupted: &'a CancellationToken,
    pub lost: Lost,
    pub started: Instant,
}

/// What happens to files that belong to no case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// What flag, setting or default say.
    Settled { may_delete: bool },
    /// They are not looked for.
    Ignored,
}

impl Round<'_> {
    /// Runs `plan`, and tells `on` every case as well.
    pub(super) fn run(
        &self,
        checked: &Checked,
        plan: &Plan<'_>,
        output: &mut Output,
        on: &mut dyn FnMut(&CaseRun),
    ) -> Ended {
        let Round { arguments, session, mode, .. } = *self;
        let options = self.options()?;
        let (mut talk, color) = talk(self.reports, output);
        let mut reporters = Reporters::default();
        let step = Step::of(&session.environment);
        let terminal = Terminal::new(&mut talk, &session.sources, output.verbosity, color);
        reporters.add(terminal.with_diff_tool(diff_tool::of(&session.environment, output)));
        for report in self.reports {
            report.open(&mut reporters, &session.sources, &step, output);
        }
        if let Some(findings) = stops(checked, plan, session, &options) {
            refuse(findings, checked.files, (mode, arguments.shard), &mut reporters);
            // That a report can't be written is the lesser evil, and told all the same.
            if let Err(error) = reporters.close() {
                output.failure(&Failure::Output(error));
            }
            return Ok(Exit::Invalid);
        }
        let mut summary = self.cases(checked, plan, (&options, output), |event| {
            reporters.take(event);
            if let Event::Finished(case) = event {
                on(case);
            }
        })?;
        let mut reasons = reasons(&summary);
        let lost = self.lost(checked, reasons.is_empty(), output);
        summary.unreferenced = lost.len();
        reporters.take(Event::Told(&lost));
        reporters.take(Event::Ended(&summary));
        reporters.close()?;
        reasons
            .extend(lost.iter().any(|finding| finding.severity == Severity::Error).then_some(Exit::Pending));
        let why = probe::why_empty(&arguments.filter, checked).unwrap_or_else(|| why_empty(plan));
        reasons.extend(empty(plan, why, &session.settings, output));
        // What a live call said is in no file.
        if mode != Mode::Live && !session.environment.is_replaying() {
            next::tell(&summary, arguments, output, &mut talk)?;
        }
        talk.flush()?;
        Ok(Exit::most_urgent(&reasons))
    }

    fn options(&self) -> Result<Options, Failure> {
        let session = self.session;
        Ok(Options {
            mode: self.mode,
            prices: live::prices(&session.settings),
            jobs: session.jobs(),
            max_fail: session.settings.max_fail,
            treatment: treatment(session, self.mode)?,
            shows_exchanges: self.reports.iter().any(ReportTo::shows_exchanges),
            interrupted: self.interrupted.clone(),
        })
    }

    fn cases(
        &self,
        checked: &Checked,
        plan: &Plan<'_>,
        (options, output): (&Options, &Output),
        mut tell: impl FnMut(Event<'_>),
    ) -> Result<Summary, Failure> {
        let mut progress = Progress::new(plan.cases.len(), io::stderr().is_terminal(), output.verbosity);
        let invoker = live::invoker(self.session, self.mode, self.interrupted)?;
        let mut summary = run::run(plan, invoker.as_ref(), options, &self.session.sources, |event| {
            progress.hide_while(|| tell(event));
            progress.take(event);
            if let Event::Started { .. } = event {
                tell(Event::Told(&checked.findings));
            }
        });
        progress.finish();
        summary.took = self.started.elapsed();
        Ok(summary)
    }

    fn lost(&self, checked: &Checked, is_well: bool, output: &Output) -> Vec<Finding> {
        let Lost::Settled { may_delete } = self.lost else { return Vec::new() };
        // One shard doesn't know how the others fare.
        let Test { check, shard, .. } = self.arguments;
        let may_delete = may_delete && is_well && self.mode != Mode::Live && !check && shard.is_none();
        unclaimed(checked, self.session, may_delete, output)
    }
}

/// How the run treats snapshots: a flag or setting, else what `INSTA_UPDATE` and `CI` say.
fn treatment(session: &Session, mode: Mode) -> Result<Treatment, Failure> {
    let environment = &session.environment;
    let flag = session.settings.update.and_then(update);
    let update = Update::resolve(flag, environment.get("INSTA_UPDATE"), environment.is_ci());
    Ok(Treatment {
        // A live run writes nothing.
        update: update
            .map_err(Failure::usage)
            .map(|update| if mode == Mode::Live { Update::No } else { update })?,
        full_match: environment.non_empty("INSTA_REQUIRE_FULL_MATCH").is_some_and(|value| value != "0"),
        pending_dir: environment.non_empty("INSTA_PENDING_DIR").map(PathBuf::from),
        root: session.root.path.clone(),
        advises: !environment.is_replaying(),
    })
}

/// Where a person reads, and whether in colour: not where a report goes.
fn talk(reports: &[ReportTo], output: &Output) -> (Box<dyn Write>, bool) {
    if output.verbosity == Verbosity::Silent {
        (Box::new(io::sink()), false)
    } else if reports.iter().any(ReportTo::is_stdout) {
        (Box::new(output.talker(Forgiving(io::stderr()))), output.color_of(&io::stderr()))
    } else {
        (Box::new(output.answer()), output.color())
    }
}

/// What keeps the run from beginning: errors in the configs, or a budget that can't be kept.
fn stops(checked: &Checked, plan: &Plan<'_>, session: &Session, options: &Options) -> Option<Vec<Finding>> {
    if verdict(&checked.findings) == Exit::Invalid {
        return Some(checked.findings.clone());
    }
    session.settings.max_cost?;
    let unpriced = unpriced(plan, options.mode, &options.prices);
    (!unpriced.is_empty()).then_some(unpriced)
}

fn update(word: SnapshotUpdate) -> Option<Update> {
    match word {
        SnapshotUpdate::Auto => None,
        SnapshotUpdate::Always => Some(Update::Always),
        SnapshotUpdate::New => Some(Update::New),
        SnapshotUpdate::Unseen => Some(Update::Unseen),
        SnapshotUpdate::No => Some(Update::No),
        SnapshotUpdate::Force => Some(Update::Force),
    }
}

fn reasons(summary: &Summary) -> Vec<Exit> {
    let rows = [
        (summary.interrupted, Exit::Interrupted),
        (summary.unwritten > 0 || summary.environment > 0, Exit::Environment),
        (summary.unasked.contains_key(&Unasked::OutOfTime), Exit::Environment),
        (summary.unasked.contains_key(&Unasked::OverBudget), Exit::Budget),
        (summary.has(&[Outcome::Fail, Outcome::Differs, Outcome::Error]), Exit::Failed),
        (summary.has(&[Outcome::New, Outcome::Stale, Outcome::Missing]), Exit::Pending),
    ];
    rows.into_iter().filter(|(applies, _)| *applies).map(|(_, exit)| exit).collect()
}

/// Fixtures and snapshots that belong to no case. By default they warn; in CI they are errors.
fn unclaimed(checked: &Checked, session: &Session, may_delete: bool, output: &Output) -> Vec<Finding> {
    let is_ci = session.environment.is_ci();
    let default = if is_ci { Unreferenced::Reject } else { Unreferenced::Warn };
    let wanted = match session.settings.unreferenced.unwrap_or(default) {
        Unreferenced::Auto if is_ci => Unreferenced::Reject,
        Unreferenced::Auto => Unreferenced::Delete,
        wanted => wanted,
    };
    if wanted == Unreferenced::Ignore {
        return Vec::new();
    }
    let mut found = unreferenced::check(&checked.claims, &session.sources);
    if wanted == Unreferenced::Delete && may_delete {
        let fence = Fence::new(&session.root.path);
        found.retain(|finding| !deleted(&session.sources.path(finding.at.span.file), &fence, output));
    }
    session.settle_severities(&mut found);
    if wanted == Unreferenced::Reject {
        for finding in &mut found {
            finding.severity = Severity::Error;
        }
    }
    found
}

/// Removes a file that no case needs. What a link puts outside the repository stays.
fn deleted(path: &Path, fence: &Fence, output: &Output) -> bool {
    let gone = fence.holds(path, Path::new("")) && std::fs::remove_file(path).is_ok();
    if gone {
        output.talk(&format!("DELETED  {}", visible(&path.display().to_string())));
    }
    gone
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
