//! One cycle of the watcher: reads the current configs, and runs the affected cases.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::paths::{RealPaths, stamp};
use super::{Due, Watch, describe_changes};
use crate::app::{Session, UnreferencedFiles, changes_cases, check_for_run, mode};
use crate::check::Checked;
use crate::cli::lock::wait_unless_cancelled;
use crate::cli::output::Output;
use crate::cli::session::{self, exit_for};
use crate::cli::test::flags;
use crate::cli::test::test_run::TestRun;
use crate::cli::{Exit, Failure};
use crate::config::discover::searched_folders;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::settings::Mode;
use crate::diagnose::Severity;
use crate::report::{Reporter, Reporters};
use crate::run::{CaseRun, Event, Outcome, Plan, Planned, Selection, Written};
use crate::watch::{self, RunInputs, find_affected_cases};

pub(super) struct Cycle {
    started: Instant,
    session: Session,
    selection: Selection,
    checked: Checked,
    now: RunInputs,
    here: PathBuf,
}

impl Cycle {
    /// Listens to the folders before it reads them, so that no change is missed.
    pub(super) fn new(watch: &mut Watch<'_>, output: &mut Output) -> Result<Cycle, Failure> {
        let started = Instant::now();
        let session = session::start(watch.environment.clone(), flags(watch.arguments), output)?;
        let mut real = RealPaths::default();
        let here = real.resolve(Path::new("./."));
        watch.settings =
            SETTINGS_FILES.iter().map(|name| real.resolve(&session.root.path.join(name))).collect();
        let configs = &watch.arguments.configs;
        let searched = follow_searched(watch, &configs.paths)?;
        require_replay(&session, watch.arguments.mode)?;
        let selection = watch.arguments.filter.selection().map_err(Failure::usage)?;
        let paths = session.discover(configs)?;
        let checked = check_for_run(&session, configs, Mode::Replay)?;
        let now = RunInputs::from_suites(&paths, &checked.suites, |path| real.resolve(path));
        watch.follow(&searched, &now)?;
        Ok(Cycle { started, session, selection, checked, now, here })
    }

    /// Runs the cases that are due, and stores the files and cases that it used in `watch`.
    pub(super) fn run(mut self, watch: &mut Watch<'_>, output: &mut Output) -> Result<(), Failure> {
        let valid = exit_for(&self.checked.findings) != Exit::Invalid;
        let changed = self.changes_to_print(watch);
        let settings_changed = changed.iter().any(|path| watch.settings.contains(path));
        let all = watch.due.all || settings_changed;
        let affected = self.affected_cases(watch, all);
        if valid && !all {
            self.keep_findings_in(&changed);
        }
        let is_idle = !all && !watch.due.open && changed.is_empty() && affected.is_empty();
        if !changed.is_empty() && output.shows(Severity::Warning) {
            let mut out = output.stdout();
            writeln!(out, "{}", describe_changes(&changed, &self.here))?;
            out.flush()?;
        }
        if !is_idle {
            self.run_cases(watch, all, &affected, output)?;
        }
        watch.current_files = RunInputs { files: self.now.files.clone(), ..RunInputs::default() };
        if valid {
            watch.open.retain(|key| self.now.cases.contains_key(key));
            watch.known = self.now;
            watch.due = Due::default();
        } else {
            watch.due.all = all;
        }
        Ok(())
    }

    /// The changed files that belong to the configs or settings, without folders.
    fn changes_to_print(&self, watch: &Watch<'_>) -> BTreeSet<PathBuf> {
        let changed = || watch.due.changed.iter();
        let mut changes: BTreeSet<&PathBuf> =
            changed().filter(|path| watch.settings.contains(path)).collect();
        for known in [&watch.known, &self.now] {
            changes.extend(known.find_used(changed()).into_iter().filter(|path| !path.is_dir()));
        }
        changes.into_iter().cloned().collect()
    }

    /// Keeps only the findings in the files of `changed`. An earlier cycle printed the others.
    fn keep_findings_in(&mut self, changed: &BTreeSet<PathBuf>) {
        let (mut real, sources) = (RealPaths::default(), &self.session.sources);
        self.checked
            .findings
            .retain(|finding| changed.contains(&real.resolve(&sources.path(finding.at.span.file))));
    }

