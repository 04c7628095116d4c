//! Running a plan: the checks before it starts, its cases, and unreferenced files.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::calls::{Connection, Controls, open_connection, prices};
use super::failure::Failure;
use super::session::{Configs, Session};
use crate::check::{Checked, Purpose};
use crate::config::settings::{Mode, SnapshotUpdate, Unreferenced};
use crate::diagnose::{Code, Finding, Severity, Weakened};
use crate::estimate::unpriced;
use crate::files::fence::Fence;
use crate::invoke::NotCalled;
use crate::lint::unreferenced;
use crate::run::{self, Event, Options, Outcome, Plan, Shard, SnapshotOptions, Summary};
use crate::snapshot::Update;

/// The run of a plan and everything it depends on.
pub struct PlanRun<'a> {
    pub session: &'a Session,
    pub checked: &'a Checked,
    pub plan: &'a Plan<'a>,
    pub mode: Mode,
    pub controls: &'a Controls,
    /// Whether a report shows requests and answers.
    pub shows_exchanges: bool,
    pub unreferenced: UnreferencedFiles,
    pub started: Instant,
}

/// What happens to unreferenced fixtures and snapshots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UnreferencedFiles {
    /// As the settings or their default define.
    FromSettings { may_delete: bool },
    /// Unreferenced files are ignored.
    Ignored,
}

