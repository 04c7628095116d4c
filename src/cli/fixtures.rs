//! `fixtures scrub`: cleans recordings that were made before, or by something else.

use std::io::{self, Write};

use serde_json::Map;

use super::arguments::Scrub;
use super::environment::Environment;
use super::output::Output;
use super::session::{Session, verdict};
use super::{Ended, Exit};
use crate::check::Purpose;
use crate::diagnose::{Code, Finding, Severity, masked, visible};
use crate::diff::diff;
use crate::files::fence::Fence;
use crate::files::layout;
use crate::files::{self, FIXTURE_LIMIT, write_whole};
use crate::fixture::{Fixture, scrubbed};
use crate::invoke::{accounts, leak};
use crate::run::{Plan, Planned, Selection};

pub(super) fn scrub(arguments: &Scrub, environment: Environment, output: &mut Output) -> Ended {
    let session = Session::start(environment, Map::new(), output)?;
    let checked = session.check(&arguments.configs, Purpose::Run)?;
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut findings: Vec<Finding> = errors.cloned().collect();
    let plan = Plan::new(&checked.suites, &Selection::default());
    let fence = Fence::new(&session.root.path);
    let (mut out, mut changed) = (output.answer(), 0);
    for planned in &plan.cases {
        if !fence.holds(&planned.case.fixture_path, layout::folder(&planned.suite.path)) {
            continue;
        }
        match clean(planned) {
            Ok(Some(cleaned)) => {
                changed += 1;
                if !arguments.check {
                    write_whole(&planned.case.fixture_path, cleaned.text.as_bytes())?;
                }
                tell(planned, &cleaned, arguments.check, &mut out)?;
            }
            Ok(None) => (),
            Err(finding) => findings.push(*finding),
        }
    }
    let word = if arguments.check { "to scrub" } else { "scrubbed" };
    writeln!(out, "{changed} of {} {word}", crate::report::plural(plan.cases.len(), "recording"))?;
    out.flush()?;
    session.print(&findings, &mut io::stderr(), output.color_of(&io::stderr()))?;
    let waits = if arguments.check && changed > 0 { Exit::Pending } else { Exit::Clean };
    Ok(Exit::most_urgent(&[verdict(&findings), waits]))
}

/// A recording with what should not stand in it taken out.
struct Cleaned {
    text: String,
    /// The lines that changed, without what was taken out.
    lines: Vec<String>,
}

/// `None` if there is nothing to clean, or nothing at all.
fn clean(planned: &Planned<'_>) -> Result<Option<Cleaned>, Box<Finding>> {
    let path = &planned.case.fixture_path;
    let Ok(old) = files::read_text(path, FIXTURE_LIMIT) else { return Ok(None) };
    // What can't be read, or was edited, is for `test` to tell.
    let Ok((fixture, fingerprint)) = Fixture::parse(&old) else { return Ok(None) };
    if fixture.is_edited(&fingerprint) {
        return Ok(None);
    }
    let exchange = scrubbed(&fixture.exchange, &accounts(planned.model));
    let text = Fixture { exchange, ..fixture }.render();
    if let Some(leak) = leak(&text, &[]) {
        let message = format!("{} is in the request that `{}` recorded", leak.name, path.display());
        let finding = Finding::new(Code::LiteralSecret, planned.case.at.clone(), message)
            .note(format!("it stands at `{}`", leak.place))
            .help("revoke it, take it out of what the case asks, and record again");
        return Err(Box::new(finding));
    }
    if text == old {
        return Ok(None);
    }
    let lines = diff(&old, &text).lines().filter(|line| line.starts_with('+')).collect();
    Ok(Some(Cleaned { text, lines }))
}

fn tell(planned: &Planned<'_>, cleaned: &Cleaned, check: bool, out: &mut impl Write) -> io::Result<()> {
    let word = if check { "would scrub" } else { "scrubbed" };
    writeln!(out, "{word} {}", visible(&planned.case.fixture_path.display().to_string()))?;
    cleaned.lines.iter().try_for_each(|line| writeln!(out, "  {}", visible(&masked(line))))
}
