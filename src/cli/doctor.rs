//! `doctor MODEL`: checks the access to a model step by step.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::arguments::{Doctor, Format};
use super::controls::controls;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::{self, Environment, Session};
use crate::aws::cause::Side;
use crate::check::Checked;
use crate::diagnose::{Finding, visible};
use crate::invoke::live::{CalledService, State, Step};
use crate::record;
use crate::suite::Model;
use crate::words::nearest;

pub(super) fn run(arguments: &Doctor, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, session::endpoint_settings(&arguments.allow_endpoint), output)?;
    let Some(checked) = session::check_valid(&session, &arguments.configs, Vec::new(), output)? else {
        return Ok(Exit::Invalid);
    };
    let model = find_model(&checked, &arguments.model)?;
    let live = app::connect(&session, &controls(&session.environment, output))?;
    output.print_destinations(&live.describe_destinations(CalledService::Runtime, [model].into_iter()));
    let steps = live.examine(model, model.cases.first());
    match arguments.format {
        Format::Terminal => {
            let mut out = output.stdout();
            print_steps(model, &steps, &mut out)?;
            out.flush()?;
            let findings: Vec<Finding> = findings(model, &steps).collect();
            session::print_findings(&session, &findings, &mut out, output.color())?;
            print_advice(&steps, &mut out)?;
            out.flush()?;
        }
        Format::Json => output.print_document(&document(model, &steps, &session))?,
    }
    Ok(exit_code(&steps))
}

pub(super) fn find_model<'c>(checked: &'c Checked, name: &str) -> Result<&'c Model, Failure> {
    let models = || checked.suites.iter().flat_map(|suite| &suite.models);
    models().find(|model| model.name == name).ok_or_else(|| Failure::Usage {
        message: format!("no config has the model `{name}`"),
        help: Some(match nearest(name, models().map(|model| model.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`bedrock-check list` shows the models that have cases".to_owned(),
        }),
    })
}

fn exit_code(steps: &[Step]) -> Exit {
    let failed = |side: Side| {
        let has_failed =
            |step: &Step| matches!(&step.state, State::Failed(failure) if failure.side() == side);
        steps.iter().any(has_failed)
    };
    let reasons = [(failed(Side::Environment), Exit::Environment), (failed(Side::Config), Exit::Failed)];
    let reasons = reasons.into_iter().filter(|(applies, _)| *applies).map(|(_, exit)| exit);
    Exit::most_urgent(&reasons.collect::<Vec<_>>())
}

fn print_steps(model: &Model, steps: &[Step], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}   {} in {}", visible(&model.name), visible(&model.model_id), model.region)?;
    for step in steps {
        let seen = match &step.state {
            State::Ok(seen) if step.subject.is_empty() => seen.clone(),
            State::Ok(seen) => format!("{}: {seen}", step.subject),
            State::Failed(_) | State::NotRun => step.subject.clone(),
        };
        let state = if matches!(step.state, State::Failed(_)) { "FAILED" } else { state_word(&step.state) };
        let line = format!("  {state:<8} {:<12} {}", step.name, visible(&seen));
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}

fn state_word(state: &State) -> &'static str {
    match state {
        State::Ok(_) => "ok",
        State::Failed(_) => "failed",
        State::NotRun => "not run",
    }
}

fn findings<'a>(model: &'a Model, steps: &'a [Step]) -> impl Iterator<Item = Finding> + 'a {
    steps.iter().filter_map(|step| match &step.state {
        State::Failed(failure) => Some(failure.to_finding(model)),
        State::Ok(_) | State::NotRun => None,
    })
}

fn print_advice(steps: &[Step], out: &mut impl Write) -> io::Result<()> {
    for advice in steps.iter().flat_map(|step| &step.advice) {
        writeln!(out, "add to {}, if it is not there:\n{:#}\n", visible(&advice.policy), advice.statement)?;
    }
    Ok(())
}

fn document(model: &Model, steps: &[Step], session: &Session) -> Value {
    let steps = steps.iter().map(|step| {
        let (seen, finding) = match &step.state {
            State::Ok(seen) => (Some(seen), None),
            State::Failed(failure) => {
                (None, Some(record::Finding::new(&failure.to_finding(model), &session.sources)))
            }
            State::NotRun => (None, None),
        };
        let cause = match &step.state {
            State::Failed(failure) => failure.cause.map(|cause| cause.id),
            _ => None,
        };
        let advice =
            step.advice.iter().map(|advice| json!({ "to": advice.policy, "statement": advice.statement }));
        json!({
            "step": step.name,
            "about": step.subject,
            "state": state_word(&step.state),
            "seen": seen,
            "cause": cause,
            "finding": finding,
            "add": advice.collect::<Vec<_>>(),
        })
    });
    json!({
        "model": model.name,
        "model_id": model.model_id,
        "region": model.region,
        "steps": steps.collect::<Vec<_>>(),
    })
}
