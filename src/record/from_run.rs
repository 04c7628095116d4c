//! Turns the events of a run into records. This is the only place where secrets in records are masked.

use serde_json::Value;

use super::case::{Call, Case, Changed, Recorded};
use super::exchange::{Exchange, Origin, Refusal, Request, Response};
use super::finding::{Finding, LineColumn, Place};
use super::named::Named;
use super::run::{End, Record, Shard, Snapshots, Start, VERSION};
use crate::diagnose::{
    self, Label, Sources, Span, Terminal, masked, masked_member, masked_text, masked_value,
};
use crate::exchange::Headers;
use crate::run::{self, CaseRun, Event, Measured, Outcome, ReportedAnswer, ReportedExchange, Summary};
use crate::suite::Measure;
use crate::{invoke, mapping};

/// The records of an event, with secrets masked.
pub fn records(event: Event<'_>, sources: &Sources) -> Vec<Record> {
    match event {
        Event::Started { mode, cases, files, shard } => {
            let shard = shard.map(|shard| Shard { index: shard.index, of: shard.of });
            vec![Record::Start(Start { version: VERSION, mode: mode.into(), cases, files, shard })]
        }
        Event::Findings(findings) => {
            let findings = findings.iter().map(|finding| with_excerpt(finding, sources));
            findings.map(|finding| Record::Finding { finding }).collect()
        }
        Event::Finished(run) => vec![Record::Case(Box::new(case(run, sources)))],
        Event::Ended(summary) => vec![Record::End(end(summary))],
    }
}

impl Finding {
    /// The record of `finding`, with secrets masked and without an excerpt of the file.
    pub fn new(finding: &diagnose::Finding, sources: &Sources) -> Finding {
        Finding {
            code: finding.code.id().to_owned(),
            severity: finding.severity.into(),
            message: clean(&finding.message),
            at: label(&finding.at, sources),
            related: finding.related.iter().map(|related| label(related, sources)).collect(),
            notes: finding.notes.iter().map(|note| clean(note)).collect(),
            help: finding.help.as_deref().map(clean),
            rendered: None,
        }
    }
}

/// The record of a finding, with the text that a terminal shows.
fn with_excerpt(finding: &diagnose::Finding, sources: &Sources) -> Finding {
    let rendered = clean(&Terminal::new(sources, false).render(finding));
    Finding { rendered: Some(rendered), ..Finding::new(finding, sources) }
}

fn label(label: &Label, sources: &Sources) -> Place {
    Place { text: Some(clean(&label.text)), ..place(&label.span, sources) }
}

fn place(span: &Span, sources: &Sources) -> Place {
    let at = |offset| {
        let at = sources.position(span.file, offset);
        LineColumn { line: at.line, column: at.column }
    };
    let path = sources.path(span.file).display().to_string();
    Place { path: clean(&path), start: at(span.start), end: at(span.end), text: None }
}

fn case(case: &CaseRun, sources: &Sources) -> Case {
    let attempt = &case.attempt;
    let mapped = attempt.mapped.iter();
    let mapped = mapped.map(|(field, value)| (clean(field), masked_member(field, value)));
    Case {
        id: clean(&case.id),
        model: clean(&case.model),
        config: clean(&case.config.display().to_string()),
        profile: None,
        at: Some(place(&case.at, sources)),
        outcome: attempt.outcome.into(),
        warns: case.warns,
        mapped: mapped.collect(),
        snapshot: case.written.map(Named::Known),
        findings: attempt.findings.iter().map(|finding| with_excerpt(finding, sources)).collect(),
        changed: case.changed.as_ref().map(changed),
        call: attempt.measured.as_ref().map(call),
        recorded: attempt.recorded.as_ref().map(|recorded| Named::Known(fixture_change(recorded))),
        not_called: attempt.not_called.map(Named::Known),
        exchange: attempt.exchange.as_deref().map(exchange),
    }
}

fn changed(changed: &run::Changed) -> Changed {
    Changed {
        snapshot: clean(&changed.snapshot.display().to_string()),
        old: clean(&changed.old),
        new: clean(&changed.new),
        cost_usd: changed.cost.filter(|costs| costs.iter().all(|cost| cost.is_finite())),
    }
}

fn call(measured: &Measured) -> Call {
    let whole = |measure| measured.value(measure).as_ref().and_then(Value::as_u64);
    let (passed, calls) = measured.passed.unzip();
    Call {
        latency_ms: whole(Measure::Latency),
        first_token_ms: whole(Measure::FirstToken),
        cost_usd: measured.cost.filter(|cost| cost.is_finite()),
        attempts: measured.call.map(|call| call.attempts),
        passed,
        calls,
    }
}

fn fixture_change(recorded: &invoke::Recorded) -> Recorded {
    match recorded {
        invoke::Recorded::New => Recorded::New,
        invoke::Recorded::Same => Recorded::Same,
        invoke::Recorded::Changed(_) => Recorded::Changed,
    }
}

fn exchange(reported: &ReportedExchange) -> Exchange {
    let ReportedExchange { request, answer, origins, usage, latency_ms, cost } = reported;
    let (response, refusal) = match answer {
        ReportedAnswer::Response { status, headers, body, events } => {
            let (headers, body) = (clean_headers(headers), masked_value(body));
            (Some(Response { status: *status, headers, body, events: *events }), None)
        }
        ReportedAnswer::Refusal(refusal) => (None, Some(self::refusal(refusal))),
    };
    Exchange {
        operation: request.operation.into(),
        region: clean(&request.region),
        model_id: clean(&request.model_id),
        request: Request { headers: clean_headers(&request.headers), body: masked_value(&request.body) },
        response,
        refusal,
        origins: origins.iter().map(|(field, at)| (clean(field), origin(at))).collect(),
        input_tokens: usage.map(|usage| usage.input),
        output_tokens: usage.map(|usage| usage.output),
        latency_ms: *latency_ms,
        cost_usd: cost.filter(|cost| cost.is_finite()),
    }
}

fn refusal(refusal: &crate::exchange::Refusal) -> Refusal {
    Refusal {
        status: refusal.status,
        code: clean(&refusal.code),
        message: clean(&refusal.message),
        headers: clean_headers(&refusal.headers),
    }
}

fn origin(origin: &mapping::Origin) -> Origin {
    match origin {
        mapping::Origin::Body(pointers) => {
            Origin::Body(pointers.iter().map(|pointer| clean(pointer)).collect())
        }
        mapping::Origin::Header(name) => Origin::Header(clean(name)),
    }
}

fn end(summary: &Summary) -> End {
    let outcomes = Outcome::ALL.map(|outcome| (Named::Known(outcome), summary.count(outcome)));
    End {
        cases: summary.cases(),
        deselected: summary.deselected,
        disabled: summary.disabled,
        excluded: summary.weakened.excluded,
        lowered: summary.weakened.lowered,
        allowed: summary.weakened.allowed,
        outcomes: outcomes.into_iter().collect(),
        snapshots: Snapshots { accepted: summary.accepted, pending: summary.pending },
        unreferenced: summary.unreferenced,
        refused: summary.refused,
        interrupted: summary.interrupted,
    }
}

fn clean(text: &str) -> String {
    masked(text).into_owned()
}

fn clean_headers(headers: &Headers) -> Headers {
    headers.iter().map(|(name, value)| (clean(name), masked_text(name, value))).collect()
}
