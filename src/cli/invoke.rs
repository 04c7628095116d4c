//! `invoke MODEL`: calls a model once, and prints the raw response and the mapped fields. Writes no file.

use std::io::{self, Write};
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::arguments::{Format, Invoke};
use super::controls::controls;
use super::output::Output;
use super::session::{self, verdict};
use super::{Ended, Exit, Failure};
use crate::app::{self, Environment};
use crate::check::{Checked, Purpose};
use crate::config::overrides::{Override, Source};
use crate::diagnose::{self, Code, Finding, Severity, Sources, masked_member, masked_value, visible};
use crate::exchange::{Answer, Event, Headers};
use crate::invoke::{Answered, Ask, Invoker, NoAnswer};
use crate::record;
use crate::run::{self, CaseAttempt, Measured, Outcome, Plan, Planned, Selection};
use crate::suite::Measure;
use crate::words::nearest;

pub(super) fn run(arguments: &Invoke, mut environment: Environment, output: &mut Output) -> Ended {
    let set = variables(arguments, &mut environment)?;
    let session = session::start(environment, Map::new(), output)?;
    let checked = session.check_with(&arguments.configs, set, Purpose::Run)?;
    // `find_case` reports an unknown model, so the finding about the unused override is dropped.
    let is_ours =
        |finding: &&Finding| finding.severity == Severity::Error && finding.code != Code::UnusedOverride;
    let errors: Vec<Finding> = checked.findings.iter().filter(is_ours).cloned().collect();
    if verdict(&errors) == Exit::Invalid {
        session::print(&session, &errors, &mut io::stderr(), output.color_of(&io::stderr()))?;
        return Ok(Exit::Invalid);
    }
    let plan = Plan::new(&checked.suites, &Selection::default());
    let planned = find(&plan, &checked, arguments)?;
    let witness =
        Witness { live: &app::connect(&session, &controls(&session.environment))?, seen: Mutex::new(None) };
    let attempt = run::call_once(planned, &witness, &app::prices(&session.settings), &session.sources);
    let answer = witness.seen.into_inner().ok().flatten();
    match arguments.format {
        Format::Terminal => tell(answer.as_ref(), &attempt, &mut output.answer())?,
        Format::Json => {
            let document = document(answer.as_ref(), &attempt, &session.sources);
            writeln!(output.answer(), "{:#}", masked_value(&document))?;
        }
    }
    if arguments.format == Format::Terminal {
        session::print(&session, &attempt.findings, &mut io::stderr(), output.color_of(&io::stderr()))?;
    }
    Ok(exit(&attempt))
}

fn exit(attempt: &CaseAttempt) -> Exit {
    match attempt.outcome {
        Outcome::Pass => Exit::Clean,
        Outcome::Skipped => Exit::Interrupted,
        _ if attempt.environment => Exit::Environment,
        _ => Exit::Failed,
    }
}

/// Turns the `--var` flags into the only case of the model. Each value goes through an environment variable, so that
/// it is parsed as the type that the variable declares.
fn variables(arguments: &Invoke, environment: &mut Environment) -> Result<Vec<Override>, Failure> {
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
    let case = format!("[{{ name = \"{CASE}\", variables = {{ {} }} }}]", entries.join(", "));
    let set = Override::from_flag(&format!("{key}={case}"));
    let mut set = set.map_err(|error| Failure::usage(format!("`{}`: {error}", arguments.model)))?;
    set.from = Source::Flag("--var".to_owned());
    Ok(vec![set])
}

/// The name of the case that the `--var` flags make.
const CASE: &str = "invoke";

