//! `config show`: prints every effective value, and its origin.

use std::io::Write;
use std::path::Path;

use serde_json::Map;

use super::arguments::Show;
use super::output::Output;
use super::session::{self, exit_for};
use super::{CommandResult, Failure};
use crate::app::{Environment, Session};
use crate::check::{self, Purpose};
use crate::config::effective::visit_effective;
use crate::config::layers::{Layers, Location, Origin};
use crate::diagnose::{Code, Finding, masked, masked_member, visible, visible_line};

pub(super) fn run(arguments: &Show, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let paths = session.discover(&arguments.configs)?;
    let overrides = session.overrides(&arguments.configs.set)?;
    let profile = arguments.configs.profile.as_deref();
    let mut out = output.stdout();
    let mut invalid = session.settings_findings.clone();
    invalid.extend(unused_arguments(&session, arguments)?);
    for path in &paths {
        let findings =
            check::with_layers(path, &session.base, &overrides, profile, &session.sources, |layers| {
                show(path, layers, arguments.origin, &mut out)
            });
        match findings {
            Ok(written) => written?,
            Err(findings) => invalid.extend(findings),
        }
    }
    out.flush()?;
    session::print_to_stderr(&session, &invalid, output)?;
    Ok(exit_for(&invalid))
}

/// The findings about a profile or an override of the command line that no config uses.
fn unused_arguments(session: &Session, arguments: &Show) -> Result<Vec<Finding>, Failure> {
    let mut findings = session.check(&arguments.configs, Purpose::Validate)?.findings;
    findings.retain(|finding| matches!(finding.code, Code::UnknownProfile | Code::UnusedOverride));
    Ok(findings)
}

fn show(path: &Path, layers: &Layers<'_>, origin: bool, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "# {}", visible_line(&path.display().to_string()))?;
    let mut lines = Vec::new();
    visit_effective(layers, |key, value, location| {
        let assignment =
            format!("{} = {}", visible(&masked(key)), visible(&masked_member(key, value).to_string()));
        lines.push(match location.filter(|_| origin) {
            Some(location) => format!("{assignment}  # {}", visible_line(&describe_origin(location))),
            None => assignment,
        });
    });
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn describe_origin(location: &Location<'_>) -> String {
    let position = location.document.position(location.place.value.start);
    let place = |path: &Path| format!("{}:{}:{}", path.display(), position.line, position.column);
    match location.origin {
        Origin::File(path) => place(path),
        Origin::Profile(path, name) => format!("{} (profile {name})", place(path)),
        Origin::Environment(name) => format!("environment variable {name}"),
        Origin::Flag(flag) => flag.to_owned(),
    }
}
