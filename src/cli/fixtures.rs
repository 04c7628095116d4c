//! `fixtures scrub`: masks secrets and IDs in recordings of older versions or of other tools.

use std::io::{self, Write};

use serde_json::Map;

use super::arguments::Scrub;
use super::controls::stop_before_next_file;
use super::lock::wait_unless_cancelled;
use super::output::Output;
use super::session::{self, exit_for};
use super::{CommandResult, Exit};
use crate::app::Environment;
use crate::check::Purpose;
use crate::diagnose::{Finding, Severity, visible, visible_line};
use crate::files::fence::Fence;
use crate::files::{layout, remove_leftovers_beside};
use crate::invoke::{self, ScrubError, ScrubbedFixture};
use crate::run::{Plan, Planned, Selection, find_file_outside_root, report_unanswered};
use crate::words::plural;

pub(super) fn scrub(arguments: &Scrub, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let interrupted = stop_before_next_file(output);
    let lock = (!arguments.check).then(|| wait_unless_cancelled(&session.root.path, &interrupted, output));
    if matches!(lock, Some(None)) {
        return Ok(Exit::Interrupted);
    }
    let checked = session.check(&arguments.configs, Purpose::Run)?;
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut findings: Vec<Finding> = errors.cloned().collect();
    let plan = Plan::new(&checked.suites, &Selection::default());
    let fence = Fence::new(&session.root.path);
    let (mut out, mut changed) = (output.stdout(), 0);
    if !arguments.check {
        remove_leftovers_beside(plan.cases.iter().map(|planned| planned.case.fixture_path.as_path()));
    }
    for planned in &plan.cases {
        if interrupted.is_cancelled() {
            return Ok(Exit::Interrupted);
        }
        if let Some(finding) = find_file_outside_root(planned, &fence) {
            findings.push(finding);
            continue;
        }
        match invoke::scrub(planned.model, planned.case) {
            Ok(Some(cleaned)) => {
                changed += 1;
                if !arguments.check {
                    let from = layout::config_folder(&planned.suite.path);
                    fence.place(&planned.case.fixture_path, from)?.write(cleaned.text.as_bytes())?;
                }
                print_scrubbed(planned, &cleaned, arguments.check, &mut out)?;
            }
            Ok(None) => (),
            Err(ScrubError::Secret(finding)) => findings.push(*finding),
            Err(ScrubError::Unusable(why)) => {
                findings.push(report_unanswered(planned, &why, &session.sources));
            }
        }
    }
    let word = if arguments.check { "to scrub" } else { "scrubbed" };
    writeln!(out, "{changed} of {} {word}", plural(plan.cases.len(), "recording"))?;
    out.flush()?;
    session::print_to_stderr(&session, &findings, output)?;
    let pending = if arguments.check && changed > 0 { Exit::Pending } else { Exit::Clean };
    Ok(Exit::most_urgent(&[exit_for(&findings), pending]))
}

fn print_scrubbed(
    planned: &Planned<'_>,
    cleaned: &ScrubbedFixture,
    check: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let word = if check { "would scrub" } else { "scrubbed" };
    writeln!(out, "{word} {}", visible_line(&planned.case.fixture_path.display().to_string()))?;
    cleaned.lines.iter().try_for_each(|line| writeln!(out, "  {}", visible(line)))
}
