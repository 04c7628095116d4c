//! `plan`: estimates calls, tokens and the highest possible price before a run.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Format, Plan as Arguments};
use super::empty::explain_empty_plan;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::{self, Environment};
use crate::aws::catalogue::SOURCE;
use crate::config::settings::Mode;
use crate::diagnose::visible_line;
use crate::estimate::Estimate;
use crate::report::format_usd;
use crate::run::Plan;
use crate::words::plural;

pub(super) fn run(arguments: &Arguments, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let selection = arguments.filter.selection().map_err(Failure::usage)?;
    let Some(checked) = session::check_valid(&session, &arguments.configs, Vec::new(), output)? else {
        return Ok(Exit::Invalid);
    };
    let plan = Plan::new(&checked.suites, &selection).select_shard(arguments.shard);
    if plan.is_empty() {
        output.print_message(&format!("error: {}", explain_empty_plan(&plan)));
        return Ok(Exit::NothingSelected);
    }
    let mode = arguments.mode.unwrap_or(Mode::Live);
    let estimate = Estimate::new(&plan, mode, &app::prices(&session.settings));
    match arguments.format {
        Format::Terminal => output.print_text(|out| print_estimate(&estimate, out))?,
        Format::Json => output.print_document(&document(&estimate))?,
    }
    Ok(Exit::Clean)
}

fn print_estimate(estimate: &Estimate, out: &mut impl Write) -> io::Result<()> {
    let calls = estimate.calls();
    if calls == 0 {
        return writeln!(out, "`{}` makes no calls", estimate.mode.name());
    }
    let width = estimate.models.keys().map(|name| name.chars().count()).max().unwrap_or(0).max("model".len());
    writeln!(
        out,
        "{:<width$}  {:<14} {:>5}  {:>18}  {:>13}  {:>11}",
        "model", "region", "calls", "input tokens", "output tokens", "worst price"
    )?;
    for (name, model) in &estimate.models {
        let input = format!("≤ {} (~{})", model.input, model.likely_input);
        let output = model.output.map_or("no limit".to_owned(), |output| format!("≤ {output}"));
        let worst = model.worst.map_or("unknown".to_owned(), format_usd);
        let name = visible_line(name);
        writeln!(
            out,
            "{name:<width$}  {:<14} {:>5}  {input:>18}  {output:>13}  {worst:>11}",
            model.region, model.calls
        )?;
    }
    let unknown = estimate.unpriced();
    let and = if unknown > 0 {
        format!(", and {} without a known price", plural(unknown, "model"))
    } else {
        String::new()
    };
    let calls = plural(usize::try_from(calls).unwrap_or(usize::MAX), "call");
    writeln!(out, "\n{calls}, at most {}{and}", format_usd(estimate.worst()))?;
    notes(estimate).iter().try_for_each(|note| writeln!(out, "  {note}"))
}

/// Explains how exact the figures are.
fn notes(estimate: &Estimate) -> Vec<String> {
    let mut notes = vec![
        "≤ counts each byte as a token, plus an allowance for tools and media; the body or the model limits the output".to_owned(),
        "~ is an estimate: a quarter of ≤; retries cost extra".to_owned(),
        format!("prices are estimates: list prices of the standard tier ({SOURCE}), or those of your settings"),
    ];
    let borrowed =
        estimate.models.iter().filter(|(_, model)| model.price.is_some_and(|price| price.borrowed));
    let borrowed: Vec<_> = borrowed.map(|(name, _)| format!("`{}`", visible_line(name))).collect();
    if !borrowed.is_empty() {
        notes.push(format!("{}: the price of the same model without its geography", borrowed.join(", ")));
    }
    notes
}

fn document(estimate: &Estimate) -> Value {
    let models = estimate.models.iter().map(|(name, model)| {
        json!({
            "model": name,
            "model_id": model.model_id,
            "region": model.region,
            "calls": model.calls,
            "input_tokens": { "at_most": model.input, "likely": model.likely_input },
            "output_tokens": { "at_most": model.output },
            "worst_usd": model.worst,
            "usd_per_million": model.price.map(|price| json!({ "input": price.input, "output": price.output, "borrowed": price.borrowed })),
        })
    });
    json!({
        "mode": estimate.mode.name(),
        "models": models.collect::<Vec<_>>(),
        "calls": estimate.calls(),
        "worst_usd": estimate.worst(),
        "unpriced": estimate.unpriced(),
        "prices": SOURCE,
        "estimates": ["input_tokens.likely", "worst_usd", "usd_per_million"],
    })
}
