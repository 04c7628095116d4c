//! `test --bundle`: replays the run of a bundle from the bundle alone.

use std::io;
use std::iter;
use std::path::Path;
use std::time::Instant;

use super::scratch::{self, Scratch};
use super::verify::{print_problems, read_bundle};
use crate::app::{Environment, UnreferencedFiles};
use crate::bundle::{VerifiedBundle, case_outcomes, describe_differences, verify};
use crate::cli::arguments::Test;
use crate::cli::controls::controls;
use crate::cli::output::Output;
use crate::cli::report_to::ReportTo;
use crate::cli::test::test_run::TestRun;
use crate::cli::{CommandResult, Exit};
use crate::config::settings::Mode;
use crate::diagnose::{short, visible_line};
use crate::record::Run;
use crate::report::Reporters;
use crate::run::Plan;

pub(super) fn run(
    file: &Path,
    arguments: &Test,
    environment: &Environment,
    output: &mut Output,
) -> CommandResult {
    let controls = controls(environment, output);
    let scratch = Scratch::new()?;
    let unpack = &mut |name: &str, contents: &[u8]| {
        scratch.write(name, contents).map_err(|failure| io::Error::other(failure.to_string()))
    };
    let verified = match verify(&read_bundle(file)?, unpack) {
        Ok(verified) => verified,
        Err(problems) => {
            print_problems(file, &problems.iter().map(ToString::to_string).collect::<Vec<_>>(), output);
            return Ok(Exit::Invalid);
        }
    };
    let started = Instant::now();
    let conditions = &verified.manifest.conditions;
    let mut session = scratch.start(conditions, environment)?;
    session.settings.jobs = arguments.jobs.or(session.settings.jobs);
    output.apply_color_setting(session.settings.color);
    let selection = scratch::selection(conditions)?;
    // Writes only the reports of the command line, not those of the settings.
    let reports = ReportTo::parse_all(&arguments.report)?;
    let reports = ReportTo::with_previous(reports, arguments.previous.as_deref(), output)?;
    let checked = scratch::check(&session, conditions)?;
    let others = iter::once(file).chain(arguments.previous.as_deref());
    ReportTo::check_targets(&reports, &session, &checked, others)?;
    let plan = Plan::new(&checked.suites, &selection);
    let test_run = TestRun {
        session: &session,
        mode: Mode::Replay,
        controls: &controls,
        reports: &reports,
        unreferenced: UnreferencedFiles::Ignored,
        selected: None,
        started,
    };
    let mut records = Vec::new();
    let mut reporters = Reporters::new(&session.sources);
    reporters.add_document(&mut records);
    let exit = test_run.run(&checked, &plan, reporters, output)?;
    let now = case_outcomes(&Run::from_iter(records), str::to_owned);
    let other = describe_differences(&verified.outcomes, &now);
    print_comparison(file, &verified, &other, output);
    Ok(if other.is_empty() { exit } else { Exit::most_urgent(&[exit, Exit::Failed]) })
}

/// Prints whether the outcomes match those that the bundle recorded.
fn print_comparison(file: &Path, verified: &VerifiedBundle, other: &[String], output: &Output) {
    const SHOWN: usize = 20;
    let file = file.display().to_string();
    let (file, tool) = (visible_line(&file), &verified.manifest.tool);
    if other.is_empty() {
        output.print_message(&format!("{file}: all outcomes match the recorded ones"));
        output.print_message(&format!("digest: sha256:{}", verified.digest));
        return;
    }
    output.print_always(&format!("error: {file}: {} from the recorded ones", outcomes_differ(other.len())));
    for other in other.iter().take(SHOWN) {
        output.print_always(&format!("  = note: {}", short(other, 500)));
    }
    if other.len() > SHOWN {
        output.print_always(&format!("  = note: {} more", other.len() - SHOWN));
    }
    let made = format!("the bundle was made by {} {}", tool.name, tool.version);
    output.print_always(&format!(
        "  = help: {}; this is version {}",
        short(&made, 200),
        env!("CARGO_PKG_VERSION")
    ));
}

fn outcomes_differ(count: usize) -> String {
    if count == 1 { "1 outcome differs".to_owned() } else { format!("{count} outcomes differ") }
}
