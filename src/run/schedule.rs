//! Cases on several threads, told in plan order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::attempt::{Attempted, attempt};
use super::case_attempt::CaseAttempt;
use super::case_run::CaseRun;
use super::event::{Event, Summary};
use super::options::Options;
use super::outcome::Outcome;
use super::plan::{Plan, Planned};
use crate::diagnose::{Code, Finding, Severity, Sources};
use crate::files::fence::Fence;
use crate::invoke::Invoker;

/// Runs every case of `plan` and tells `on` what happens, in plan order and from this thread.
///
/// Whatever finishes first: a case's files are written, and it counts towards `max_fail`, when its turn
/// in the plan comes. Cases behind the end of a run that is cut short are told as skipped.
pub fn run(
    plan: &Plan<'_>,
    invoker: &dyn Invoker,
    options: &Options,
    sources: &Sources,
    mut on: impl FnMut(Event<'_>),
) -> Summary {
    let (cases, files, shard) = (plan.cases.len(), plan.files, plan.shard);
    on(Event::Started { mode: options.mode, cases, files, shard });
    let mut teller = Teller { options, summary: Summary::default(), failed: 0, on: &mut on };
    let stop = AtomicBool::new(false);
    let fence = &Fence::new(&options.treatment.root);
    let ended = || stop.load(Ordering::Relaxed) || options.interrupted.is_cancelled();
    let next = AtomicUsize::new(0);
    let jobs = options.jobs.get().min(plan.cases.len().max(1));
    let shares: Vec<&[Planned<'_>]> = plan.cases.chunks(share(plan.cases.len(), jobs)).collect();
    let (sender, receiver) = mpsc::sync_channel(jobs * 4);
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, ended, next, shares) = (sender.clone(), &ended, &next, &shares);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(cases) = shares.get(index) else { return };
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
        let told = plan.cases.iter().zip(in_order(shares.len(), receiver).flatten());
        for (planned, attempted) in told {
            let attempted = attempted.filter(|_| !stop.load(Ordering::Relaxed));
            teller.tell(planned, attempted);
            stop.store(teller.is_full(), Ordering::Relaxed);
        }
    });
    let mut summary = teller.summary;
    summary.deselected = plan.deselected;
    summary.disabled = plan.disabled;
    summary.elsewhere = plan.elsewhere;
    summary.interrupted = options.interrupted.is_cancelled();
    summary
}

/// How many cases a worker takes at once: more than one only in long runs, where waking this thread
/// for each case costs as much as a replayed case itself.
fn share(cases: usize, jobs: usize) -> usize {
    (cases / (jobs * 32)).clamp(1, 16)
}

/// Holds back what finished early until its turn comes.
fn in_order<T>(count: usize, finished: mpsc::Receiver<(usize, T)>) -> impl Iterator<Item = T> {
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

/// Turns finished cases into events and counts them.
struct Teller<'a> {
    options: &'a Options,
    summary: Summary,
    failed: usize,
    on: &'a mut dyn FnMut(Event<'_>),
}

impl Teller<'_> {
    fn tell(&mut self, planned: &Planned<'_>, attempted: Option<Attempted>) {
        let mut case = match attempted {
            Some(attempted) => self.finish(planned, attempted),
            None => case_run(planned, CaseAttempt { outcome: Outcome::Skipped, ..CaseAttempt::default() }),
        };
        let warns = case.warns;
        for finding in &mut case.attempt.findings {
            if warns {
                finding.severity = finding.severity.max(Severity::Warning);
            }
            if !self.options.treatment.advises {
                finding.help = None;
            }
        }
        self.failed += usize::from(case.fails());
        self.summary.add(&case);
        (self.on)(Event::Finished(&case));
    }

    fn finish(&self, planned: &Planned<'_>, attempted: Attempted) -> CaseRun {
        let mut case = case_run(planned, attempted.attempt);
        let Some(compared) = attempted.compared else { return case };
        let attempt = &mut case.attempt;
        attempt.outcome = compared.outcome;
        match compared.write(planned, &self.options.treatment) {
            Ok(written) => case.written = written,
            Err(cause) => {
                attempt.outcome = Outcome::Error;
                case.unwritten = true;
                let finding = Finding::new(Code::FileUnwritable, planned.case.at.clone(), cause.to_string());
                attempt.findings.push(
                    finding.help(
                        "make room or the folder writable, or run with `--check`, which writes nothing",
                    ),
                );
            }
        }
        attempt.findings.extend(compared.findings);
        case.changed = compared.changed;
        case
    }

    fn is_full(&self) -> bool {
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
