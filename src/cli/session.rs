//! Starts sessions and checks configs for commands, and prints the findings.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::Configs;
use super::output::Output;
use super::{Exit, Failure};
use crate::app::{self, Environment, Session};
use crate::check::{Checked, Purpose};
use crate::config::overrides::Override;
use crate::diagnose::{Finding, Severity, Terminal};

impl From<&Configs> for app::Configs {
    fn from(Configs { paths, profile, set }: &Configs) -> app::Configs {
        app::Configs { paths: paths.clone(), profile: profile.clone(), set: set.clone() }
    }
}

/// The settings for `--allow-endpoint`.
pub(super) fn endpoint_settings(allowed: &[String]) -> Map<String, Value> {
    let given = (!allowed.is_empty()).then(|| ("allow_endpoint".to_owned(), json!(allowed)));
    given.into_iter().collect()
}

/// Starts a session, and applies its colour setting to `output`. `flags` contains the settings of the command line.
pub(super) fn start(
    environment: Environment,
    flags: Map<String, Value>,
    output: &mut Output,
) -> Result<Session, Failure> {
    let session = Session::start(environment, flags)?;
    output.apply_color_setting(session.settings.color);
    Ok(session)
}

/// Checks `configs` with the overrides `more`, for a command that needs valid configs. Prints errors, and returns
/// `None` if there are any.
pub(super) fn check_valid(
    session: &Session,
    configs: &Configs,
    more: Vec<Override>,
    output: &Output,
) -> Result<Option<Checked>, Failure> {
    require_valid(session, session.check_with(configs, more, Purpose::Run)?, output)
}

/// Like [`check_valid`], for a command that only reads declarations: environment variables may be missing.
pub(super) fn check_declared(
    session: &Session,
    configs: &Configs,
    output: &Output,
) -> Result<Option<Checked>, Failure> {
    require_valid(session, session.check(configs, Purpose::List)?, output)
}

fn require_valid(session: &Session, checked: Checked, output: &Output) -> Result<Option<Checked>, Failure> {
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<Finding> = errors.cloned().collect();
    print_to_stderr(session, &errors, output)?;
    Ok(errors.is_empty().then_some(checked))
}

/// Prints findings to stderr, with excerpts of the files.
pub(super) fn print_to_stderr(session: &Session, findings: &[Finding], output: &Output) -> io::Result<()> {
    print_findings(session, findings, &mut output.stderr(), output.stderr_color())
}

/// Prints findings to `out`, with excerpts of the files.
pub(super) fn print_findings(
    session: &Session,
    findings: &[Finding],
    out: &mut impl Write,
    color: bool,
) -> io::Result<()> {
    let terminal = Terminal::new(&session.sources, color);
    findings.iter().try_for_each(|finding| writeln!(out, "{}", terminal.render(finding)))
}

/// [`Exit::Invalid`] if one of `findings` is an error.
pub(super) fn exit_for(findings: &[Finding]) -> Exit {
    let invalid = findings.iter().any(|finding| finding.severity == Severity::Error);
    if invalid { Exit::Invalid } else { Exit::Clean }
}
