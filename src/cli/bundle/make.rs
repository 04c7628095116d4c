//! `bundle`: runs the cases, gathers the files that they read, replays the run from these files alone, and packs the
//! files with the reports.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use serde_json::Map;

use super::origin;
use super::scratch::{self, Scratch, evidence_settings};
use crate::app::{
    Controls, Environment, PlanRun, RunEnd, RunProblem, Session, UnreferencedFiles, check_for_run,
};
use crate::bundle::{
    self, BundlePaths, Conditions, FORMAT, Files, GatherError, Manifest, REPOSITORY, ReplayMismatch,
    ReplayResults, Tool, case_outcomes,
};
use crate::check::Checked;
use crate::cli::arguments::{MakeBundle, SelectionArguments};
use crate::cli::controls::controls;
use crate::cli::output::Output;
use crate::cli::report_to::refuse_kept;
use crate::cli::test::no_config;
use crate::cli::test::test_run::TestRun;
use crate::cli::{CommandResult, Exit, Failure, session};
use crate::config::settings::Mode;
use crate::diagnose::visible_line;
use crate::files::{Base, remove_leftovers_beside, write_whole};
use crate::record::Run;
use crate::report::{JsonLines, Reporters, Verbosity};
use crate::run::{Event, Plan};
use crate::words::plural;

pub(super) fn run(arguments: &MakeBundle, environment: Environment, output: &mut Output) -> CommandResult {
    let started = Instant::now();
    let base = Base::new(environment.working_dir()?);
    let target = bundle::check_target(&arguments.output, &base)
        .map_err(|error| usage_error(&error, Some(error.help())))?;
    refuse_kept(&format!("`--output {}`", arguments.output.display()), &target, [])?;
    let mut session = session::start(environment, Map::new(), output)?;
    session.settings = evidence_settings(session.settings);
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let controls = controls(&session.environment, output);
    let checked = match check_for_run(&session, &arguments.configs, Mode::Replay) {
        Err(failure @ Failure::NoConfig { .. }) => {
            return no_config(failure, &session.settings, output)
                .map(|exit| report_not_written(exit, output));
        }
        checked => checked?,
    };
    let plan = Plan::new(&checked.suites, &selection);
    let test_run = TestRun {
        session: &session,
        mode: Mode::Replay,
        controls: &controls,
        reports: &[],
        unreferenced: UnreferencedFiles::Ignored,
        selected: Some(SelectionArguments {
            configs: &arguments.configs,
            filter: &arguments.filter,
            shard: None,
        }),
        started,
    };
    let mut records = Vec::new();
    let mut reporters = Reporters::new(&session.sources);
    reporters.add_document(&mut records);
    let exit = test_run.run(&checked, &plan, reporters, output)?;
    if !matches!(exit, Exit::Clean | Exit::Failed | Exit::Pending) {
        return Ok(report_not_written(exit, output));
    }
    let recorded = case_outcomes(&Run::from_iter(records), |config| session.root.relative(Path::new(config)));
    let mut files = gather(&session, &checked, &plan, &target)?;
    let conditions = conditions(arguments, &session, &checked, &plan)?;
    let Some(replayed) = replay(&files, &conditions, &session.environment, &controls)? else {
        return Ok(report_not_written(Exit::Interrupted, output));
    };
    ReplayMismatch::check(&recorded, &replayed.result, &files, &conditions)
        .map_err(|error| usage_error(&error, Some(error.help())))?;
    let names = files.keys().filter_map(|name| name.strip_prefix(REPOSITORY));
    let git = origin::find_commit(&session, names);
    let counts = replayed.result.counts.clone();
    replayed.result.add_reports(replayed.json_lines, &mut files).map_err(Failure::usage)?;
    let tool = Tool { name: "bedrock-check".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let mut manifest =
        Manifest { format: FORMAT, tool, git, conditions, outcomes: counts, files: Vec::new() };
    let bytes = bundle::pack(&mut manifest, &files).map_err(Failure::usage)?;
    remove_leftovers_beside(std::iter::once(target.as_path()));
    write_whole(&target, &bytes)?;
    print_summary(&arguments.output, &bytes, files.len(), output)?;
    Ok(exit)
}

fn report_not_written(exit: Exit, output: &Output) -> Exit {
    output.print_message("no bundle was written");
    exit
}

fn usage_error(error: &impl std::error::Error, help: Option<&str>) -> Failure {
    Failure::Usage { message: error.to_string(), help: help.map(str::to_owned) }
}

fn gather(session: &Session, checked: &Checked, plan: &Plan<'_>, target: &Path) -> Result<Files, Failure> {
    let pending_dir = session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
    let places = BundlePaths { root: &session.root, base: &session.base, pending_dir, target };
    bundle::gather(&places, checked, plan).map_err(|error| usage_error(&error, error.help()))
}

fn conditions(
    arguments: &MakeBundle,
    session: &Session,
    checked: &Checked,
    plan: &Plan<'_>,
) -> Result<Conditions, Failure> {
    let configs = checked.suites.iter().map(|suite| bundle::name_in_bundle(&session.root, &suite.path));
    let configs = configs.collect::<Result<_, GatherError>>();
    let read = checked.read_log.entries().variables;
    let variables = bundle::bundled_variables(&session.environment.variables, plan, &read, &arguments.env);
    let full_match = session.environment.non_empty("INSTA_REQUIRE_FULL_MATCH");
    Ok(Conditions {
        configs: configs.map_err(|error| usage_error(&error, error.help()))?,
        profile: arguments.configs.profile.clone(),
        set: bundle::overridden_keys(&arguments.configs.set),
        environment: variables.map_err(|error| usage_error(&error, Some(error.help())))?,
        filter: arguments.filter.ids.clone(),
        model: arguments.filter.model.clone(),
        tag: arguments.filter.tag.clone(),
        full_match: full_match.is_some_and(|value| value != "0"),
    })
}

/// The replay of the cases from the gathered files.
struct Replay {
    result: ReplayResults,
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
    let end = run.run(&mut |event: Event<'_>| reporters.handle_event(event))?;
    reporters.close()?;
    match end {
        Some(RunEnd { problems, .. }) if problems.contains(&RunProblem::Interrupted) => Ok(None),
        _ => Ok(Some(Replay { result: ReplayResults::new(records), json_lines })),
    }
}

fn print_summary(path: &Path, bytes: &[u8], files: usize, output: &Output) -> std::io::Result<()> {
    if output.verbosity <= Verbosity::Verdict {
        return Ok(());
    }
    let mut out = output.stdout();
    let (path, kib) = (visible_line(&path.display().to_string()).into_owned(), bytes.len().div_ceil(1024));
    writeln!(out, "  bundle: {path}, {}, {kib} KiB", plural(files, "file"))?;
    writeln!(out, "  digest: sha256:{}", bundle::sha256(bytes))?;
    out.flush()
}
