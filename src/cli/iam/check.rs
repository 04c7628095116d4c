//! `iam check`: finds missing and unneeded permissions in policies, and the cases that would fail.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::trust::trust_failure;
use super::{Needs, needs, print_notes, select_models, several_roles, start};
use crate::app::{Environment, Session};
use crate::cli::arguments::{Format, IamCheck};
use crate::cli::output::{Output, severity_counts};
use crate::cli::session;
use crate::cli::{CommandResult, Exit, Failure};
use crate::diagnose::{Code, Finding, Severity};
use crate::files;
use crate::iam::PolicyKind;
use crate::iam::caller::{by_role, role};
use crate::iam::check::{self, Document, TrustCheck};
use crate::iam::permissions::Options;
use crate::iam::trust::trust;
use crate::record;
use crate::suite::{Credentials, Model};
use crate::words::plural;

pub(super) fn run(arguments: &IamCheck, environment: Environment, output: &mut Output) -> CommandResult {
    let (session, checked) = start(&arguments.configs, environment, output)?;
    let Some(checked) = checked else { return Ok(Exit::Invalid) };
    let models = select_models(&checked, &arguments.callers)?;
    let roles = by_role(&models);
    if roles.len() > 1 {
        let help = "select the models of one role with `--credentials NAME`";
        return Err(several_roles(roles.keys().copied(), help));
    }
    let options = Options { called_models: arguments.callers.behind.clone(), ..Options::default() };
    let needs = needs(&models, &arguments.callers, &options)?;
    let mut findings = check_permissions(&session, &arguments.policy, &needs, role(models[0]))?;
    if let Some(path) = &arguments.trust {
        findings.extend(check_trust(&session, path, &models)?);
    }
    session.settle_severities(&mut findings);
    print_result(&findings, &needs, arguments.format, &session, output)?;
    print_notes(needs.iter().flat_map(|(_, needed)| &needed.notes), output);
    Ok(exit_code(&findings))
}

fn check_permissions(
    session: &Session,
    path: &Path,
    needs: &Needs<'_>,
    role: Option<&str>,
) -> Result<Vec<Finding>, Failure> {
    let policy = read_policy(session, path, PolicyKind::Permissions)?;
    Ok(policy.map_or_else(|findings| findings, |document| check::permissions(&document, needs, role)))
}

fn check_trust(session: &Session, path: &Path, models: &[&Model]) -> Result<Vec<Finding>, Failure> {
    let document = match read_policy(session, path, PolicyKind::Trust)? {
        Ok(document) => document,
        Err(findings) => return Ok(findings),
    };
    let mut seen: Vec<&Arc<Credentials>> = Vec::new();
    let mut findings = Vec::new();
    for credentials in models.iter().filter_map(|model| model.credentials.as_ref()) {
        if seen.iter().any(|other| Arc::ptr_eq(other, credentials)) {
            continue;
        }
        seen.push(credentials);
        let trust = trust(credentials).map_err(|error| trust_failure(credentials, error))?;
        let environment = &session.environment.variables;
        findings.extend(check::trust(&document, &TrustCheck { credentials, trust, environment }));
    }
    if seen.is_empty() {
        return Err(Failure::Usage {
            message: "no selected model names credentials, so there is no role to check `--trust` for"
                .to_owned(),
            help: Some("declare `[credentials.NAME]` with a `role_arn`, and name it in the model".to_owned()),
        });
    }
    Ok(findings)
}

/// Reads the file as a policy, and adds it to the sources of findings.
fn read_policy(
    session: &Session,
    path: &Path,
    kind: PolicyKind,
) -> Result<Result<Document, Vec<Finding>>, Failure> {
    let text = files::read_text(path, files::CONFIG_LIMIT)
        .map_err(|error| Failure::Usage { message: error.to_string(), help: None })?;
    let file = session.sources.add(path, text.as_str());
    Ok(check::read(file, &text, kind))
}

fn print_result(
    findings: &[Finding],
    needs: &Needs<'_>,
    format: Format,
    session: &Session,
    output: &Output,
) -> std::io::Result<()> {
    let rights: usize = needs.iter().map(|(_, needed)| needed.rights.len()).sum();
    match format {
        Format::Terminal => output.print_text(|out| {
            let shown: Vec<Finding> =
                findings.iter().filter(|finding| output.shows(finding.severity)).cloned().collect();
            session::print_findings(session, &shown, out, output.color())?;
            let models = plural(needs.len(), "call");
            writeln!(out, "{models}, {}: {}", plural(rights, "right"), severity_counts(findings))
        }),
        Format::Json => {
            let sources = &session.sources;
            let found: Vec<_> =
                findings.iter().map(|finding| record::Finding::new(finding, sources)).collect();
            let document = json!({ "version": 1, "calls": needs.len(), "rights": rights, "findings": found });
            output.print_document(&document)
        }
    }
}

fn exit_code(findings: &[Finding]) -> Exit {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let exits = errors.map(|finding| match finding.code {
        Code::PolicyInvalid => Exit::Invalid,
        _ => Exit::Failed,
    });
    Exit::most_urgent(&exits.collect::<Vec<_>>())
}
