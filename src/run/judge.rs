//! Judges an answer: maps it and checks the expectations. Pure functions.

use serde_json::Value;

use super::outcome::{Measured, Outcome};
use super::plan::Planned;
use crate::assemble::{self, Problem};
use crate::aws::cause::{self, Cause, Service, Side};
use crate::config::model::Claim;
use crate::diagnose::{Code, Finding, Severity, Span, short};
use crate::exchange::{Answer, Headers, Refusal};
use crate::mapping::ExtractError;

/// The result of judging an answer, before the snapshot is compared.
#[derive(Debug)]
pub(super) struct Verdict {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub mapped: Vec<(String, Value)>,
    /// Whether the environment caused the failure, not the case.
    pub environment: bool,
}

impl Verdict {
    fn new(outcome: Outcome, findings: Vec<Finding>) -> Verdict {
        Verdict { outcome, findings, mapped: Vec::new(), environment: false }
    }
}

/// Checks `answer` against the expectations of the case; `measured` is set if a call was made.
pub(super) fn judge(planned: &Planned<'_>, answer: &Answer, measured: Option<&Measured>) -> Verdict {
    let verdict = judge_answer(planned, answer, measured);
    match planned.case.claim {
        Some(claim) if !verdict.environment => claim_not_proven(claim, verdict),
        _ => verdict,
    }
}

/// The probe of a claim is generated, so its errors become one finding about the claim.
fn claim_not_proven(claim: Claim, mut verdict: Verdict) -> Verdict {
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    let (errors, mut findings): (Vec<_>, Vec<_>) = verdict.findings.into_iter().partition(is_error);
    let mut errors = errors.into_iter();
    if let Some(first) = errors.next() {
        let mut first = finding_about_claim(claim, first);
        first.notes.splice(0..0, errors.map(|error| error.message));
        findings.push(first);
    }
    verdict.findings = findings;
    verdict
}

fn finding_about_claim(claim: Claim, mut finding: Finding) -> Finding {
    let at = finding.at.span.clone();
    finding.related.retain(|label| label.span != at);
    finding.notes.retain(|note| !note.starts_with(IF_EXPECTED));
    finding.message = format!("the claim `{}` is not proven: {}", claim.name(), finding.message);
    finding.help(format!("{}, or record the probe again", claim.removal_help()))
}

fn judge_answer(planned: &Planned<'_>, answer: &Answer, measured: Option<&Measured>) -> Verdict {
    match answer {
        Answer::Refusal(refusal) => judge_refusal(planned, refusal),
        Answer::Response(response) => judge_body(planned, &response.headers, &response.body, measured),
        Answer::Stream(stream) => {
            let assembled = assemble::assemble(stream);
            match assembled.problem {
                Some(Problem::Refused(refusal)) => judge_refusal(planned, &refusal),
                Some(Problem::Incomplete { message }) => {
                    let verdict = Verdict::new(Outcome::Error, vec![stream_incomplete(planned, &message)]);
                    Verdict { environment: true, ..verdict }
                }
                None => judge_body(planned, &assembled.headers, &assembled.body, measured),
            }
        }
    }
}

fn judge_refusal(planned: &Planned<'_>, refusal: &Refusal) -> Verdict {
    let Some(expected) = &planned.case.expect.error else {
        let cause = cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
        let environment = cause.is_some_and(|cause| cause.side == Side::Environment);
        let findings = vec![refusal_finding(planned, refusal, cause)];
        return Verdict { environment, ..Verdict::new(Outcome::Error, findings) };
    };
    let differences = expected.find_differences(refusal);
    let findings = differences.into_iter().map(|(place, message)| {
        Finding::new(Code::ExpectationFailed, place, message)
            .help("correct the expectation, or record the case again")
    });
    let findings: Vec<Finding> = findings.collect();
    Verdict::new(if findings.is_empty() { Outcome::Pass } else { Outcome::Fail }, findings)
}