    fn affected_cases(&self, watch: &Watch<'_>, all: bool) -> BTreeSet<watch::CaseKey> {
        if all {
            return BTreeSet::new();
        }
        let mut affected = find_affected_cases(&watch.known, &self.now, &watch.due.changed);
        if watch.due.open {
            affected.extend(watch.open.iter().cloned());
        }
        affected
    }

    fn run_cases(
        &self,
        watch: &mut Watch<'_>,
        all: bool,
        affected: &BTreeSet<watch::CaseKey>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let key = |planned: &Planned<'_>| (planned.suite.path.clone(), planned.case.id.clone());
        let plan = Plan::new(&self.checked.suites, &self.selection);
        let plan = if all { plan } else { plan.retain(|planned| affected.contains(&key(planned))) };
        if !all && plan.cases.is_empty() && exit_for(&self.checked.findings) != Exit::Invalid {
            let reason = if watch.due.open { "every case has passed" } else { "no case is affected" };
            let mut out = output.stdout();
            if output.shows(Severity::Warning) {
                session::print_findings(&self.session, &self.checked.findings, &mut out, output.color())?;
                writeln!(out, "  {reason}")?;
            }
            return Ok(out.flush()?);
        }
        // During an edit, the case of a file may be missing for a moment, so unreferenced files are not reported.
        let unreferenced = if all {
            UnreferencedFiles::FromSettings { may_delete: false }
        } else {
            UnreferencedFiles::Ignored
        };
        let test_run = TestRun {
            session: &self.session,
            mode: Mode::Replay,
            controls: &watch.controls.clone(),
            reports: &[],
            unreferenced,
            selected: Some(watch.arguments.selection()),
            started: self.started,
        };
        let lock = if changes_cases(&self.session, Mode::Replay, false)? {
            wait_unless_cancelled(&self.session.root.path, &watch.controls.interrupted, output)
        } else {
            None
        };
        let mut reporters = Reporters::new(&self.session.sources);
        reporters.add(ResultRecorder { cycle: self, watch });
        test_run.run(&self.checked, &plan, reporters, output)?;
        drop(lock);
        Ok(())
    }

    /// Records whether the case passed, and the stamp of a snapshot that this run accepted.
    fn record_result(&self, case: &CaseRun, watch: &mut Watch<'_>) {
        let key = (case.config.clone(), case.id.clone());
        let inputs = self.now.cases.get(&key).filter(|_| case.written == Some(Written::Accepted));
        if let Some(inputs) = inputs {
            watch.accepted.insert(inputs.snapshot.clone(), stamp(&inputs.snapshot));
        }
        match case.attempt.outcome {
            Outcome::Pass => drop(watch.open.remove(&key)),
            Outcome::Skipped => (),
            _ => drop(watch.open.insert(key)),
        }
    }
}

/// Listens to the folders in which configs are searched for, and returns them. A folder that is created before its
/// parent is listened to causes no event, so the folders are determined again until they stay the same.
fn follow_searched(watch: &mut Watch<'_>, paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut searched = searched(paths);
    loop {
        watch.follow(&searched, &RunInputs::default())?;
        let searched_now = self::searched(paths);
        if searched_now == searched {
            return Ok(searched);
        }
        searched = searched_now;
    }
}

/// The folders in which configs are searched for.
fn searched(paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut real = RealPaths::default();
    // `resolve` follows the symlinks of a file's folder, but not the file itself. A folder is resolved as the parent of a file.
    let as_seen = |folder: PathBuf| real.resolve(&folder.join("x")).parent().map(Path::to_owned);
    searched_folders(paths).into_iter().filter_map(as_seen).collect()
}

/// Passes the result of each case to the cycle.
struct ResultRecorder<'a, 'w> {
    cycle: &'a Cycle,
    watch: &'a mut Watch<'w>,
}

impl Reporter for ResultRecorder<'_, '_> {
    fn handle_event(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Finished(case) = event {
            self.cycle.record_result(case, self.watch);
        }
        Ok(())
    }
}

/// Allows only replay: saving a file must not call Bedrock.
fn require_replay(session: &Session, flag: Option<Mode>) -> Result<(), Failure> {
    match mode(session, flag)? {
        Mode::Replay => Ok(()),
        other => Err(Failure::Usage {
            message: format!("`--watch` replays, and `{}` calls Bedrock", other.name()),
            help: Some("watch with `--mode replay`; `bedrock-check record` calls once".to_owned()),
        }),
    }
}
