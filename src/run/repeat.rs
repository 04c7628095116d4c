//! Calls a case several times, because a model's answers vary.

use super::case_attempt::CaseCall;
use super::outcome::Outcome;
use super::plan::Planned;
use crate::diagnose::{Code, Finding};

/// Makes `times` calls and returns the last passing one, or the last failing one if too few passed.
///
/// Stops at a call that neither passes nor fails, such as one that could not be made, and returns it.
pub(super) fn call_repeatedly(
    planned: &Planned<'_>,
    times: u32,
    mut call: impl FnMut() -> CaseCall,
) -> CaseCall {
    let (mut passing, mut failing): (Vec<CaseCall>, Vec<CaseCall>) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let called = call();
        match called.attempt.outcome {
            Outcome::Pass => passing.push(called),
            Outcome::Fail => failing.push(called),
            _ => return called,
        }
    }
    let passed = u32::try_from(passing.len()).unwrap_or(times);
    let cost = passing.iter().chain(&failing).map(cost_of).sum::<Option<f64>>();
    let enough = passed >= planned.case.require;
    let last = if enough { passing.pop() } else { failing.pop() };
    let mut called = last.unwrap_or_default();
    if let Some(measured) = &mut called.attempt.measured {
        (measured.passed, measured.cost) = (Some((passed, times)), cost);
    }
    if !enough {
        called.attempt.findings.insert(0, too_few_passes_finding(planned, passed, times));
    }
    called
}

fn cost_of(called: &CaseCall) -> Option<f64> {
    called.attempt.measured?.cost
}

fn too_few_passes_finding(planned: &Planned<'_>, passed: u32, times: u32) -> Finding {
    let case = planned.case;
    let message = format!("{passed} of {times} calls passed, and `{}` requires {}", case.id, case.require);
    Finding::new(Code::ExpectationFailed, case.at.clone(), message)
        .help("correct what the last failing call shows, or lower `require`")
}
