//! `list`: lists the cases that `test` would run.

use std::io::{self, Write};

use serde_json::{Map, json};

use super::arguments::{Format, List};
use super::empty::explain_empty_plan;
use super::output::Output;
use super::session::{self, exit_for};
use super::{CommandResult, Exit, Failure};
use crate::app::Environment;
use crate::check::Purpose;
use crate::diagnose::{Severity, visible_line};
use crate::run::{Plan, Planned};

pub(super) fn run(arguments: &List, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let checked = session.check(&arguments.configs, Purpose::List)?;
    let errors: Vec<_> =
        checked.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    session::print_to_stderr(&session, &errors, output)?;
    let plan = Plan::new(&checked.suites, &selection).select_shard(arguments.shard);
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_ids(&plan, out))?,
        Format::Json => output.print_json_lines(plan.cases.iter().map(as_json))?,
    }
    if plan.is_empty() && errors.is_empty() {
        output.print_message(&format!("error: {}", explain_empty_plan(&plan)));
    }
    let empty = if plan.is_empty() { Exit::NothingSelected } else { Exit::Clean };
    Ok(Exit::most_urgent(&[exit_for(&errors), empty]))
}

fn print_ids(plan: &Plan<'_>, out: &mut impl Write) -> io::Result<()> {
    plan.cases.iter().try_for_each(|planned| writeln!(out, "{}", visible_line(&planned.case.id)))
}

fn as_json(planned: &Planned<'_>) -> serde_json::Value {
    json!({
        "id": planned.case.id,
        "model": planned.model.name,
        "model_id": planned.model.model_id,
        "operation": planned.model.operation.name(),
        "region": planned.model.region,
        "config": planned.suite.path.display().to_string(),
        "tags": planned.model.tags.iter().chain(&planned.case.tags).collect::<Vec<_>>(),
        "fixture": planned.case.fixture_path.display().to_string(),
        "snapshot": planned.case.snapshot.as_ref().map(|_| planned.case.snapshot_path.display().to_string()),
    })
}
