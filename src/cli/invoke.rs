//! `invoke MODEL`: calls a model once, and prints the raw response and the mapped fields. Writes no file.

use std::io::{self, Write};
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::arguments::{Format, Invoke};
use super::controls::controls;
use super::output::Output;
use super::session::{self, exit_for};
use super::{CommandResult, Exit, Failure};
use crate::app::{self, Environment};
use crate::check::{Checked, Purpose};
use crate::config::overrides::{Override, OverrideSource};
use crate::diagnose::{
    self, Code, Finding, Severity, Sources, masked_member, masked_value, visible, visible_line,
};
use crate::exchange::{Answer, Event, Headers};
use crate::invoke::live::CalledService;
use crate::invoke::{CaseRequest, Invocation, InvokeError, Invoker};
use crate::record;
use crate::run::{self, CaseAttempt, Measured, Outcome, Plan, Planned, Selection};
use crate::suite::{MaskedValues, Measure};
use crate::words::nearest;

pub(super) fn run(arguments: &Invoke, mut environment: Environment, output: &mut Output) -> CommandResult {
    let set = case_from_variables(arguments, &mut environment)?;
    let session = session::start(environment, session::endpoint_settings(&arguments.allow_endpoint), output)?;
    let checked = session.check_with(&arguments.configs, set, Purpose::Run)?;
    // `find_case` reports an unknown model, so the finding about the unused override is dropped.
    let is_relevant =
        |finding: &&Finding| finding.severity == Severity::Error && finding.code != Code::UnusedOverride;
    let errors: Vec<Finding> = checked.findings.iter().filter(is_relevant).cloned().collect();
    if exit_for(&errors) == Exit::Invalid {
        session::print_to_stderr(&session, &errors, output)?;
        return Ok(Exit::Invalid);
    }
    let plan = Plan::new(&checked.suites, &Selection::default());
    let planned = find_case(&plan, &checked, arguments)?;
    let live = app::connect(&session, &controls(&session.environment, output))?;
    output
        .print_destinations(&live.describe_destinations(CalledService::Runtime, [planned.model].into_iter()));
    let capture = AnswerCapture { live: &live, captured: Mutex::new(None) };
    let attempt = run::call_once(planned, &capture, &app::prices(&session.settings), &session.sources);
    let answer = capture.captured.into_inner().ok().flatten();
    // The user just wrote the values of `--var`. Those of a case may come from the environment, and be secret.
    let is_named = arguments.case.is_some();
    let masked_values = if is_named { planned.case.masked_values.clone() } else { MaskedValues::default() };
    match arguments.format {
        Format::Terminal => {
            let mut text = Vec::new();
            print_answer(answer.as_ref(), &attempt, &mut text)?;
            let text = String::from_utf8_lossy(&text);
            output.print_text(|out| out.write_all(masked_values.mask(&text).as_bytes()))?;
        }
        Format::Json => {
            let document = document(answer.as_ref(), &attempt, &session.sources);
            output.print_document(&masked_values.mask_strings(&document))?;
        }
    }
    if arguments.format == Format::Terminal {
        session::print_to_stderr(&session, &attempt.findings, output)?;
    }
    Ok(exit_code(&attempt))
}

fn exit_code(attempt: &CaseAttempt) -> Exit {
    match attempt.outcome {
        Outcome::Pass => Exit::Clean,
        Outcome::Skipped => Exit::Interrupted,
        _ if attempt.environment => Exit::Environment,
        _ => Exit::Failed,
    }
}

/// Turns the `--var` flags into the only case of the model. Each value goes through an environment variable, so that
/// it is parsed as the type that the variable declares.
fn case_from_variables(arguments: &Invoke, environment: &mut Environment) -> Result<Vec<Override>, Failure> {
    if arguments.case.is_some() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for assignment in &arguments.var {
        let (name, value) = assignment.split_once('=').ok_or_else(|| Failure::Usage {
            message: format!("`--var`: expected `NAME=VALUE`, found `{assignment}`"),
            help: Some("write `--var prompt='Hello'`".to_owned()),
        })?;
        let variable = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        environment.variables.insert(variable.clone(), value.to_owned());
        entries.push(format!("{} = {{ env = \"{variable}\" }}", Value::from(name)));
    }
    let key = format!("models.{}.cases", Value::from(arguments.model.as_str()));
    let case = format!("[{{ name = \"{VARIABLES_CASE}\", variables = {{ {} }} }}]", entries.join(", "));
    let set = Override::from_flag(&format!("{key}={case}"));
    let mut set = set.map_err(|error| Failure::usage(format!("`{}`: {error}", arguments.model)))?;
    set.source = OverrideSource::Flag("--var".to_owned());
    Ok(vec![set])
}

/// The name of the case that the `--var` flags make.
const VARIABLES_CASE: &str = "invoke";

fn find_case<'p, 's>(
    plan: &'p Plan<'s>,
    checked: &Checked,
    arguments: &Invoke,
) -> Result<&'p Planned<'s>, Failure> {
    let name = arguments.case.as_deref().unwrap_or(VARIABLES_CASE);
    let mut cases = plan.cases.iter().filter(|planned| planned.model.name == arguments.model).peekable();
    if cases.peek().is_none() {
        let models =
            || checked.suites.iter().flat_map(|suite| &suite.models).map(|model| model.name.as_str());
        let exists = models().any(|model| model == arguments.model);
        let near = nearest(&arguments.model, models()).map(|near| format!("did you mean `{near}`?"));
        return Err(Failure::Usage {
            message: if exists {
                format!("the model `{}` is disabled or has no case", arguments.model)
            } else {
                format!("no config has the model `{}`", arguments.model)
            },
            help: near
                .filter(|_| !exists)
                .or(Some("`bedrock-check list` shows the models that have cases".to_owned())),
        });
    }
    let mut named = cases.clone().filter(|planned| planned.case.name == name);
    named.next().ok_or_else(|| Failure::Usage {
        message: format!("`{}` has no case `{name}`", arguments.model),
        help: nearest(name, cases.map(|planned| planned.case.name.as_str()))
            .map(|near| format!("did you mean `{near}`?")),
    })
}

