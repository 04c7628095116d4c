//! From an answer to a verdict: mapping, expectations. Pure.

use serde_json::Value;

use super::outcome::{Measured, Outcome};
use super::plan::Planned;
use crate::assemble::{self, Problem};
use crate::aws::cause::{self, Cause, Service, Side};
use crate::config::model::Claim;
use crate::diagnose::{Code, Finding, Severity, Span, short};
use crate::exchange::{Answer, Headers, Refusal};
use crate::mapping::ExtractError;

/// What an answer is worth to a case, before its snapshot is looked at.
#[derive(Debug)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub mapped: Vec<(String, Value)>,
    /// A refusal for which the environment is to blame.
    pub environment: bool,
}

impl Verdict {
    fn of(outcome: Outcome, findings: Vec<Finding>) -> Verdict {
        Verdict { outcome, findings, mapped: Vec::new(), environment: false }
    }
}

/// Judges `answer` by what the case asks for, and what its call took if one was made.
pub(super) fn judge(planned: &Planned<'_>, answer: &Answer, measured: Option<&Measured>) -> Verdict {
    let verdict = judged(planned, answer, measured);
    match planned.case.claim {
        Some(claim) if !verdict.environment => unproven(claim, verdict),
        _ => verdict,
    }
}

/// Nobody wrote the probe of a claim: what it misses is told of the claim, once.
fn unproven(claim: Claim, mut verdict: Verdict) -> Verdict {
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let (errors, mut findings): (Vec<_>, Vec<_>) = verdict.findings.into_iter().partition(is_error);
    let mut errors = errors.into_iter();
    if let Some(first) = errors.next() {
        let mut first = told_of(claim, first);
        first.notes.splice(0..0, errors.map(|error| error.message));
        findings.push(first);
    }
    verdict.findings = findings;
    verdict
}

fn told_of(claim: Claim, mut finding: Finding) -> Finding {
    let at = finding.at.span.clone();
    finding.related.retain(|label| label.span != at);
    finding.notes.retain(|note| !note.starts_with(ABOUT_A_REFUSAL));
    finding.message = format!("the claim `{}` is not proven: {}", claim.name(), finding.message);
    finding.help(format!("{}, or record the probe again", claim.retraction()))
}

fn judged(planned: &Planned<'_>, answer: &Answer, measured: Option<&Measured>) -> Verdict {
    match answer {
        Answer::Refusal(refusal) => refused(planned, refusal),
        Answer::Response(response) => answered(planned, &response.headers, &response.body, measured),
        Answer::Stream(stream) => {
            let assembled = assemble::assemble(stream);
            match assembled.problem {
                Some(Problem::Refused(refusal)) => refused(planned, &refusal),
                Some(Problem::Incomplete { message }) => {
                    let verdict = Verdict::of(Outcome::Error, vec![cut(planned, &message)]);
                    Verdict { environment: true, ..verdict }
                }
                None => answered(planned, &assembled.headers, &assembled.body, measured),
            }
        }
    }
}

fn refused(planned: &Planned<'_>, refusal: &Refusal) -> Verdict {
    let Some(expected) = &planned.case.expect.error else {
        let cause = cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
        let environment = cause.is_some_and(|cause| cause.side == Side::Environment);
        let findings = vec![call_failed(planned, refusal, cause)];
        return Verdict { environment, ..Verdict::of(Outcome::Error, findings) };
    };
    let misses = expected.misses(refusal);
    let findings = misses.into_iter().map(|(place, message)| {
        Finding::new(Code::ExpectationFailed, place, message)
            .help("correct the expectation, or record the case again")
    });
    let findings: Vec<Finding> = findings.collect();
    Verdict::of(if findings.is_empty() { Outcome::Pass } else { Outcome::Fail }, findings)
}

fn call_failed(planned: &Planned<'_>, refusal: &Refusal, cause: Option<&Cause>) -> Finding {
    let code = if refusal.code.is_empty() { "an error without a code" } else { &refusal.code };
    let message = match refusal.status {
        // The refusal came when a part of the stream was there.
        200 => format!("the stream of `{}` broke off ({code})", planned.case.id),
        status => format!("`{}` was refused with {status} ({code})", planned.case.id),
    };
    let expected = short(&format!("expect.error = {{ code = \"{}\" }}", refusal.code), 200);
    let finding = |at: Span| {
        // It may repeat what was asked.
        let said = planned.case.withheld.blot_out(&refusal.message);
        Finding::new(Code::CallFailed, at, message).note(format!("Bedrock says: {said}"))
    };
    match cause {
        Some(cause) => finding(planned.model.place_of(cause, &refusal.message))
            .related(planned.case.at.clone(), format!("in `{}`", planned.case.id))
            .notes(cause.notes())
            .help(cause.remedy)
            .note(format!("{ABOUT_A_REFUSAL}: `{expected}`")),
        None => finding(planned.case.at.clone()).help(format!("{ABOUT_A_REFUSAL}, say so: `{expected}`")),
    }
}