fn refusal_finding(planned: &Planned<'_>, refusal: &Refusal, cause: Option<&Cause>) -> Finding {
    let code = if refusal.code.is_empty() { "an error without a code" } else { &refusal.code };
    let message = match refusal.status {
        // AWS refused the call after it had sent a part of the stream.
        200 => format!("the stream of `{}` broke off ({code})", planned.case.id),
        status => format!("`{}` was refused with {status} ({code})", planned.case.id),
    };
    let expected = short(&format!("expect.error = {{ code = \"{}\" }}", refusal.code), 200);
    let finding = |at: Span| {
        Finding::new(Code::CallFailed, at, message).note(format!("Bedrock's message: {}", refusal.message))
    };
    match cause {
        Some(cause) => finding(planned.model.locate_cause(cause, &refusal.message))
            .related(planned.case.at.clone(), format!("in `{}`", planned.case.id))
            .notes(cause.notes())
            .help(cause.remedy)
            .note(format!("{IF_EXPECTED}: `{expected}`")),
        None => finding(planned.case.at.clone()).help(format!("{IF_EXPECTED}: `{expected}`")),
    }
}

const IF_EXPECTED: &str = "if the case expects this refusal, add";

fn stream_incomplete(planned: &Planned<'_>, message: &str) -> Finding {
    Finding::new(Code::StreamIncomplete, planned.case.at.clone(), format!("`{}`: {message}", planned.case.id))
        .help("record the case again: a part of the answer is missing")
}

fn judge_body(
    planned: &Planned<'_>,
    headers: &Headers,
    body: &Value,
    measured: Option<&Measured>,
) -> Verdict {
    if let Some(expected) = &planned.case.expect.error {
        let message = format!("`{}` was answered, but the case expects an error", planned.case.id);
        let finding = Finding::new(Code::CallSucceeded, expected.at.clone(), message)
            .help("remove `expect.error`, or change the request so that it is refused");
        return Verdict::new(Outcome::Fail, vec![finding]);
    }
    let (mapped, errors) = planned.model.mapping.extract(headers, body);
    let mut findings: Vec<Finding> = errors.iter().map(|error| extract_finding(planned, error)).collect();
    findings.extend(unmet_checks(planned, &mapped.fields, &errors));
    findings.extend(measured.into_iter().flat_map(|measured| unmet_measures(planned, measured)));
    if measured.is_some_and(|measured| measured.call.is_some()) {
        // The answer of a live call was not read from the fixture.
        let recorded = fixture_note(planned);
        for finding in &mut findings {
            finding.notes.retain(|note| *note != recorded);
        }
    }
    let failed = findings.iter().any(|finding| finding.severity == Severity::Error);
    let outcome = if failed { Outcome::Fail } else { Outcome::Pass };
    Verdict { outcome, findings, mapped: mapped.fields, environment: false }
}

fn extract_finding(planned: &Planned<'_>, error: &ExtractError) -> Finding {
    let places = &planned.model.mapping_places;
    let at = places.locate(&error.pointer, error.at.as_ref());
    let mut finding = Finding::new(error.code(), at, error.to_string())
        .related(planned.case.at.clone(), format!("in the response of `{}`", planned.case.id))
        .note(fixture_note(planned));
    finding.notes.extend(error.notes());
    finding.help = error.help();
    finding
}

fn fixture_note(planned: &Planned<'_>) -> String {
    format!("recorded in {}", planned.case.fixture_path.display())
}

/// Reports the expectations that aren't met, except those on fields that could not be mapped: these have a finding already.
fn unmet_checks<'a>(
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
                .note(fixture_note(planned))
                .help("correct the expectation, or record the case again")
        })
    })
}

/// Reports the expectations on time and cost that aren't met. A measure that is unknown is not checked.
fn unmet_measures<'a>(
    planned: &'a Planned<'_>,
    measured: &'a Measured,
) -> impl Iterator<Item = Finding> + 'a {
    planned.case.expect.measures.iter().flat_map(move |(measure, expected)| {
        let misses = measured.value(*measure).map(|value| expected.check.misses(&value)).unwrap_or_default();
        misses.into_iter().map(move |miss| {
            let message = format!("`{}`: {miss}", expected.field);
            Finding::new(Code::ExpectationFailed, expected.place(miss.predicate), message)
                .related(planned.case.at.clone(), format!("in `{}`", planned.case.id))
                .help("correct the expectation, or set `repeat` and `require` so that a slow call is allowed")
        })
    })
}
