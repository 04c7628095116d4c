//! One cycle of the watcher: reads the current configs, and runs the affected cases.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::paths::{Real, stamp};
use super::{Due, Watch, changes};
use crate::app::{Session, UnreferencedFiles, check_for_run, mode};
use crate::check::Checked;
use crate::cli::output::Output;
use crate::cli::session::{self, verdict};
use crate::cli::test::flags;
use crate::cli::test::round::Round;
use crate::cli::{Exit, Failure};
use crate::config::discover::folders;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::settings::Mode;
use crate::diagnose::Severity;
use crate::report::{Reporter, Reporters};
use crate::run::{CaseRun, Event, Outcome, Plan, Planned, Selection, Written};
use crate::watch::{self, Known, touched};

pub(super) struct Look {
    started: Instant,
    session: Session,
    selection: Selection,
    checked: Checked,
    now: Known,
    here: PathBuf,
}

impl Look {
    /// Listens to the folders before it reads them, so that no change is missed.
    pub(super) fn new(watch: &mut Watch<'_>, output: &mut Output) -> Result<Look, Failure> {
        let started = Instant::now();
        let session = session::start(watch.environment.clone(), flags(watch.arguments), output)?;
        let mut real = Real::default();
        let here = real.path(Path::new("./."));
        watch.settings = SETTINGS_FILES.iter().map(|name| real.path(&session.root.path.join(name))).collect();
        let configs = &watch.arguments.configs;
        let searched = follow_searched(watch, &configs.paths)?;
        replays(&session, watch.arguments.mode)?;
        let selection = watch.arguments.filter.selection().map_err(Failure::usage)?;
        let paths = session.discover(configs)?;
        let checked = check_for_run(&session, configs, Mode::Replay)?;
        let now = Known::of(&paths, &checked.suites, |path| real.path(path));
        watch.follow(&searched, &now)?;
        Ok(Look { started, session, selection, checked, now, here })
    }

    /// Runs the cases that are due, and stores the files and cases that it used in `watch`.
    pub(super) fn run(mut self, watch: &mut Watch<'_>, output: &mut Output) -> Result<(), Failure> {
        let valid = verdict(&self.checked.findings) != Exit::Invalid;
        let told = self.told(watch);
        let settings_changed = told.iter().any(|path| watch.settings.contains(path));
        let all = watch.due.all || settings_changed;
        let wanted = self.wanted(watch, all);
        if valid && !all {
            self.narrow(&told);
        }
        let silent = !all && !watch.due.open && told.is_empty() && wanted.is_empty();
        if !told.is_empty() && output.tells(Severity::Warning) {
            let mut out = output.answer();
            writeln!(out, "{}", changes(&told, &self.here))?;
            out.flush()?;
        }
        if !silent {
            self.cases(watch, all, &wanted, output)?;
        }
        watch.looked_at = Known { files: self.now.files.clone(), ..Known::default() };
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
    fn told(&self, watch: &Watch<'_>) -> BTreeSet<PathBuf> {
        let changed = || watch.due.changed.iter();
        let mut told: BTreeSet<&PathBuf> = changed().filter(|path| watch.settings.contains(path)).collect();
        for known in [&watch.known, &self.now] {
            told.extend(known.used(changed()).into_iter().filter(|path| !path.is_dir()));
        }
        told.into_iter().cloned().collect()
    }

    /// Keeps only the findings in the files that `changed`. An earlier cycle printed the others.
    fn narrow(&mut self, changed: &BTreeSet<PathBuf>) {
        let (mut real, sources) = (Real::default(), &self.session.sources);
        self.checked
            .findings
            .retain(|finding| changed.contains(&real.path(&sources.path(finding.at.span.file))));
    }

    fn wanted(&self, watch: &Watch<'_>, all: bool) -> BTreeSet<watch::Key> {
        if all {
            return BTreeSet::new();
        }
        let mut wanted = touched(&watch.known, &self.now, &watch.due.changed);
        if watch.due.open {
            wanted.extend(watch.open.iter().cloned());
        }
        wanted
    }

    fn cases(
        &self,
        watch: &mut Watch<'_>,
        all: bool,
        wanted: &BTreeSet<watch::Key>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let key = |planned: &Planned<'_>| (planned.suite.path.clone(), planned.case.id.clone());
        let plan = Plan::new(&self.checked.suites, &self.selection);
        let plan = if all { plan } else { plan.only(|planned| wanted.contains(&key(planned))) };
        if !all && plan.cases.is_empty() && verdict(&self.checked.findings) != Exit::Invalid {
            let why = if watch.due.open { "no case is open" } else { "no case is touched" };
            let mut out = output.answer();
            if output.tells(Severity::Warning) {
                session::print(&self.session, &self.checked.findings, &mut out, output.color())?;
                writeln!(out, "  {why}")?;
            }
            return Ok(out.flush()?);
        }
        // While somebody edits, a file that belongs to no case may belong to one a moment later.
        let unreferenced =
            if all { UnreferencedFiles::Settled { may_delete: false } } else { UnreferencedFiles::Ignored };
        let round = Round {
            session: &self.session,
            mode: Mode::Replay,
            controls: &watch.controls.clone(),
            reports: &[],
            unreferenced,
            selected: Some(watch.arguments.selected()),
            started: self.started,
        };
        let mut reporters = Reporters::new(&self.session.sources);
        reporters.add(Keep { look: self, watch });
        round.run(&self.checked, &plan, reporters, output)?;
        Ok(())
    }

    /// Records whether the case passed, and the stamp of a snapshot that this run accepted.
    fn keep(&self, case: &CaseRun, watch: &mut Watch<'_>) {
        let key = (case.config.clone(), case.id.clone());
        let inputs = self.now.cases.get(&key).filter(|_| case.written == Some(Written::Accepted));
        if let Some(inputs) = inputs {
            watch.own.insert(inputs.snapshot.clone(), stamp(&inputs.snapshot));
        }
        match case.attempt.outcome {
            Outcome::Pass => drop(watch.open.remove(&key)),
            Outcome::Skipped => (),
            _ => drop(watch.open.insert(key)),
        }
    }
}

/// Listens to the folders in which configs are searched for, and returns them. A folder that is created before its
/// parent is listened to causes no event, so they are searched again until they stay the same.
fn follow_searched(watch: &mut Watch<'_>, paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut searched = searched(paths);
    loop {
        watch.follow(&searched, &Known::default())?;
        let searched_now = self::searched(paths);
        if searched_now == searched {
            return Ok(searched);
        }
        searched = searched_now;
    }
}

/// The folders in which configs are searched for.
fn searched(paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut real = Real::default();
    // A file's path has the form in which paths are compared; a folder has that of a file in it.
    let as_seen = |folder: PathBuf| real.path(&folder.join("x")).parent().map(Path::to_owned);
    folders(paths).into_iter().filter_map(as_seen).collect()
}

/// Passes the result of each case to the cycle.
struct Keep<'a, 'w> {
    look: &'a Look,
    watch: &'a mut Watch<'w>,
}

impl Reporter for Keep<'_, '_> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Event::Finished(case) = event {
            self.look.keep(case, self.watch);
        }
        Ok(())
    }
}

/// Allows only replay: saving a file must not call Bedrock.
fn replays(session: &Session, flag: Option<Mode>) -> Result<(), Failure> {
    match mode(session, flag)? {
        Mode::Replay => Ok(()),
        calls => Err(Failure::Usage {
            message: format!("`--watch` replays, and `{}` calls Bedrock", calls.name()),
            help: Some("watch with `--mode replay`; `bedrock-check record` calls once".to_owned()),
        }),
    }
}
