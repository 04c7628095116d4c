//! `validate`: prints every finding of every file.

use std::io::{self, Write};
use std::iter;

use serde_json::{Value, json};

use super::arguments::{Format, Validate};
use super::github::Step;
use super::output::{Output, severity_counts};
use super::report_to::ReportTo;
use super::session::{self, exit_for};
use super::{CommandResult, Exit, Failure};
use crate::app::{Environment, Session, refuse};
use crate::check::{Checked, Purpose};
use crate::config::settings::Mode;
use crate::diagnose::Severity;
use crate::lint::unreferenced;
use crate::record::Finding;
use crate::report::Reporters;
use crate::words::plural;

pub(super) fn run(arguments: &Validate, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, serde_json::Map::new(), output)?;
    let reports = require_files(ReportTo::parse_all(&arguments.report)?)?;
    let checked = if arguments.schema_only {
        session.check_schema(&arguments.configs)
    } else {
        session.check(&arguments.configs, Purpose::Validate)
    };
    let mut checked = checked?;
    // The cases of a config with errors are unknown, so a file that seems unreferenced may belong to one of them.
    if !arguments.schema_only && exit_for(&checked.findings) != Exit::Invalid {
        let mut unreferenced = unreferenced::check(&checked.file_owners, &session.sources);
        checked.weakened += session.settle_severities(&mut unreferenced);
        checked.findings.extend(unreferenced);
    }
    ReportTo::check_targets(&reports, &session, &checked, None)?;
    write_reports(&reports, &checked, &session, output)?;
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_terminal(&checked, &session, output, out))?,
        Format::Json => output.print_document(&document(&checked, &session))?,
    }
    Ok(exit_for(&checked.findings))
}

/// Standard output is reserved for the findings.
fn require_files(reports: Vec<ReportTo>) -> Result<Vec<ReportTo>, Failure> {
    if reports.iter().any(ReportTo::is_stdout) {
        return Err(Failure::Usage {
            message: "`validate` can't write a report to standard output".to_owned(),
            help: Some(
                "write `--report sarif=out.sarif`; `--format json` goes to standard output".to_owned(),
            ),
        });
    }
    Ok(reports)
}

/// Writes the reports of a run without cases.
fn write_reports(
    reports: &[ReportTo],
    checked: &Checked,
    session: &Session,
    output: &Output,
) -> io::Result<()> {
    let mut reporters = Reporters::new(&session.sources);
    let step = Step::from_environment(&session.environment);
    for report in reports {
        report.open(&mut reporters, &step, output);
    }
    refuse(checked.findings.clone(), checked.paths.len(), Mode::Replay, None, &mut |event| {
        reporters.handle_event(event);
    });
    reporters.close()
}

fn print_terminal(
    checked: &Checked,
    session: &Session,
    output: &Output,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let shown = checked.findings.iter().filter(|finding| output.shows(finding.severity));
    let shown: Vec<_> = shown.cloned().collect();
    session::print_findings(session, &shown, out, output.color())?;
    let cases: usize = checked.file_owners.iter().map(|config| config.cases).sum();
    let models: usize = checked.file_owners.iter().map(|config| config.models.len()).sum();
    let files = plural(checked.paths.len(), "file");
    let (models, cases) = (plural(models, "model"), plural(cases, "case"));
    let counts = iter::once(severity_counts(&checked.findings)).chain(checked.weakened.phrases());
    let counts: Vec<String> = counts.collect();
    writeln!(out, "{files}, {models}, {cases}: {}", counts.join("; "))
}

fn document(checked: &Checked, session: &Session) -> Value {
    let findings: Vec<Finding> =
        checked.findings.iter().map(|finding| Finding::new(finding, &session.sources)).collect();
    json!({
        "version": 1,
        "files": checked.paths.len(),
        "errors": checked.count(Severity::Error),
        "warnings": checked.count(Severity::Warning),
        "hints": checked.count(Severity::Hint),
        "excluded": checked.weakened.excluded,
        "lowered": checked.weakened.lowered,
        "allowed": checked.weakened.allowed,
        "findings": findings,
    })
}
