//! The cases of a page: a short row for the list, and the details that an opened case shows.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::embed::shown;
use super::models::Models;
use crate::diagnose::{short, visible};
use crate::diff::diff;
use crate::diff::words::{self, Part};
use crate::record::{Case, Finding};
use crate::report::cause::cause;
use crate::report::previous::CaseChange;

/// A case in the list. The script reads these member names.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    /// The id without the model.
    name: String,
    model: String,
    at: String,
    outcome: String,
    /// Whether the case makes the run fail.
    fails: bool,
    warns: bool,
    /// The first finding, or the start of the output.
    line: String,
    /// Codes of its findings.
    codes: Vec<String>,
    now: Numbers,
    pub since: Vec<CaseChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<PreviousRow>,
}

/// Time, tokens and cost of one call.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Numbers {
    pub latency: Option<u64>,
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub cost: Option<f64>,
}

/// The case in the previous run.
#[derive(Serialize)]
struct PreviousRow {
    outcome: String,
    numbers: Numbers,
}

/// The numbers of a case from its exchange. Records without an exchange have them in the call and in the mapped output.
pub(super) fn numbers(case: &Case) -> Numbers {
    let exchange = case.exchange.as_ref();
    let call = case.call.as_ref();
    let mapped = |name: &str| case.mapped.get(name).and_then(Value::as_u64);
    Numbers {
        latency: exchange.and_then(|exchange| exchange.latency_ms).or(call.and_then(|call| call.latency_ms)),
        input: exchange.and_then(|exchange| exchange.input_tokens).or_else(|| mapped("input_tokens")),
        output: exchange.and_then(|exchange| exchange.output_tokens).or_else(|| mapped("output_tokens")),
        cost: exchange.and_then(|exchange| exchange.cost_usd).or(call.and_then(|call| call.cost_usd)),
    }
}

/// The result of the case in the previous run.
#[derive(Clone, Copy)]
pub(super) enum PreviousResult<'r> {
    /// There is no previous run.
    NoRun,
    /// The same case in the previous run, or `None` if that run lacks it.
    Case(Option<&'r Case>),
}

impl<'r> PreviousResult<'r> {
    fn previous_case(self) -> Option<&'r Case> {
        match self {
            PreviousResult::NoRun => None,
            PreviousResult::Case(before) => before,
        }
    }
}

pub(super) fn row(case: &Case, models: &Models<'_>, compared: PreviousResult<'_>) -> Row {
    let text = |text: &str| visible(text).into_owned();
    let before = compared.previous_case();
    let name = case.id.strip_prefix(&case.model).and_then(|rest| rest.strip_prefix("::"));
    Row {
        id: text(&case.id),
        name: text(name.unwrap_or(&case.id)),
        model: models.label(case),
        at: text(&case.place().to_string()),
        outcome: text(case.outcome.name()),
        fails: case.fails(),
        warns: case.warns,
        line: summary_line(case),
        codes: case.findings.iter().map(|finding| text(&finding.code)).collect(),
        now: numbers(case),
        since: match compared {
            PreviousResult::NoRun => Vec::new(),
            PreviousResult::Case(before) => CaseChange::changes(case, before),
        },
        before: before
            .map(|before| PreviousRow { outcome: text(before.outcome.name()), numbers: numbers(before) }),
    }
}

const LINE: usize = 160;

fn summary_line(case: &Case) -> String {
    let finding = case.findings.first().map(|finding| finding.message.clone());
    let output = case.mapped.values().next().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let refusal = case.exchange.as_ref().and_then(|exchange| exchange.refusal.as_ref());
    let refusal = || refusal.map(|refusal| format!("refused with {} {}", refusal.status, refusal.code));
    short(&finding.or(output).or_else(refusal).unwrap_or_default(), LINE)
}

/// The details of a case: everything that its row doesn't contain.
pub(super) fn detail(case: &Case, compared: PreviousResult<'_>) -> Value {
    let before = compared.previous_case();
    let findings: Vec<Value> = case.findings.iter().map(finding_value).collect();
    shown(&json!({
        "config": case.config,
        "cause": cause(case, before),
        "findings": findings,
        "changed": case.changed.as_ref().map(|changed| {
            json!({ "snapshot": changed.snapshot, "diff": diff_lines(&changed.old, &changed.new) })
        }),
        "mapped": case.mapped,
        "since": before.map_or_else(Vec::new, |before| changed_fields(&before.mapped, &case.mapped)),
        "exchange": case.exchange,
        "recorded": case.recorded,
        "not_called": case.not_called,
    }))
}

fn finding_value(finding: &Finding) -> Value {
    json!({ "severity": finding.severity, "text": finding.rendered() })
}

/// The fields whose value changed since the previous run, each with a diff. Empty if the case has no output now.
fn changed_fields(before: &Map<String, Value>, now: &Map<String, Value>) -> Vec<Value> {
    if now.is_empty() {
        return Vec::new();
    }
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let gone = before.keys().filter(|name| !now.contains_key(*name));
    let names = now.keys().chain(gone).filter(|name| before.get(*name) != now.get(*name));
    let field = |name: &String| json!({ "field": name, "diff": diff_lines(&text(before.get(name)), &text(now.get(name))) });
    names.map(field).collect()
}

/// A diff as pairs of a sign and parts. A part that changed within its line is an array of one string.
fn diff_lines(old: &str, new: &str) -> Vec<Value> {
    let part = |part: &Part| if part.differs { json!([part.text]) } else { json!(part.text) };
    let hunks = diff(old, new).hunks;
    let lines = hunks.iter().flat_map(|hunk| {
        let title = json!(["@", [hunk.title()]]);
        let lines = words::lines(hunk).into_iter();
        let lines = lines
            .map(move |line| json!([line.change.sign(), line.parts.iter().map(part).collect::<Vec<_>>()]));
        std::iter::once(title).chain(lines)
    });
    lines.collect()
}
