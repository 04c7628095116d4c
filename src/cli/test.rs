//! `test`: run the cases, report, decide the exit code.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::arguments::Test;
use super::diff_tool;
use super::environment::Environment;
use super::github::Step;
use super::live;
use super::next;
use super::output::{Forgiving, Output};
use super::plan;
use super::probe;
use super::progress::Progress;
use super::report_to::ReportTo;
use super::session::{Session, verdict};
use super::{Ended, Exit, Failure};
use crate::check::{Checked, Purpose};
use crate::config::settings::{self, Mode, Settings, SnapshotUpdate, Unreferenced};
use crate::diagnose::{Code, Finding, Severity, visible};
use crate::fence::Fence;
use crate::invoke::Unasked;
use crate::lint::unreferenced;
use crate::report::{Reporters, Terminal, Verbosity};
use crate::run::{self, Event, Options, Outcome, Plan, Summary, Treatment};
use crate::snapshot::Update;

/// `record`: the same in a mode that records.
pub(super) fn record(arguments: &Test, environment: Environment, output: &mut Output) -> Ended {
    let mode = arguments.mode.unwrap_or(Mode::RecordMissing);
    if matches!(mode, Mode::Replay | Mode::Live) {
        return Err(Failure::Usage {
            message: format!("`record` records, and `{}` does not", mode.name()),
            help: Some("the modes are `record-missing`, `record-stale` and `record-all`".to_owned()),
        });
    }
    run(&Test { mode: Some(mode), ..arguments.clone() }, environment, output)
}

pub(super) fn run(arguments: &Test, environment: Environment, output: &mut Output) -> Ended {
    let started = Instant::now();
    let session = Session::start(environment, flags(arguments), output)?;
    let mode = live::mode(&session, arguments.mode)?;
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let reports = ReportTo::parse_all(&session.settings.report)?;
    let interrupted = live::on_interrupt();
    let options = options(&session, mode, Arc::clone(&interrupted))?;
    let checked = match check(&session, arguments, mode) {
        Err(none @ Failure::NoConfig { .. }) => return no_config(none, &session.settings, output),
        checked => checked?,
    };
    let (mut talk, color) = talk(&reports, output);
    let mut reporters = Reporters::default();
    let step = Step::of(&session.environment);
    let terminal = Terminal::new(&mut talk, &session.sources, output.verbosity, color);
    reporters.add(terminal.with_diff_tool(diff_tool::of(&session.environment)));
    for report in &reports {
        report.open(&mut reporters, &session.sources, &step, output);
    }
    let plan = Plan::new(&checked.suites, &selection);
    if let Some(findings) = stops(&checked, &plan, &session, &options) {
        refuse(findings, checked.files, mode, &mut reporters);
        // That a report can't be written is the lesser evil, and told all the same.
        if let Err(error) = reporters.close() {
            output.failure(&Failure::Output(error));
        }
        return Ok(Exit::Invalid);
    }
    let mut progress = Progress::new(plan.cases.len(), io::stderr().is_terminal(), output.verbosity);
    let invoker = live::invoker(&session, mode, &interrupted)?;
    let mut summary = run::run(&plan, invoker.as_ref(), &options, &session.sources, |event| {
        progress.hide_while(|| reporters.take(event));
        progress.take(event);
        if let Event::Started { .. } = event {
            reporters.take(Event::Told(&checked.findings));
        }
    });
    progress.finish();
    summary.took = started.elapsed();
    let mut reasons = reasons(&summary);
    let may_delete = reasons.is_empty() && mode != Mode::Live && !arguments.check;
    let lost = unclaimed(&checked, &session, may_delete, output);
    summary.unreferenced = lost.len();
    reporters.take(Event::Told(&lost));
    reporters.take(Event::Ended(&summary));
    reporters.close()?;
    reasons.extend(lost.iter().any(|finding| finding.severity == Severity::Error).then_some(Exit::Pending));
    let why = probe::why_empty(&arguments.filter, &checked).unwrap_or_else(|| why_empty(&plan));
    reasons.extend(empty(&plan, why, &session.settings, output));
    // What a live call said is in no file.
    if mode != Mode::Live && !session.environment.is_replaying() {
        next::tell(&summary, arguments, output, &mut talk)?;
    }
    talk.flush()?;
    Ok(Exit::most_urgent(&reasons))
}

/// The configs, checked for a run in `mode`.
fn check(session: &Session, arguments: &Test, mode: Mode) -> Result<Checked, Failure> {
    let mut checked = session.check(&arguments.configs, Purpose::Run)?;
    if mode == Mode::Replay {
        // The recorded response tells better what it lacks.
        checked.findings.retain(|finding| finding.code != Code::MappingImpossible);
    }
    Ok(checked)
}