/// Receives the events of a run.
pub trait RunListener {
    fn handle_event(&mut self, event: Event<'_>);

    /// The run is about to start, and may call `destinations`: a line for each. Empty for a replay.
    fn calls_announced(&mut self, _destinations: &[String]) {}

    /// An unreferenced file was deleted.
    fn file_deleted(&mut self, _path: &Path) {}
}

impl<F: FnMut(Event<'_>)> RunListener for F {
    fn handle_event(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// How a run ended.
pub struct RunEnd {
    pub summary: Summary,
    pub problems: Vec<RunProblem>,
}

/// Why a run is not clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunProblem {
    Interrupted,
    /// Credentials, network, time or the file system.
    Environment,
    OverBudget,
    /// A case failed, or its snapshot differs.
    Failed,
    /// Something needs a person: it is pending, stale, missing or unreferenced.
    Pending,
}

/// The configs, checked for a run in `mode`.
pub fn check_for_run(session: &Session, configs: impl Into<Configs>, mode: Mode) -> Result<Checked, Failure> {
    let mut checked = session.check(configs, Purpose::Run)?;
    if mode == Mode::Replay {
        // The finding about the recorded response is more precise.
        checked.findings.retain(|finding| finding.code != Code::MappingImpossible);
    }
    Ok(checked)
}

/// Whether a run in `mode` may replace fixtures or accepted snapshots, or delete unreferenced files. Pending snapshots don't
/// count.
pub fn changes_cases(session: &Session, mode: Mode, may_delete: bool) -> Result<bool, Failure> {
    let records = !matches!(mode, Mode::Replay | Mode::Live);
    let accepts = !matches!(snapshot_options(session, mode)?.update, Update::New | Update::No);
    let deletes = may_delete && unreferenced_action(session) == Unreferenced::Delete;
    Ok(records || accepts || deletes)
}

impl PlanRun<'_> {
    /// Runs the cases, in plan order for `listener`. `None` if no case ran, because the configs have errors
    /// or the budget can't be kept; the events report which.
    pub fn run(&self, listener: &mut dyn RunListener) -> Result<Option<RunEnd>, Failure> {
        let options = self.options()?;
        if let Some(findings) = self.blocking_findings(&options) {
            refuse(findings, self.checked.paths.len(), self.mode, self.plan.shard, &mut |event| {
                listener.handle_event(event);
            });
            return Ok(None);
        }
        let mut summary = self.run_cases(&options, listener)?;
        let mut problems = run_problems(&summary);
        let (unreferenced, weakened) = self.find_unreferenced(problems.is_empty(), listener);
        summary.unreferenced = unreferenced.len();
        summary.weakened = self.checked.weakened;
        summary.weakened += weakened;
        listener.handle_event(Event::Findings(&unreferenced));
        listener.handle_event(Event::Ended(&summary));
        problems.extend(has_errors(&unreferenced).then_some(RunProblem::Pending));
        Ok(Some(RunEnd { summary, problems }))
    }

    fn options(&self) -> Result<Options, Failure> {
        let session = self.session;
        Ok(Options {
            mode: self.mode,
            prices: prices(&session.settings),
            jobs: session.jobs(),
            max_fail: session.settings.max_fail,
            snapshots: snapshot_options(session, self.mode)?,
            shows_exchanges: self.shows_exchanges,
            interrupted: self.controls.interrupted.clone(),
        })
    }

    /// The findings that prevent the run: errors in the configs, or a budget that can't be kept.
    fn blocking_findings(&self, options: &Options) -> Option<Vec<Finding>> {
        if has_errors(&self.checked.findings) {
            return Some(self.checked.findings.clone());
        }
        self.session.settings.max_cost?;
        let unpriced = unpriced(self.plan, options.mode, &options.prices);
        (!unpriced.is_empty()).then_some(unpriced)
    }

    fn run_cases(&self, options: &Options, listener: &mut dyn RunListener) -> Result<Summary, Failure> {
        let Connection { invoker, destinations } =
            open_connection(self.session, self.mode, self.plan, self.controls)?;
        listener.calls_announced(&destinations);
        let sources = &self.session.sources;
        let mut summary = run::run(self.plan, invoker.as_ref(), options, sources, |event| {
            listener.handle_event(event);
            if let Event::Started { .. } = event {
                listener.handle_event(Event::Findings(&self.checked.findings));
            }
        });
        summary.took = self.started.elapsed();
        Ok(summary)
    }

    /// Findings about unreferenced files, and how many of them the settings lower. If the run `is_well`, the files that may
    /// be deleted are deleted.
    fn find_unreferenced(&self, is_well: bool, listener: &mut dyn RunListener) -> (Vec<Finding>, Weakened) {
        let UnreferencedFiles::FromSettings { may_delete } = self.unreferenced else {
            return Default::default();
        };
        let session = self.session;
        let action = unreferenced_action(session);
        if action == Unreferenced::Ignore {
            return Default::default();
        }
        let mut found = unreferenced::check(&self.checked.file_owners, &session.sources);
        // One shard doesn't know the outcomes of the others.
        let may_delete = may_delete && is_well && self.mode != Mode::Live && self.plan.shard.is_none();
        if action == Unreferenced::Delete && may_delete {
            let fence = Fence::new(&session.root.path);
            found.retain(|finding| {
                let path = session.sources.path(finding.at.span.file);
                let deleted = delete(&path, &fence);
                if deleted {
                    listener.file_deleted(&path);
                }
                !deleted
            });
        }
        let all = found.len();
        let mut weakened = session.settle_severities(&mut found);
        if action == Unreferenced::Reject {
            weakened.lowered = all - found.len();
            for finding in &mut found {
                finding.severity = Severity::Error;
            }
        }
        (found, weakened)
    }
}

/// Reports a run that could not start, because the report of an earlier run would look like success.
pub fn refuse(
    findings: Vec<Finding>,
    files: usize,
    mode: Mode,
    shard: Option<Shard>,
    on: &mut dyn FnMut(Event<'_>),
) {
    on(Event::Started { mode, cases: 0, files, shard });
    on(Event::Findings(&findings));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    on(Event::Ended(&Summary { refused: errors.count(), ..Summary::default() }));
}

/// How the run compares and updates snapshots: by flag or setting, else by `INSTA_UPDATE` and `CI`.
fn snapshot_options(session: &Session, mode: Mode) -> Result<SnapshotOptions, Failure> {
    let environment = &session.environment;
    let flag = session.settings.update.and_then(to_update);
    let update = Update::resolve(flag, environment.get("INSTA_UPDATE"), environment.is_ci());
    Ok(SnapshotOptions {
        // A live run writes nothing.
        update: update
            .map_err(Failure::usage)
            .map(|update| if mode == Mode::Live { Update::No } else { update })?,
        full_match: environment.non_empty("INSTA_REQUIRE_FULL_MATCH").is_some_and(|value| value != "0"),
        pending_dir: environment.non_empty("INSTA_PENDING_DIR").map(PathBuf::from),
        root: session.root.path.clone(),
        shows_help: !environment.is_replaying(),
    })
}

fn to_update(word: SnapshotUpdate) -> Option<Update> {
    match word {
        SnapshotUpdate::Auto => None,
        SnapshotUpdate::Always => Some(Update::Always),
        SnapshotUpdate::New => Some(Update::New),
        SnapshotUpdate::Unseen => Some(Update::Unseen),
        SnapshotUpdate::No => Some(Update::No),
        SnapshotUpdate::Force => Some(Update::Force),
    }
}

fn run_problems(summary: &Summary) -> Vec<RunProblem> {
    let rows = [
        (summary.interrupted, RunProblem::Interrupted),
        (summary.unwritten > 0 || summary.environment > 0, RunProblem::Environment),
        (summary.not_called.contains_key(&NotCalled::OutOfTime), RunProblem::Environment),
        (summary.not_called.contains_key(&NotCalled::OverBudget), RunProblem::OverBudget),
        (summary.has_failing(&[Outcome::Fail, Outcome::Differs, Outcome::Error]), RunProblem::Failed),
        (summary.has_failing(&[Outcome::New, Outcome::Stale, Outcome::Missing]), RunProblem::Pending),
    ];
    rows.into_iter().filter(|(applies, _)| *applies).map(|(_, problem)| problem).collect()
}

/// What the settings do with unreferenced files. By default they are warnings, and errors in CI.
fn unreferenced_action(session: &Session) -> Unreferenced {
    let is_ci = session.environment.is_ci();
    let default = if is_ci { Unreferenced::Reject } else { Unreferenced::Warn };
    match session.settings.unreferenced.unwrap_or(default) {
        Unreferenced::Auto if is_ci => Unreferenced::Reject,
        Unreferenced::Auto => Unreferenced::Delete,
        action => action,
    }
}

/// Removes an unreferenced file, unless it is outside the repository because of a symlink. Returns whether it was removed.
fn delete(path: &Path, fence: &Fence) -> bool {
    let from = Path::new("");
    let removed = || fence.place(path, from).and_then(|place| place.remove());
    fence.allows(path, from) && removed().is_ok_and(|existed| existed)
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
