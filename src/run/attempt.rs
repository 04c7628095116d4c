//! Runs one case: sends its request, judges the answer and compares the snapshot.

use std::path::Path;

use super::case_attempt::{CaseAttempt, CaseCall, mask_findings};
use super::judge;
use super::options::Options;
use super::outcome::{Changed, Measured, Outcome, tokens};
use super::plan::Planned;
use super::repeat;
use super::reported_exchange::reported_exchange;
use super::snapshots::{self, ComparedOutput};
use super::unanswered::not_answered;
use crate::aws::catalogue::Prices;
use crate::diagnose::{Code, Finding, Sources};
use crate::exchange::Answer;
use crate::files::fence::Fence;
use crate::files::layout;
use crate::invoke::cost::usage;
use crate::invoke::{CaseRequest, Invoker};
use crate::suite::Measure;

/// The result of a worker for a case. Its snapshot is not written yet.
pub(super) struct AttemptedCase {
    pub attempt: CaseAttempt,
    pub compared: Option<ComparedOutput>,
}

/// Calls the model, judges the answer and compares it with the snapshot. The only file written here is the fixture, by an
/// invoker that records: a call that was paid for is kept even if the run fails later.
pub(super) fn attempt(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    fence: &Fence,
    options: &Options,
    sources: &Sources,
) -> AttemptedCase {
    if let Some(finding) = find_file_outside_root(planned, fence) {
        let attempt =
            CaseAttempt { outcome: Outcome::Error, findings: vec![finding], ..CaseAttempt::default() };
        return AttemptedCase { attempt, compared: None };
    }
    let CaseCall { mut attempt, invocation } = if planned.case.repeat > 1 && invoker.varies() {
        repeat::call_repeatedly(planned, planned.case.repeat, || {
            call(planned, invoker, &options.prices, sources)
        })
    } else {
        call(planned, invoker, &options.prices, sources)
    };
    if let Some(invocation) = invocation.filter(|_| options.shows_exchanges) {
        let request = planned.model.request(planned.case);
        attempt.exchange = Some(Box::new(reported_exchange(planned, &request, &invocation, &options.prices)));
    }
    let compared = compare(planned, invoker, &attempt, options, sources);
    AttemptedCase { attempt, compared }
}

/// Compares the output of a passing case with its snapshot, if it has one.
fn compare(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    attempt: &CaseAttempt,
    options: &Options,
    sources: &Sources,
) -> Option<ComparedOutput> {
    let policy = planned.case.snapshot.as_ref()?;
    if attempt.outcome != Outcome::Pass || attempt.mapped.is_empty() {
        return None;
    }
    let mut compared = if invoker.varies() {
        snapshots::compare_live(planned, policy, &attempt.mapped, sources)
    } else {
        snapshots::compare(planned, policy, &attempt.mapped, &options.snapshots, sources)
    };
    mask_findings(&mut compared.findings, &planned.case.masked_values);
    if let Some(changed) = &mut compared.changed {
        changed.cost = cost_change(planned, changed, &options.prices);
        changed.mask(&planned.case.masked_values);
    }
    Some(compared)
}

/// The cost of one call in USD: with the token counts of the accepted output, and with those of the new output.
fn cost_change(planned: &Planned<'_>, changed: &Changed, prices: &Prices) -> Option<[f64; 2]> {
    let price = prices.price_for(&planned.model.model_id, &planned.model.region)?;
    let cost_of =
        |contents| Some(price.cost(tokens(contents, "input_tokens")?, tokens(contents, "output_tokens")?));
    Some([cost_of(&changed.old)?, cost_of(&changed.new)?])
}

/// Calls the case once and judges the answer, without comparing it with the snapshot.
pub fn call_once(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    prices: &Prices,
    sources: &Sources,
) -> CaseAttempt {
    call(planned, invoker, prices, sources).attempt
}

fn call(planned: &Planned<'_>, invoker: &dyn Invoker, prices: &Prices, sources: &Sources) -> CaseCall {
    let mut call = call_and_judge(planned, invoker, prices, sources);
    mask_findings(&mut call.attempt.findings, &planned.case.masked_values);
    call
}

fn call_and_judge(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    prices: &Prices,
    sources: &Sources,
) -> CaseCall {
    let request = planned.model.request(planned.case);
    let base = &planned.suite.base;
    let case_request = &CaseRequest { model: planned.model, case: planned.case, request: &request, base };
    let mut invocation = match invoker.invoke(case_request) {
        Ok(invocation) => invocation,
        Err(why) => return not_answered(planned, &why, sources).into(),
    };
    let expects_cost = planned.case.expect.measures.iter().any(|(measure, _)| *measure == Measure::Cost);
    // The price is needed only if a call was made or the case has an expectation on the cost.
    let cost = (invocation.call.is_some() || expects_cost)
        .then(|| cost(planned, &invocation.answer, prices))
        .flatten();
    let measured = Measured { call: invocation.call, cost, passed: None };
    let measured = (invocation.call.is_some() || expects_cost).then_some(measured);
    let judged = judge::judge(planned, &invocation.answer, measured.as_ref());
    let attempt = CaseAttempt {
        outcome: judged.outcome,
        findings: judged.findings,
        mapped: judged.mapped,
        measured,
        recorded: invocation.recorded.take(),
        environment: judged.environment && invocation.call.is_some(),
        ..CaseAttempt::default()
    };
    CaseCall { attempt, invocation: Some(invocation) }
}

/// The cost of the answer in USD, if it contains token counts and their price is known.
fn cost(planned: &Planned<'_>, answer: &Answer, prices: &Prices) -> Option<f64> {
    let used = usage(answer)?;
    let price = prices.price_for(&planned.model.model_id, &planned.model.region)?;
    Some(price.cost(used.input, used.output))
}

/// Reports a file of the case that is outside the repository because of a symlink. The case then isn't run: nothing is
/// read or written.
pub fn find_file_outside_root(planned: &Planned<'_>, fence: &Fence) -> Option<Finding> {
    let case = planned.case;
    let locate = |path: &Path| planned.suite.base.locate(path);
    let from = locate(layout::config_folder(&planned.suite.path));
    let snapshot = case.snapshot.as_ref().map(|_| &case.snapshot_path);
    let mut paths = [Some(&case.fixture_path), snapshot].into_iter().flatten();
    let path = paths.find(|path| !fence.allows(&locate(path), &from))?;
    let message = format!("`{}` points outside the repository", path.display());
    let finding = Finding::new(Code::FileOutsideRoot, case.at.clone(), message);
    Some(finding.help("replace the symlink by the file or folder that it points to"))
}