const ABOUT_A_REFUSAL: &str = "if the refusal is what the case is about";

fn cut(planned: &Planned<'_>, message: &str) -> Finding {
    Finding::new(Code::StreamIncomplete, planned.case.at.clone(), format!("`{}`: {message}", planned.case.id))
        .help("record the case again: a part of the answer is missing")
}

fn answered(planned: &Planned<'_>, headers: &Headers, body: &Value, measured: Option<&Measured>) -> Verdict {
    if let Some(expected) = &planned.case.expect.error {
        let message = format!("`{}` was answered, but the case expects an error", planned.case.id);
        let finding = Finding::new(Code::CallSucceeded, expected.at.clone(), message)
            .help("remove `expect.error`, or change the request so that it is refused");
        return Verdict::of(Outcome::Fail, vec![finding]);
    }
    let (mapped, errors) = planned.model.mapping.extract(headers, body);
    let mut findings: Vec<Finding> = errors.iter().map(|error| not_mapped(planned, error)).collect();
    findings.extend(unmet(planned, &mapped.fields, &errors));
    findings.extend(measured.into_iter().flat_map(|measured| too_much(planned, measured)));
    if measured.is_some_and(|measured| measured.call.is_some()) {
        // A live call: its answer is in no file.
        let recorded = recorded_in(planned);
        for finding in &mut findings {
            finding.notes.retain(|note| *note != recorded);
        }
    }
    let failed = findings.iter().any(|finding| finding.severity == Severity::Error);
    let outcome = if failed { Outcome::Fail } else { Outcome::Pass };
    Verdict { outcome, findings, mapped: mapped.fields, environment: false }
}

fn not_mapped(planned: &Planned<'_>, error: &ExtractError) -> Finding {
    let places = &planned.model.mapping_places;
    let at = places.of(&error.pointer, error.at.as_ref());
    let mut finding = Finding::new(error.code(), at, error.to_string())
        .related(planned.case.at.clone(), format!("in the response of `{}`", planned.case.id))
        .note(recorded_in(planned));
    finding.notes.extend(error.notes());
    finding.help = error.help();
    finding
}

fn recorded_in(planned: &Planned<'_>) -> String {
    format!("recorded in {}", planned.case.fixture_path.display())
}

/// Expectations that don't hold. Those on fields that could not be mapped are covered by that finding.
fn unmet<'a>(
    planned: &'a Planned<'_>,
    mapped: &'a [(String, Value)],
    errors: &'a [ExtractError],
) -> impl Iterator<Item = Finding> + 'a {
    let checks = planned.case.expect.checks.iter();
    let checks = checks.filter(|check| !errors.iter().any(|error| error.field == check.field));
    checks.flat_map(move |expected| {
        let value = mapped.iter().find(|(field, _)| *field == expected.field);
        let value = value.map_or(&Value::Null, |(_, value)| value);
        expected.check.misses(value).into_iter().map(move |miss| {
            let message = format!("`{}`: {miss}", expected.field);
            Finding::new(Code::ExpectationFailed, expected.place(miss.predicate), message)
                .related(planned.case.at.clone(), format!("in `{}`", planned.case.id))
                .note(recorded_in(planned))
                .help("correct the expectation, or record the case again")
        })
    })
}

/// Expectations on what a call took. What was not measured is not judged.
fn too_much<'a>(planned: &'a Planned<'_>, measured: &'a Measured) -> impl Iterator<Item = Finding> + 'a {
    planned.case.expect.measures.iter().flat_map(move |(measure, expected)| {
        let misses = measured.of(*measure).map(|value| expected.check.misses(&value)).unwrap_or_default();
        misses.into_iter().map(move |miss| {
            let message = format!("`{}`: {miss}", expected.field);
            Finding::new(Code::ExpectationFailed, expected.place(miss.predicate), message)
                .related(planned.case.at.clone(), format!("in `{}`", planned.case.id))
                .help("correct the expectation, or let `repeat` and `require` allow for a call that is slow")
        })
    })
}
