//! `test --watch`: runs all cases, then after each change the affected ones.

mod cycle;
mod events;
mod keys;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use self::cycle::Cycle;
use self::events::{Events, Key, Wake};
use self::keys::Keys;
use self::paths::{Stamp, nearest_folders, stamp};
use crate::app::{Controls, Environment};
use crate::cli::arguments::Test;
use crate::cli::controls::controls_with;
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::config::discover::is_config;
use crate::diagnose::visible_line;
use crate::report::Verbosity;
use crate::watch::{self, RunInputs};
use crate::words::{first_few, plural};

/// How long no file must change before a run. One save in an editor causes several changes.
const QUIET_TIME: Duration = Duration::from_millis(80);

/// The longest wait if files don't stop changing.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The most names of changed files that are printed.
const NAMES_SHOWN: usize = 3;

/// The cases to run next.
#[derive(Default)]
struct Due {
    all: bool,
    open: bool,
    changed: BTreeSet<PathBuf>,
}

struct Watch<'a> {
    arguments: &'a Test,
    environment: Environment,
    controls: Controls,
    has_keys: bool,
    events: Events,
    due: Due,
    /// The files and cases of the last run with valid configs.
    known: RunInputs,
    /// The files that the configs used in the last cycle, even if they had errors.
    current_files: RunInputs,
    settings: Vec<PathBuf>,
    /// The cases that didn't pass in their last run.
    open: BTreeSet<watch::CaseKey>,
    /// The snapshots that this watcher accepted, so that it ignores its own changes.
    accepted: BTreeMap<PathBuf, Stamp>,
}

pub(super) fn run(arguments: &Test, environment: Environment, output: &mut Output) -> CommandResult {
    let (sender, wakes) = mpsc::channel();
    let interrupt_sender = sender.clone();
    // Sending fails only if the watcher has ended.
    let controls = controls_with(&environment, output, move || drop(interrupt_sender.send(Wake::Interrupt)));
    let mut watch = Watch {
        arguments,
        environment,
        controls,
        has_keys: false,
        events: Events::new(sender.clone())?,
        due: Due { all: true, ..Due::default() },
        known: RunInputs::default(),
        current_files: RunInputs::default(),
        settings: Vec::new(),
        open: BTreeSet::new(),
        accepted: BTreeMap::new(),
    };
    watch.run_cycle(output)?;
    let keys = Keys::listen(sender);
    watch.has_keys = keys.is_some();
    loop {
        if watch.controls.interrupted.is_cancelled() {
            return Ok(Exit::Interrupted);
        }
        watch.print_status(output)?;
        match watch.wait(&wakes) {
            Some(due) => watch.add(due),
            None => return Ok(Exit::Clean),
        }
        match watch.run_cycle(output) {
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => drop(output.report_failure(&failure)),
            Ok(()) => (),
        }
    }
}

impl Watch<'_> {
    /// Reads the configs, and runs the cases that are due. Cases that can't run stay due.
    fn run_cycle(&mut self, output: &mut Output) -> Result<(), Failure> {
        let cycle = match Cycle::new(self, output) {
            Err(failure @ Failure::NoConfig { .. }) => {
                self.known = RunInputs::default();
                self.current_files = RunInputs::default();
                self.open.clear();
                self.due.all = true;
                output.report_failure(&failure);
                return Ok(());
            }
            cycle => cycle?,
        };
        cycle.run(self, output)
    }

    /// Listens to the folders of the files that the last run and `now` use, and to the folders in which configs are
    /// searched for. The last run counts because a config that can't be read now hides its cases.
    ///
    /// A folder that is created before its parent is listened to causes no event, so the folders are determined again
    /// until they stay the same.
    fn follow(&mut self, searched: &BTreeSet<PathBuf>, now: &RunInputs) -> Result<(), Failure> {
        self.events.forget(&self.due.changed);
        let mut folders = self.folders(now);
        loop {
            self.events.follow(&folders | searched)?;
            let folders_now = self.folders(now);
            if folders_now == folders {
                return Ok(());
            }
            folders = folders_now;
        }
    }

    /// The nearest folders of everything that the last run and `now` use.
    fn folders(&self, now: &RunInputs) -> BTreeSet<PathBuf> {
        let settings = self.settings.iter().map(PathBuf::as_path);
        let known = [&self.known, &self.current_files, now].into_iter().flat_map(RunInputs::paths);
        nearest_folders(known.chain(settings))
    }

    fn print_status(&self, output: &Output) -> Result<(), Failure> {
        if output.verbosity == Verbosity::Verdict {
            return Ok(());
        }
        let cases = plural(self.known.cases.len(), "case");
        let open = if self.open.is_empty() { String::new() } else { format!(", {} open", self.open.len()) };
        let keys = match (self.has_keys, self.open.is_empty()) {
            (true, true) => "Enter runs all cases, q quits",
            (true, false) => "Enter runs all cases, f the open ones, q quits",
            (false, _) => "Ctrl-C quits",
        };
        let mut out = output.stdout();
        writeln!(out, "\n  watching {cases}{open}; {keys}")?;
        Ok(out.flush()?)
    }

    /// Waits for changes and keys, and returns the cases to run; `None` to end.
    fn wait(&self, wakes: &Receiver<Wake>) -> Option<Due> {
        let mut due = Due::default();
        let (mut quiet, mut latest) = (None, None);
        loop {
            let wake = match quiet {
                None => wakes.recv().ok()?,
                Some(quiet) => {
                    let until: Instant = latest.map_or(quiet, |latest| quiet.min(latest));
                    match wakes.recv_timeout(until.saturating_duration_since(Instant::now())) {
                        Ok(wake) => wake,
                        Err(_) => return Some(due),
                    }
                }
            };
            match wake {
                Wake::Interrupt | Wake::Key(Key::Quit) => return None,
                Wake::Key(Key::All) => return Some(Due { all: true, ..due }),
                Wake::Key(Key::Open) => return Some(Due { open: true, ..due }),
                Wake::EventsLost => due.all = true,
                Wake::Changed(paths) => {
                    let paths: Vec<PathBuf> =
                        paths.into_iter().filter(|path| self.is_relevant(path)).collect();
                    if paths.is_empty() {
                        continue;
                    }
                    due.changed.extend(paths);
                }
            }
            let now = Instant::now();
            quiet = Some(now + QUIET_TIME);
            latest = latest.or(Some(now + LONGEST_WAIT));
        }
    }

    /// Whether a change of `path` can affect a case.
    fn is_relevant(&self, path: &Path) -> bool {
        if self.accepted.get(path).is_some_and(|accepted| *accepted == stamp(path)) {
            return false;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let path = path.to_owned();
        is_config(&name)
            || self.settings.contains(&path)
            || path.is_dir()
            || !self.known.find_used([&path]).is_empty()
            || !self.current_files.find_used([&path]).is_empty()
    }

    fn add(&mut self, due: Due) {
        self.due.all |= due.all;
        self.due.open |= due.open;
        self.due.changed.extend(due.changed);
    }
}

/// `2 files changed: a.bedrock.toml, fixtures/m/one.json`, with paths relative to `here`.
fn describe_changes(changed: &BTreeSet<PathBuf>, here: &Path) -> String {
    let names = changed.iter().map(|path| path.strip_prefix(here).unwrap_or(path).display().to_string());
    let names = first_few(names.map(|name| visible_line(&name).into_owned()), NAMES_SHOWN, " and ");
    format!("  {} changed: {names}", plural(changed.len(), "file"))
}