/// Calls `live`, and keeps the answer.
struct AnswerCapture<'a, I: Invoker> {
    live: &'a I,
    captured: Mutex<Option<Answer>>,
}

impl<I: Invoker> Invoker for AnswerCapture<'_, I> {
    fn invoke(&self, request: &CaseRequest<'_>) -> Result<Invocation, InvokeError> {
        let invocation = self.live.invoke(request)?;
        if let Ok(mut captured) = self.captured.lock() {
            *captured = Some(invocation.answer.clone());
        }
        Ok(invocation)
    }

    fn varies(&self) -> bool {
        true
    }
}

fn print_answer(answer: Option<&Answer>, attempt: &CaseAttempt, out: &mut impl Write) -> io::Result<()> {
    match answer {
        None => return Ok(()),
        Some(Answer::Response(response)) => {
            print_head(out, response.status, attempt.measured.as_ref(), &response.headers)?;
            writeln!(out, "{}", render_body(&response.body))?;
        }
        Some(Answer::Stream(stream)) => {
            print_head(out, stream.status, attempt.measured.as_ref(), &stream.headers)?;
            stream.events.iter().try_for_each(|event| writeln!(out, "{}", render_event(event)))?;
        }
        Some(Answer::Refusal(refusal)) => {
            print_head(out, refusal.status, attempt.measured.as_ref(), &refusal.headers)?;
            writeln!(out, "{}", visible(&refusal.message))?;
        }
    }
    if !attempt.mapped.is_empty() {
        writeln!(out, "\nmapped")?;
    }
    let width = attempt.mapped.iter().map(|(field, _)| field.chars().count()).max().unwrap_or(0);
    attempt.mapped.iter().try_for_each(|(field, value)| {
        writeln!(
            out,
            "  {:<width$} = {}",
            visible_line(field),
            visible(&masked_member(field, value).to_string())
        )
    })
}

fn print_head(
    out: &mut impl Write,
    status: u16,
    measured: Option<&Measured>,
    headers: &Headers,
) -> io::Result<()> {
    let took = measured
        .map(|measured| format!("   {}", crate::report::format_measured(measured)))
        .unwrap_or_default();
    writeln!(out, "HTTP {status}{took}")?;
    headers.iter().try_for_each(|(name, value)| {
        writeln!(out, "{}: {}", visible_line(name), visible(&diagnose::masked(value)))
    })?;
    writeln!(out)
}

fn render_body(body: &Value) -> String {
    visible(&format!("{:#}", masked_value(body))).into_owned()
}

/// One line for an event: `   210 ms  chunk  {…}`.
fn render_event(event: &Event) -> String {
    let time = event.offset_ms.map(|ms| format!("{ms:>6} ms  ")).unwrap_or_default();
    let payload = masked_value(&event.payload).to_string();
    visible(&format!("{time}{}  {payload}", event.kind)).into_owned()
}

fn document(answer: Option<&Answer>, attempt: &CaseAttempt, sources: &Sources) -> Value {
    let findings = attempt.findings.iter().map(|finding| record::Finding::new(finding, sources));
    let measured = |measure| attempt.measured.as_ref().and_then(|measured| measured.value(measure));
    let response = answer.map(|answer| match answer {
        Answer::Response(response) => {
            json!({ "status": response.status, "headers": response.headers, "body": response.body })
        }
        Answer::Stream(stream) => {
            let events = stream.events.iter().map(|event| {
                json!({ "type": event.kind, "exception": event.exception, "at_ms": event.offset_ms, "payload": event.payload })
            });
            json!({ "status": stream.status, "headers": stream.headers, "events": events.collect::<Vec<_>>() })
        }
        Answer::Refusal(refusal) => {
            json!({ "status": refusal.status, "headers": refusal.headers, "code": refusal.code, "message": refusal.message })
        }
    });
    json!({
        "response": response,
        "mapped": attempt.mapped.iter().cloned().collect::<Map<String, Value>>(),
        "latency_ms": measured(Measure::Latency),
        "first_token_ms": measured(Measure::FirstToken),
        "cost_usd": measured(Measure::Cost),
        "findings": findings.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cli::arguments::Configs;

    #[test]
    fn variables_make_the_only_case_and_keep_their_text() {
        let var = ["prompt=a=\"b\"".to_owned(), "system.prompt=1".to_owned()];
        let arguments = Invoke {
            allow_endpoint: Vec::new(),
            model: "claude-3.5".to_owned(),
            configs: Configs::default(),
            var: var.into(),
            case: None,
            format: Format::Terminal,
        };
        let mut environment = Environment::new(BTreeMap::new(), Ok("/".into()));
        let set = case_from_variables(&arguments, &mut environment).unwrap();
        let config = json!({ "models": { "claude-3.5": {} } });
        assert_eq!(
            set[0].to_toml(&config).unwrap(),
            "\"models\".\"claude-3.5\".\"cases\" = [{ name = \"invoke\", variables = { \"prompt\" = { env = \"prompt\" }, \"system.prompt\" = { env = \"system_prompt\" } } }]\n"
        );
        assert_eq!(environment.variables["prompt"], "a=\"b\"");
        assert_eq!(environment.variables["system_prompt"], "1");
    }
}