/// Where a person reads, and whether in colour: not where a report goes.
fn talk(reports: &[ReportTo], output: &Output) -> (Box<dyn Write>, bool) {
    if output.verbosity == Verbosity::Silent {
        (Box::new(io::sink()), false)
    } else if reports.iter().any(ReportTo::is_stdout) {
        (Box::new(Forgiving(io::stderr())), output.color_of(&io::stderr()))
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
    let unpriced = plan::unpriced(plan, options.mode, &options.prices);
    (!unpriced.is_empty()).then_some(unpriced)
}

/// Reports a run that could not begin: a stale report of an earlier one would say that all is well.
pub(super) fn refuse(findings: Vec<Finding>, files: usize, mode: Mode, reporters: &mut Reporters<'_>) {
    reporters.take(Event::Started { mode, cases: 0, files });
    reporters.take(Event::Told(&findings));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    reporters.take(Event::Ended(&Summary { refused: errors.count(), ..Summary::default() }));
}

/// The flags that are settings, as a table of settings.
fn flags(arguments: &Test) -> Map<String, Value> {
    let max_fail = if arguments.fail_fast { Some(1) } else { arguments.max_fail.map(usize::from) };
    let update = match (arguments.accept, arguments.check) {
        (true, _) => Some(SnapshotUpdate::Always),
        (_, true) => Some(SnapshotUpdate::No),
        _ => arguments.update,
    };
    let given = [
        ("mode", arguments.mode.map(|mode| json!(mode))),
        ("retries", arguments.retries.map(|retries| json!(retries))),
        ("max_cost", arguments.max_cost.map(|limit| json!(limit))),
        ("requests_per_minute", arguments.requests_per_minute.map(|limit| json!(limit))),
        ("tokens_per_minute", arguments.tokens_per_minute.map(|limit| json!(limit))),
        ("jobs", arguments.jobs.map(|jobs| json!(jobs))),
        ("max_fail", max_fail.map(|limit| json!(limit))),
        ("no_tests", arguments.no_tests.map(|word| json!(word))),
        ("update", update.map(|word| json!(word))),
        ("unreferenced", arguments.unreferenced.map(|word| json!(word))),
        ("report", (!arguments.report.is_empty()).then(|| json!(arguments.report))),
    ];
    given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// How the run treats snapshots: a flag or setting, else what `INSTA_UPDATE` and `CI` say.
fn options(session: &Session, mode: Mode, interrupted: Arc<AtomicBool>) -> Result<Options, Failure> {
    let environment = &session.environment;
    let flag = session.settings.update.and_then(update);
    let update = Update::resolve(flag, environment.get("INSTA_UPDATE"), environment.is_ci());
    let treatment = Treatment {
        // A live run writes nothing.
        update: update
            .map_err(Failure::usage)
            .map(|update| if mode == Mode::Live { Update::No } else { update })?,
        full_match: environment.non_empty("INSTA_REQUIRE_FULL_MATCH").is_some_and(|value| value != "0"),
        pending_dir: environment.non_empty("INSTA_PENDING_DIR").map(PathBuf::from),
        root: session.root.path.clone(),
    };
    let prices = live::prices(&session.settings);
    Ok(Options {
        mode,
        prices,
        jobs: session.jobs(),
        max_fail: session.settings.max_fail,
        treatment,
        interrupted,
    })
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

/// Without a config there is no case either.
fn no_config(none: Failure, settings: &Settings, output: &Output) -> Ended {
    match settings.no_tests.unwrap_or_default() {
        settings::NoTests::Fail => Err(none),
        settings::NoTests::Warn => {
            output.talk(&format!("warning: {none}"));
            Ok(Exit::Clean)
        }
        settings::NoTests::Pass => Ok(Exit::Clean),
    }
}

fn empty(plan: &Plan<'_>, why: &str, settings: &Settings, output: &Output) -> Option<Exit> {
    let wanted = settings.no_tests.unwrap_or_default();
    if !plan.cases.is_empty() || wanted == settings::NoTests::Pass {
        return None;
    }
    let word = if wanted == settings::NoTests::Fail { "error" } else { "warning" };
    output.talk(&format!("{word}: {why}"));
    (wanted == settings::NoTests::Fail).then_some(Exit::NothingSelected)
}

/// Why a plan has no case, and the way out.
pub(super) fn why_empty(plan: &Plan<'_>) -> &'static str {
    if plan.deselected > 0 {
        "the filter left no case; `bedrock-check list` shows them all"
    } else if plan.disabled > 0 {
        "every model with a case is switched off; remove `enabled = false`"
    } else {
        "the configs have no case; add `[[models.NAME.cases]]`"
    }
}
