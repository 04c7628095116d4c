//! Compiles the expectations of a case, with the places that findings point at.

use crate::config::model::{Expect, ExpectedError};
use crate::diagnose::{Code, Finding, Span, short};
use crate::exchange::Refusal;
use crate::expect::Check;
use crate::pattern::Patterns;
use crate::pointer::join;
use crate::words::{nearest, quoted_commas};

/// Everything that one case expects.
#[derive(Debug, Default)]
pub struct Expectations {
    /// The call must be refused.
    pub error: Option<ExpectedRefusal>,
    pub checks: Vec<Expectation>,
    /// Limits on time and cost. Only checked when a call is made.
    pub measures: Vec<(Measure, Expectation)>,
}

/// The time or cost of a call: fields of `expect` that don't come from a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Milliseconds from the request to the end of the answer.
    Latency,
    /// Milliseconds from the request to the first part of a streamed answer.
    FirstToken,
    /// USD.
    Cost,
}

/// The measures by their name in `expect`.
pub const MEASURES: [(&str, Measure); 3] =
    [("latency_ms", Measure::Latency), ("first_token_ms", Measure::FirstToken), ("cost_usd", Measure::Cost)];

/// Predicates on one mapped field.
#[derive(Debug)]
pub struct Expectation {
    pub field: String,
    pub check: Check,
    at: Span,
    predicates: Vec<(&'static str, Span)>,
}

impl Expectation {
    /// The place of the predicate, or of the whole expectation if that isn't known.
    pub fn place(&self, predicate: &str) -> Span {
        let known = self.predicates.iter().find(|(name, _)| *name == predicate);
        known.map_or_else(|| self.at.clone(), |(_, span)| span.clone())
    }
}

/// The error that a call must be refused with.
#[derive(Debug)]
pub struct ExpectedRefusal {
    pub at: Span,
    code: Option<(String, Span)>,
    contains: Option<(String, Span)>,
    status: Option<(u16, Span)>,
}

impl ExpectedRefusal {
    /// The differences between `refusal` and the expected error, each with the place of the expectation.
    pub fn find_differences(&self, refusal: &Refusal) -> Vec<(Span, String)> {
        let mut differences = Vec::new();
        // The exceptions of a stream have their codes in camelCase.
        let other = |code: &str| !code.eq_ignore_ascii_case(&refusal.code);
        if let Some((code, at)) = self.code.as_ref().filter(|(code, _)| other(code)) {
            differences.push((at.clone(), format!("expected the error `{code}`, found `{}`", refusal.code)));
        }
        if let Some((status, at)) = self.status.as_ref().filter(|(status, _)| *status != refusal.status) {
            differences.push((at.clone(), format!("expected the status {status}, found {}", refusal.status)));
        }
        if let Some((part, at)) = self.contains.as_ref().filter(|(part, _)| !refusal.message.contains(part)) {
            let found = short(&refusal.message, 200);
            differences
                .push((at.clone(), format!("expected a message that contains `{part}`, found `{found}`")));
        }
        differences
    }
}

/// Compiles the `expect` table. `at` returns the places of key and value for a pointer into the table.
pub(super) fn compile(
    expect: &Expect,
    fields: &[&str],
    at: &dyn Fn(&str) -> (Span, Span),
    patterns: &Patterns,
    findings: &mut Vec<Finding>,
) -> Expectations {
    let (mut checks, mut measures) = (Vec::new(), Vec::new());
    for (field, predicates) in &expect.fields {
        let pointer = join("", field);
        let measure = MEASURES.iter().find(|(name, _)| name == field && !fields.contains(name));
        if measure.is_none() && !fields.contains(&field.as_str()) {
            findings.extend(unknown_field(field, fields, at(&pointer).0));
            continue;
        }
        if expect.error.is_some() {
            let message = format!("`{field}` can't be combined with `error`");
            let finding = Finding::new(Code::ExpectationInvalid, at(&pointer).0, message);
            findings.push(finding.help("remove one of the two: a refused call has no output"));
            continue;
        }
        match Check::compile(predicates, patterns) {
            Ok(check) => {
                let at_value = at(&pointer).1;
                let predicates = predicate_places(&check, &pointer, at);
                let expectation = Expectation { field: field.clone(), at: at_value, predicates, check };
                match measure {
                    Some((_, measure)) => measures.push((*measure, expectation)),
                    None => checks.push(expectation),
                }
            }
            Err(errors) => findings.extend(errors.iter().map(|error| {
                let place = at(&format!("{pointer}/{}", error.predicate)).1;
                let mut finding = Finding::new(Code::ExpectationInvalid, place, error.to_string());
                finding.help = error.help();
                finding
            })),
        }
    }
    Expectations { error: expect.error.as_ref().map(|error| compile_refusal(error, at)), checks, measures }
}

fn predicate_places(
    check: &Check,
    pointer: &str,
    at: &dyn Fn(&str) -> (Span, Span),
) -> Vec<(&'static str, Span)> {
    let names = check.keys();
    names.map(|name| (name, at(&[pointer, "/", name].concat()).1)).collect()
}

/// Reports a field that the mapping doesn't have. Without a mapping, only the missing mapping is reported.
pub(super) fn unknown_field(field: &str, fields: &[&str], at: Span) -> Option<Finding> {
    let finding = Finding::new(Code::UnknownField, at, format!("the mapping has no field `{field}`"))
        .suggest(
            nearest(field, fields.iter().copied().chain(MEASURES.map(|(name, _)| name))),
            format!("the mapping has {}", quoted_commas(fields)),
        );
    (!fields.is_empty()).then_some(finding)
}

fn compile_refusal(error: &ExpectedError, at: &dyn Fn(&str) -> (Span, Span)) -> ExpectedRefusal {
    let place = |key: &str| at(&format!("/error/{key}")).1;
    ExpectedRefusal {
        at: at("/error").0,
        code: error.code.clone().map(|code| (code, place("code"))),
        contains: error.contains.clone().map(|part| (part, place("contains"))),
        status: error.status.map(|status| (status, place("status"))),
    }
}
