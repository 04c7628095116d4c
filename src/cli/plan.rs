//! `plan`: calls, tokens and the worst price, before anything is spent.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Format, Plan as Arguments};
use super::environment::Environment;
use super::live;
use super::output::Output;
use super::session::Session;
use super::test::why_empty;
use super::{Ended, Exit, Failure};
use crate::aws::catalogue::{Price, Prices, SOURCE};
use crate::config::settings::Mode;
use crate::diagnose::{Code, Finding, visible};
use crate::invoke::cost::Bound;
use crate::invoke::{Ask, Invoker, NoAnswer, Replay};
use crate::report::{plural, usd};
use crate::run::{Plan, Planned};

pub(super) fn run(arguments: &Arguments, environment: Environment, output: &mut Output) -> Ended {
    let session = Session::start(environment, Map::new(), output)?;
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let Some(checked) = session.check_whole(&arguments.configs, Vec::new(), output)? else {
        return Ok(Exit::Invalid);
    };
    let plan = Plan::new(&checked.suites, &selection).part(arguments.shard);
    if plan.is_empty() {
        output.talk(&format!("error: {}", why_empty(&plan)));
        return Ok(Exit::NothingSelected);
    }
    let mode = arguments.mode.unwrap_or(Mode::Live);
    let lines = lines(&plan, mode, &live::prices(&session.settings));
    let mut out = output.answer();
    match arguments.format {
        Format::Terminal => tell(&lines, mode, &mut out)?,
        Format::Json => writeln!(out, "{:#}", document(&lines, mode))?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Models with a case that a run would call and whose worst price nobody knows.
pub(super) fn unpriced(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for planned in plan.cases.iter().filter(|planned| is_called(planned, mode)) {
        let model = planned.model;
        let price = prices.of(&model.model_id, &model.region);
        if price.and_then(|price| bound(planned).worst(&price)).is_some() {
            continue;
        }
        let at = model.place(crate::aws::cause::Key::ModelId);
        let (message, help) = match price {
            None => (
                format!("nothing is known of what `{}` costs, and the run has a budget", model.model_id),
                format!("put its price into the settings: `[prices.\"{}\"]`", model.model_id),
            ),
            Some(_) => (
                format!("nothing limits the output of `{}`, and the run has a budget", model.name),
                "let the body limit it, as with `max_tokens`".to_owned(),
            ),
        };
        let finding = Finding::new(Code::PriceUnknown, at, message).help(help);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// Whether a run in `mode` would call the case. Reads recordings, calls nobody.
fn is_called(planned: &Planned<'_>, mode: Mode) -> bool {
    let replayed = || {
        let request = planned.model.request(planned.case);
        Replay.answer(&Ask { model: planned.model, case: planned.case, request: &request })
    };
    match mode {
        Mode::Replay => false,
        Mode::Live | Mode::RecordAll => true,
        Mode::RecordMissing => matches!(replayed(), Err(NoAnswer::Missing { .. })),
        Mode::RecordStale => matches!(replayed(), Err(NoAnswer::Missing { .. } | NoAnswer::Stale { .. })),
    }
}

fn bound(planned: &Planned<'_>) -> Bound {
    let (request, text) = planned.model.rendered(planned.case);
    Bound::of(&text, &request.body)
}

/// What the calls of one model come to.
#[derive(Default)]
struct Line {
    model_id: String,
    region: String,
    calls: u64,
    input: u64,
    likely_input: u64,
    /// `None` if nothing limits one of them.
    output: Option<u64>,
    price: Option<Price>,
    /// USD; `None` if it isn't known.
    worst: Option<f64>,
}

/// By model, in the order of their names.
fn lines(plan: &Plan<'_>, mode: Mode, prices: &Prices) -> BTreeMap<String, Line> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for planned in plan.cases.iter().filter(|planned| is_called(planned, mode)) {
        let model = planned.model;
        let price = prices.of(&model.model_id, &model.region);
        let line = lines.entry(model.name.clone()).or_insert_with(|| Line {
            model_id: model.model_id.clone(),
            region: model.region.clone(),
            output: Some(0),
            price,
            worst: Some(0.0),
            ..Line::default()
        });
        let calls = if mode == Mode::Live { u64::from(planned.case.repeat) } else { 1 };
        let bound = bound(planned);
        line.calls += calls;
        line.input += bound.input * calls;
        line.likely_input += bound.likely_input * calls;
        let free = price.is_some_and(|price| price.output == 0.0).then_some(0);
        let output = bound.most_output(price.as_ref()).filter(|_| free.is_none()).or(free);
        line.output = line.output.zip(output).map(|(sum, output)| sum + output * calls);
        #[expect(clippy::cast_precision_loss, reason = "nobody makes 2^52 calls")]
        let worst = price.and_then(|price| bound.worst(&price)).map(|worst| worst * calls as f64);
        line.worst = line.worst.zip(worst).map(|(sum, worst)| sum + worst);
    }
    lines
}

fn tell(lines: &BTreeMap<String, Line>, mode: Mode, out: &mut impl Write) -> io::Result<()> {
    let calls: u64 = lines.values().map(|line| line.calls).sum();
    if calls == 0 {
        return writeln!(out, "`{}` would call nobody", mode.name());
    }
    let width = lines.keys().map(|name| name.chars().count()).max().unwrap_or(0).max("model".len());
    writeln!(
        out,
        "{:<width$}  {:<14} {:>5}  {:>18}  {:>13}  {:>11}",
        "model", "region", "calls", "input tokens", "output tokens", "worst price"
    )?;
    for (name, line) in lines {
        let input = format!("≤ {} (~{})", line.input, line.likely_input);
        let output = line.output.map_or("no limit".to_owned(), |output| format!("≤ {output}"));
        let worst = line.worst.map_or("unknown".to_owned(), usd);
        let name = visible(name);
        writeln!(
            out,
            "{name:<width$}  {:<14} {:>5}  {input:>18}  {output:>13}  {worst:>11}",
            line.region, line.calls
        )?;
    }
    let known = total(lines);
    let unknown = lines.values().filter(|line| line.worst.is_none()).count();
    let and = if unknown > 0 {
        format!(", and {} whose price is not known", plural(unknown, "model"))
    } else {
        String::new()
    };
    let calls = plural(usize::try_from(calls).unwrap_or(usize::MAX), "call");
    writeln!(out, "\n{calls}, at most {}{and}", usd(known))?;
    notes(lines).iter().try_for_each(|note| writeln!(out, "  {note}"))
}

/// USD, of the models whose price is known.
fn total(lines: &BTreeMap<String, Line>) -> f64 {
    lines.values().filter_map(|line| line.worst).fold(0.0, |sum, worst| sum + worst)
}

/// What the figures are worth.
fn notes(lines: &BTreeMap<String, Line>) -> Vec<String> {
    let mut notes = vec![
        "≤ counts a byte a token and an allowance for tools and media; the body or the model limits the output".to_owned(),
        "~ is an estimate: a fourth of that; retries come on top".to_owned(),
        format!("prices are estimates: list prices of the standard tier ({SOURCE}), or those of your settings"),
    ];
    let borrowed = lines.iter().filter(|(_, line)| line.price.is_some_and(|price| price.borrowed));
    let borrowed: Vec<_> = borrowed.map(|(name, _)| format!("`{name}`")).collect();
    if !borrowed.is_empty() {
        notes.push(format!("{}: the price of the same model without its geography", borrowed.join(", ")));
    }
    notes
}

fn document(lines: &BTreeMap<String, Line>, mode: Mode) -> Value {
    let models = lines.iter().map(|(name, line)| {
        json!({
            "model": name,
            "model_id": line.model_id,
            "region": line.region,
            "calls": line.calls,
            "input_tokens": { "at_most": line.input, "likely": line.likely_input },
            "output_tokens": { "at_most": line.output },
            "worst_usd": line.worst,
            "usd_per_million": line.price.map(|price| json!({ "input": price.input, "output": price.output, "borrowed": price.borrowed })),
        })
    });
    let known = total(lines);
    json!({
        "mode": mode.name(),
        "models": models.collect::<Vec<_>>(),
        "calls": lines.values().map(|line| line.calls).sum::<u64>(),
        "worst_usd": known,
        "unpriced": lines.values().filter(|line| line.worst.is_none()).count(),
        "prices": SOURCE,
        "estimates": ["input_tokens.likely", "worst_usd", "usd_per_million"],
    })
}
