//! `bundle`: runs the cases, gathers the files that they read, replays the run from these files alone, and packs the
//! files with the reports.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use serde_json::Map;

use super::origin;
use super::scratch::{self, Scratch, evidence};
use crate::app::{
    Controls, Environment, PlanRun, RunEnd, RunProblem, Session, UnreferencedFiles, check_for_run,
};
use crate::bundle::{
    self, Conditions, FORMAT, Files, GatherError, Manifest, OtherRun, Places, REPOSITORY, Replayed, Tool,
    outcomes,
};
use crate::check::Checked;
use crate::cli::arguments::{MakeBundle, Selected};
use crate::cli::controls::controls;
use crate::cli::output::Output;
use crate::cli::test::no_config;
use crate::cli::test::round::Round;
use crate::cli::{Ended, Exit, Failure, session};
use crate::config::settings::Mode;
use crate::diagnose::visible;
use crate::files::{Base, write_whole};
use crate::record::Run;
use crate::report::{JsonLines, Reporters, Verbosity};
use crate::run::{Event, Plan};
use crate::words::plural;

pub(super) fn run(arguments: &MakeBundle, environment: Environment, output: &mut Output) -> Ended {
    let started = Instant::now();
    let base = Base::new(environment.working_dir()?);
    let target =
        bundle::target(&arguments.output, &base).map_err(|error| refused(&error, Some(error.help())))?;
    let mut session = session::start(environment, Map::new(), output)?;
    session.settings = evidence(session.settings);
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let controls = controls(&session.environment);
    let checked = match check_for_run(&session, &arguments.configs, Mode::Replay) {
        Err(none @ Failure::NoConfig { .. }) => {
            return no_config(none, &session.settings, output).map(|exit| not_written(exit, output));
        }
        checked => checked?,
    };
    let plan = Plan::new(&checked.suites, &selection);
    let round = Round {
        session: &session,
        mode: Mode::Replay,
        controls: &controls,
        reports: &[],
        unreferenced: UnreferencedFiles::Ignored,
        selected: Some(Selected { configs: &arguments.configs, filter: &arguments.filter, shard: None }),
        started,
    };
    let mut records = Vec::new();
    let mut reporters = Reporters::new(&session.sources);
    reporters.add_document(&mut records);
    let exit = round.run(&checked, &plan, reporters, output)?;
    if !matches!(exit, Exit::Clean | Exit::Failed | Exit::Pending) {
        return Ok(not_written(exit, output));
    }
    let found = outcomes(&Run::from_iter(records), |config| session.root.relative(Path::new(config)));
    let mut files = gather(&session, &checked, &plan, &target)?;
    let conditions = conditions(arguments, &session, &checked, &plan)?;
    let Some(replayed) = replay(&files, &conditions, &session.environment, &controls)? else {
        return Ok(not_written(Exit::Interrupted, output));
    };
    OtherRun::check(&found, &replayed.taken, &files, &conditions)
        .map_err(|error| refused(&error, Some(error.help())))?;
    let names = files.keys().filter_map(|name| name.strip_prefix(REPOSITORY));
    let git = origin::git(&session.root.path, names);
    let counts = replayed.taken.counts.clone();
    replayed.taken.add_reports(replayed.json_lines, &mut files).map_err(Failure::usage)?;
    let tool = Tool { name: "bedrock-check".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let mut manifest =
        Manifest { format: FORMAT, tool, git, conditions, outcomes: counts, files: Vec::new() };
    let bytes = bundle::write(&mut manifest, &files).map_err(Failure::usage)?;
    write_whole(&target, &bytes)?;
    tell(&arguments.output, &bytes, files.len(), output)?;
    Ok(exit)
}

fn not_written(exit: Exit, output: &Output) -> Exit {
    output.talk("no bundle was written");
    exit
}

fn refused(error: &impl std::error::Error, help: Option<&str>) -> Failure {
    Failure::Usage { message: error.to_string(), help: help.map(str::to_owned) }
}

fn gather(session: &Session, checked: &Checked, plan: &Plan<'_>, target: &Path) -> Result<Files, Failure> {
    let pending_dir = session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
    let places = Places { root: &session.root, base: &session.base, pending_dir, target };
    bundle::gather(&places, checked, plan).map_err(|error| refused(&error, error.help()))
}

fn conditions(
    arguments: &MakeBundle,
    session: &Session,
    checked: &Checked,
    plan: &Plan<'_>,
) -> Result<Conditions, Failure> {
    let configs = checked.suites.iter().map(|suite| bundle::name(&session.root, &suite.path));
    let configs = configs.collect::<Result<_, GatherError>>();
    let read = checked.reads.so_far().variables;
    let variables = bundle::variables(&session.environment.variables, plan, &read, &arguments.env);
    let full_match = session.environment.non_empty("INSTA_REQUIRE_FULL_MATCH");
    Ok(Conditions {
        configs: configs.map_err(|error| refused(&error, error.help()))?,
        profile: arguments.configs.profile.clone(),
        set: bundle::set(&arguments.configs.set),
        environment: variables.map_err(|error| refused(&error, Some(error.help())))?,
        filter: arguments.filter.ids.clone(),
        model: arguments.filter.model.clone(),
        tag: arguments.filter.tag.clone(),
        full_match: full_match.is_some_and(|value| value != "0"),
    })
}

/// The replay of the cases from the gathered files.
struct Replay {
    taken: Replayed,
    json_lines: Vec<u8>,
}

/// Replays the cases from `files` alone; `None` if the run was interrupted.
fn replay(
    files: &Files,
    conditions: &Conditions,
    environment: &Environment,
    controls: &Controls,
) -> Result<Option<Replay>, Failure> {
    let scratch = Scratch::new()?;
    for (name, file) in files {
        scratch.write(name, &file.bytes)?;
    }
    let session = scratch.start(conditions, environment)?;
    let selection = scratch::selection(conditions)?;
    let checked = scratch::check(&session, conditions)?;
    let plan = Plan::new(&checked.suites, &selection);
    let run = PlanRun {
        session: &session,
        checked: &checked,
        plan: &plan,
        mode: Mode::Replay,
        controls,
        shows_exchanges: true,
        unreferenced: UnreferencedFiles::Ignored,
        started: Instant::now(),
    };
    let mut json_lines = Vec::new();
    let mut records = Vec::new();
    let mut reporters = Reporters::new(&session.sources);
    reporters.add_stream(JsonLines::new(&mut json_lines));
    reporters.add_document(&mut records);
    let ended = run.run(&mut |event: Event<'_>| reporters.take(event))?;
    reporters.close()?;
    match ended {
        Some(RunEnd { problems, .. }) if problems.contains(&RunProblem::Interrupted) => Ok(None),
        _ => Ok(Some(Replay { taken: Replayed::new(records), json_lines })),
    }
}

fn tell(path: &Path, bytes: &[u8], files: usize, output: &Output) -> std::io::Result<()> {
    if output.verbosity <= Verbosity::Verdict {
        return Ok(());
    }
    let mut out = output.answer();
    let (path, kib) = (visible(&path.display().to_string()).into_owned(), bytes.len().div_ceil(1024));
    writeln!(out, "  bundle: {path}, {}, {kib} KiB", plural(files, "file"))?;
    writeln!(out, "  digest: sha256:{}", bundle::sha256(bytes))?;
    out.flush()
}
