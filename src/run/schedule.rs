//! Runs cases on several threads and reports them in the order of the plan.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::attempt::{AttemptedCase, attempt};
use super::case_attempt::CaseAttempt;
use super::case_run::CaseRun;
use super::event::{Event, Summary};
use super::options::Options;
use super::outcome::Outcome;
use super::plan::{Plan, Planned};
use crate::diagnose::{Code, Finding, Severity, Sources};
use crate::files::fence::Fence;
use crate::invoke::Invoker;

/// Runs every case of `plan` and calls `on_event` for each event, in the order of the plan and on this thread.
///
/// Cases may finish in any order, but their snapshots are written and their failures count towards `max_fail` in the order of
/// the plan. If the run ends early, the remaining cases are reported as skipped.
pub fn run(
    plan: &Plan<'_>,
    invoker: &dyn Invoker,
    options: &Options,
    sources: &Sources,
    mut on_event: impl FnMut(Event<'_>),
) -> Summary {
    let (cases, files, shard) = (plan.cases.len(), plan.files, plan.shard);
    on_event(Event::Started { mode: options.mode, cases, files, shard });
    let fence = &Fence::new(&options.snapshots.root);
    let mut reporter =
        CaseReporter { options, fence, summary: Summary::default(), failed: 0, on_event: &mut on_event };
    let stop = AtomicBool::new(false);
    let ended = || stop.load(Ordering::Relaxed) || options.interrupted.is_cancelled();
    let next = AtomicUsize::new(0);
    let jobs = options.jobs.get().min(plan.cases.len().max(1));
    let batches: Vec<&[Planned<'_>]> = plan.cases.chunks(batch_size(plan.cases.len(), jobs)).collect();
    let (sender, receiver) = mpsc::sync_channel(jobs * 4);
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, ended, next, batches) = (sender.clone(), &ended, &next, &batches);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(cases) = batches.get(index) else { return };
                    let attempted = cases.iter().map(|planned| {
                        (!ended()).then(|| attempt(planned, invoker, fence, options, sources))
                    });
                    if sender.send((index, attempted.collect::<Vec<_>>())).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let in_plan_order = plan.cases.iter().zip(yield_in_order(batches.len(), receiver).flatten());
        for (planned, attempted) in in_plan_order {
            let attempted = attempted.filter(|_| !stop.load(Ordering::Relaxed));
            reporter.report(planned, attempted);
            stop.store(reporter.reached_max_fail(), Ordering::Relaxed);
        }
    });
    let mut summary = reporter.summary;
    summary.deselected = plan.deselected;
    summary.disabled = plan.disabled;
    summary.in_other_shards = plan.in_other_shards;
    summary.interrupted = options.interrupted.is_cancelled();
    summary
}

/// How many cases a worker takes at once. It is more than one only in long runs, in which waking the reporting thread for
/// each case would cost as much as replaying the case.
fn batch_size(cases: usize, jobs: usize) -> usize {
    (cases / (jobs * 32)).clamp(1, 16)
}

/// Yields the results in the order of their indices; keeps those that arrive early.
fn yield_in_order<T>(count: usize, finished: mpsc::Receiver<(usize, T)>) -> impl Iterator<Item = T> {
    let mut early = BTreeMap::new();
    let mut finished = finished.into_iter();
    (0..count).map_while(move |index| {
        loop {
            if let Some(attempted) = early.remove(&index) {
                return Some(attempted);
            }
            let (done, attempted) = finished.next()?;
            early.insert(done, attempted);
        }
    })
}

/// Finishes cases, counts them and reports each as an event.
struct CaseReporter<'a> {
    options: &'a Options,
    fence: &'a Fence,
    summary: Summary,
    failed: usize,
    on_event: &'a mut dyn FnMut(Event<'_>),
}

impl CaseReporter<'_> {
    fn report(&mut self, planned: &Planned<'_>, attempted: Option<AttemptedCase>) {
        let mut case = match attempted {
            Some(attempted) => self.write_and_finish(planned, attempted),
            None => case_run(planned, CaseAttempt { outcome: Outcome::Skipped, ..CaseAttempt::default() }),
        };
        let warns = case.warns;
        for finding in &mut case.attempt.findings {
            if warns {
                finding.severity = finding.severity.max(Severity::Warning);
            }
            if !self.options.snapshots.shows_help {
                finding.help = None;
            }
        }
        case.attempt.mask_output(&planned.case.masked_values);
        self.failed += usize::from(case.fails());
        self.summary.add(&case);
        (self.on_event)(Event::Finished(&case));
    }

    fn write_and_finish(&self, planned: &Planned<'_>, attempted: AttemptedCase) -> CaseRun {
        let mut case = case_run(planned, attempted.attempt);
        let Some(compared) = attempted.compared else { return case };
        let attempt = &mut case.attempt;
        attempt.outcome = compared.outcome;
        match compared.write(planned, &self.options.snapshots, self.fence) {
            Ok(written) => case.written = written,
            Err(cause) => {
                attempt.outcome = Outcome::Error;
                case.unwritten = true;
                let finding = Finding::new(Code::FileUnwritable, planned.case.at.clone(), cause.to_string());
                attempt.findings.push(
                    finding.help(
                        "free disk space or make the folder writable, or run with `--check`, which writes nothing",
                    ),
                );
            }
        }
        attempt.findings.extend(compared.findings);
        case.changed = compared.changed;
        case
    }

    fn reached_max_fail(&self) -> bool {
        self.options.max_fail.is_some_and(|limit| self.failed >= limit.get())
    }
}

fn case_run(planned: &Planned<'_>, attempt: CaseAttempt) -> CaseRun {
    CaseRun {
        id: planned.case.id.clone(),
        model: planned.model.name.clone(),
        config: planned.suite.path.clone(),
        at: planned.case.at.clone(),
        warns: planned.case.warns,
        attempt,
        changed: None,
        written: None,
        unwritten: false,
    }
}
