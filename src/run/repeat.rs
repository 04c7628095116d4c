//! A case that is called several times, since models vary.

use super::attempt::Tried;
use super::outcome::Outcome;
use super::plan::Planned;
use crate::diagnose::{Code, Finding};

/// Calls `times` times and tells the last passing call, or with too few of them the last failing one.
///
/// A call that could not be made ends it.
pub(super) fn ask_again_and_again(
    planned: &Planned<'_>,
    times: u32,
    mut once: impl FnMut() -> Tried,
) -> Tried {
    let (mut passing, mut failing): (Vec<Tried>, Vec<Tried>) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let tried = once();
        match tried.outcome {
            Outcome::Pass => passing.push(tried),
            Outcome::Fail => failing.push(tried),
            _ => return tried,
        }
    }
    let passed = u32::try_from(passing.len()).unwrap_or(times);
    let cost = passing.iter().chain(&failing).map(cost_of).sum::<Option<f64>>();
    let enough = passed >= planned.case.require;
    let last = if enough { passing.pop() } else { failing.pop() };
    let mut tried = last.unwrap_or_default();
    if let Some(measured) = &mut tried.measured {
        (measured.passed, measured.cost) = (Some((passed, times)), cost);
    }
    if !enough {
        tried.findings.insert(0, too_few(planned, passed, times));
    }
    tried
}

fn cost_of(tried: &Tried) -> Option<f64> {
    tried.measured?.cost
}

fn too_few(planned: &Planned<'_>, passed: u32, times: u32) -> Finding {
    let case = planned.case;
    let message = format!("{passed} of {times} calls passed, and `{}` requires {}", case.id, case.require);
    Finding::new(Code::ExpectationFailed, case.at.clone(), message)
        .help("correct what the last failing call shows, or lower `require`")
}