fn find<'p, 's>(
    plan: &'p Plan<'s>,
    checked: &Checked,
    arguments: &Invoke,
) -> Result<&'p Planned<'s>, Failure> {
    let name = arguments.case.as_deref().unwrap_or(CASE);
    let mut of_model = plan.cases.iter().filter(|planned| planned.model.name == arguments.model).peekable();
    if of_model.peek().is_none() {
        let models =
            || checked.suites.iter().flat_map(|suite| &suite.models).map(|model| model.name.as_str());
        let off = models().any(|model| model == arguments.model);
        let near = nearest(&arguments.model, models()).map(|near| format!("did you mean `{near}`?"));
        return Err(Failure::Usage {
            message: if off {
                format!("the model `{}` is switched off or has no case", arguments.model)
            } else {
                format!("no config has the model `{}`", arguments.model)
            },
            help: near.filter(|_| !off).or(Some("`bedrock-check list` shows what there is".to_owned())),
        });
    }
    let mut named = of_model.clone().filter(|planned| planned.case.name == name);
    named.next().ok_or_else(|| Failure::Usage {
        message: format!("`{}` has no case `{name}`", arguments.model),
        help: nearest(name, of_model.map(|planned| planned.case.name.as_str()))
            .map(|near| format!("did you mean `{near}`?")),
    })
}

/// Calls `live`, and keeps the answer.
struct Witness<'a, I: Invoker> {
    live: &'a I,
    seen: Mutex<Option<Answer>>,
}

impl<I: Invoker> Invoker for Witness<'_, I> {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        let answered = self.live.answer(ask)?;
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Some(answered.answer.clone());
        }
        Ok(answered)
    }

    fn varies(&self) -> bool {
        true
    }
}

fn tell(answer: Option<&Answer>, attempt: &CaseAttempt, out: &mut impl Write) -> io::Result<()> {
    match answer {
        None => return Ok(()),
        Some(Answer::Response(response)) => {
            head(out, response.status, attempt.measured.as_ref(), &response.headers)?;
            writeln!(out, "{}", shown(&response.body))?;
        }
        Some(Answer::Stream(stream)) => {
            head(out, stream.status, attempt.measured.as_ref(), &stream.headers)?;
            stream.events.iter().try_for_each(|event| writeln!(out, "{}", line(event)))?;
        }
        Some(Answer::Refusal(refusal)) => {
            head(out, refusal.status, attempt.measured.as_ref(), &refusal.headers)?;
            writeln!(out, "{}", visible(&diagnose::masked(&refusal.message)))?;
        }
    }
    if !attempt.mapped.is_empty() {
        writeln!(out, "\nmapped")?;
    }
    let width = attempt.mapped.iter().map(|(field, _)| field.chars().count()).max().unwrap_or(0);
    attempt.mapped.iter().try_for_each(|(field, value)| {
        writeln!(out, "  {field:<width$} = {}", visible(&masked_member(field, value).to_string()))
    })?;
    out.flush()
}

fn head(out: &mut impl Write, status: u16, measured: Option<&Measured>, headers: &Headers) -> io::Result<()> {
    let took = measured.map(|measured| format!("   {}", crate::report::took(measured))).unwrap_or_default();
    writeln!(out, "HTTP {status}{took}")?;
    headers
        .iter()
        .try_for_each(|(name, value)| writeln!(out, "{name}: {}", visible(&diagnose::masked(value))))?;
    writeln!(out)
}

fn shown(body: &Value) -> String {
    visible(&format!("{:#}", masked_value(body))).into_owned()
}

/// One line for an event: `   210 ms  chunk  {…}`.
fn line(event: &Event) -> String {
    let at = event.offset_ms.map(|at| format!("{at:>6} ms  ")).unwrap_or_default();
    let payload = masked_value(&event.payload).to_string();
    visible(&format!("{at}{}  {payload}", event.kind)).into_owned()
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
            model: "claude-3.5".to_owned(),
            configs: Configs::default(),
            var: var.into(),
            case: None,
            format: Format::Terminal,
        };
        let mut environment = Environment::new(BTreeMap::new(), Ok("/".into()));
        let set = variables(&arguments, &mut environment).unwrap();
        let config = json!({ "models": { "claude-3.5": {} } });
        assert_eq!(
            set[0].toml(&config).unwrap(),
            "\"models\".\"claude-3.5\".\"cases\" = [{ name = \"invoke\", variables = { \"prompt\" = { env = \"prompt\" }, \"system.prompt\" = { env = \"system_prompt\" } } }]\n"
        );
        assert_eq!(environment.variables["prompt"], "a=\"b\"");
        assert_eq!(environment.variables["system_prompt"], "1");
    }
}
