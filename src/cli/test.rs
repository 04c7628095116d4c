//! `test`: runs the cases, reports, and chooses the exit code.

pub(super) mod test_run;
mod watch;

use std::time::Instant;

use serde_json::{Map, Value, json};

use self::test_run::TestRun;
use super::arguments::Test;
use super::controls::controls;
use super::lock::wait_for_other_runs;
use super::output::Output;
use super::report_to::ReportTo;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::{Environment, UnreferencedFiles, changes_cases, check_for_run, mode};
use crate::config::settings::{self, Mode, Settings, SnapshotUpdate};
use crate::files::remove_leftovers_beside;
use crate::report::Reporters;
use crate::run::Plan;

/// `record`: runs `test` in a mode that records.
pub(super) fn record(arguments: &Test, environment: Environment, output: &mut Output) -> CommandResult {
    let mode = arguments.mode.unwrap_or(Mode::RecordMissing);
    if matches!(mode, Mode::Replay | Mode::Live) {
        return Err(Failure::Usage {
            message: format!("`record` needs a mode that records, not `{}`", mode.name()),
            help: Some("the modes are `record-missing`, `record-stale` and `record-all`".to_owned()),
        });
    }
    run(&Test { mode: Some(mode), ..arguments.clone() }, environment, output)
}

pub(super) fn run(arguments: &Test, environment: Environment, output: &mut Output) -> CommandResult {
    if arguments.watch {
        return watch::run(arguments, environment, output);
    }
    let started = Instant::now();
    let session = session::start(environment, flags(arguments), output)?;
    let mode = mode(&session, arguments.mode)?;
    let writes = changes_cases(&session, mode, !arguments.check)?;
    let _lock = writes.then(|| wait_for_other_runs(&session.root.path, output));
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let reports = ReportTo::from_settings(&session)?;
    let reports = ReportTo::with_previous(reports, arguments.previous.as_deref(), output)?;
    let controls = controls(&session.environment, output);
    let checked = match check_for_run(&session, &arguments.configs, mode) {
        Err(failure @ Failure::NoConfig { .. }) => return no_config(failure, &session.settings, output),
        checked => checked?,
    };
    ReportTo::check_targets(&reports, &session, &checked, arguments.previous.as_deref())?;
    let plan = Plan::new(&checked.suites, &selection).select_shard(arguments.shard);
    if writes {
        remove_leftovers_beside(plan.cases.iter().flat_map(|planned| {
            let case = planned.case;
            [case.fixture_path.as_path(), &case.snapshot_path]
        }));
    }
    let test_run = TestRun {
        session: &session,
        mode,
        controls: &controls,
        reports: &reports,
        unreferenced: UnreferencedFiles::FromSettings { may_delete: !arguments.check },
        selected: Some(arguments.selection()),
        started,
    };
    test_run.run(&checked, &plan, Reporters::new(&session.sources), output)
}

/// The flags that override settings, as a table of settings.
fn flags(arguments: &Test) -> Map<String, Value> {
    let max_fail = if arguments.fail_fast { Some(1) } else { arguments.max_fail.map(usize::from) };
    let update = match (arguments.accept, arguments.check) {
        (true, _) => Some(SnapshotUpdate::Always),
        (_, true) => Some(SnapshotUpdate::No),
        _ => arguments.update,
    };
    let given = [
        ("mode", arguments.mode.map(|mode| json!(mode))),
        ("allow_endpoint", list(&arguments.allow_endpoint)),
        ("retries", arguments.retries.map(|retries| json!(retries))),
        ("max_cost", arguments.max_cost.map(|limit| json!(limit))),
        ("requests_per_minute", arguments.requests_per_minute.map(|limit| json!(limit))),
        ("tokens_per_minute", arguments.tokens_per_minute.map(|limit| json!(limit))),
        ("jobs", arguments.jobs.map(|jobs| json!(jobs))),
        ("max_fail", max_fail.map(|limit| json!(limit))),
        ("no_tests", arguments.no_tests.map(|word| json!(word))),
        ("update", update.map(|word| json!(word))),
        ("unreferenced", arguments.unreferenced.map(|word| json!(word))),
        ("report", list(&arguments.report)),
    ];
    given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// A repeatable flag; `None` if it was not given.
fn list(given: &[String]) -> Option<Value> {
    (!given.is_empty()).then(|| json!(given))
}

/// Handles missing configs like an empty selection, as `no_tests` demands.
pub(super) fn no_config(failure: Failure, settings: &Settings, output: &Output) -> CommandResult {
    match settings.no_tests.unwrap_or_default() {
        settings::NoTests::Fail => Err(failure),
        settings::NoTests::Warn => {
            output.print_message(&format!("warning: {failure}"));
            Ok(Exit::Clean)
        }
        settings::NoTests::Pass => Ok(Exit::Clean),
    }
}
