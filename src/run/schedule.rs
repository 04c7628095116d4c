//! Cases on several threads, told in plan order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use super::event::{Event, Summary};
use super::judge;
use super::outcome::{CaseRun, Outcome};
use super::plan::{Plan, Planned};
use super::snapshots::{self, Compared, Treatment};
use crate::diagnose::{Code, Finding, Severity, Sources, Span};
use crate::fence::Fence;
use crate::files;
use crate::fixture::{Fingerprint, StoreError};
use crate::invoke::{Ask, Invoker, NoAnswer};
use crate::layout;

/// How to run.
pub struct Options {
    pub jobs: NonZeroUsize,
    /// Stop after so many failing cases.
    pub max_fail: Option<NonZeroUsize>,
    pub treatment: Treatment,
    /// Set from outside to end the run early.
    pub interrupted: Arc<AtomicBool>,
}

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
    on(Event::Started { cases: plan.cases.len(), files: plan.files });
    let mut teller = Teller { options, summary: Summary::default(), failed: 0, on: &mut on };
    let stop = AtomicBool::new(false);
    let fence = &Fence::new(&options.treatment.root);
    let ended = || stop.load(Ordering::Relaxed) || options.interrupted.load(Ordering::Relaxed);
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
                    let tried = cases.iter().map(|planned| {
                        (!ended()).then(|| attempt(planned, invoker, fence, &options.treatment, sources))
                    });
                    if sender.send((index, tried.collect::<Vec<_>>())).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let told = plan.cases.iter().zip(in_order(shares.len(), receiver).flatten());
        for (planned, tried) in told {
            let tried = tried.filter(|_| !stop.load(Ordering::Relaxed));
            teller.tell(planned, tried);
            stop.store(teller.is_full(), Ordering::Relaxed);
        }
    });
    let mut summary = teller.summary;
    summary.deselected = plan.deselected;
    summary.disabled = plan.disabled;
    summary.interrupted = options.interrupted.load(Ordering::Relaxed);
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
            if let Some(tried) = early.remove(&index) {
                return Some(tried);
            }
            let (done, tried) = finished.next()?;
            early.insert(done, tried);
        }
    })
}

/// A case that had its turn on a worker.
struct Tried {
    outcome: Outcome,
    findings: Vec<Finding>,
    mapped: Vec<(String, serde_json::Value)>,
    compared: Option<Compared>,
}

fn attempt(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    fence: &Fence,
    treatment: &Treatment,
    sources: &Sources,
) -> Tried {
    if let Some(finding) = outside_root(planned, fence) {
        return Tried {
            outcome: Outcome::Error,
            findings: vec![finding],
            mapped: Vec::new(),
            compared: None,
        };
    }
    let request = planned.model.request(planned.case);
    let ask = Ask { case: &planned.case.id, request: &request, fixture: &planned.case.fixture_path };
    let answer = match invoker.answer(&ask) {
        Ok(answer) => answer,
        Err(why) => return not_answered(planned, &why, sources),
    };
    let judged = judge::judge(planned, &answer);
    let policy = planned.case.snapshot.as_ref();
    let policy = policy.filter(|_| judged.outcome == Outcome::Pass && !judged.mapped.is_empty());
    let compared =
        policy.map(|policy| snapshots::compare(planned, policy, &judged.mapped, treatment, sources));
    Tried { outcome: judged.outcome, findings: judged.findings, mapped: judged.mapped, compared }
}

/// A file of the case that a link puts outside the repository: it is not read, and nothing is written.
fn outside_root(planned: &Planned<'_>, fence: &Fence) -> Option<Finding> {
    let case = planned.case;
    let from = layout::folder(&planned.suite.path);
    let snapshot = case.snapshot.as_ref().map(|_| &case.snapshot_path);
    let path =
        [Some(&case.fixture_path), snapshot].into_iter().flatten().find(|path| !fence.holds(path, from))?;
    let message = format!("`{}` leads out of the repository", path.display());
    let finding = Finding::new(Code::FileOutsideRoot, case.at.clone(), message);
    Some(finding.help("replace the link by the file or folder that it leads to"))
}

fn not_answered(planned: &Planned<'_>, why: &NoAnswer, sources: &Sources) -> Tried {
    let outcome = match why {
        NoAnswer::Missing { .. } => Outcome::Missing,
        NoAnswer::Stale { .. } => Outcome::Stale,
        NoAnswer::Edited { .. } | NoAnswer::Fixture(_) => Outcome::Error,
    };
    let finding = no_answer(planned, why, sources);
    Tried { outcome, findings: vec![finding], mapped: Vec::new(), compared: None }
}

fn no_answer(planned: &Planned<'_>, why: &NoAnswer, sources: &Sources) -> Finding {
    let case = planned.case;
    let path = case.fixture_path.display();
    match why {
        NoAnswer::Missing { .. } => Finding::new(Code::FixtureMissing, case.at.clone(), why.to_string())
            .label(format!("expected in {path}"))
            .help(format!("record the call, then `bedrock-check import FILE --case '{}'`", case.id)),
        NoAnswer::Stale { diff, .. } => Finding::new(Code::FixtureStale, case.at.clone(), why.to_string())
            .label(format!("recorded in {path}"))
            .note(format!(
                "recorded request (-) and request now (+)\n{}",
                case.withheld.blot_out(&diff.lines().collect::<Vec<_>>().join("\n"))
            ))
            .help(format!(
                "undo the change, or record the call again, then `bedrock-check import FILE --case '{}'`",
                case.id
            )),
        NoAnswer::Edited { .. } | NoAnswer::Fixture(_) => {
            let (text, range, help) = match why {
                NoAnswer::Fixture(StoreError::Invalid { error, text }) => {
                    (text.clone(), error.at.clone(), error.help())
                }
                NoAnswer::Fixture(StoreError::Read(error)) => {
                    (fixture_text(case), error.at(), "replace the file: record the case again".to_owned())
                }
                NoAnswer::Edited { fingerprint } => {
                    let text = fixture_text(case);
                    let at = text.find(FINGERPRINT).map(|start| start..start + FINGERPRINT.len());
                    (text, at, edited_help(fingerprint))
                }
                _ => (String::new(), None, "record the case again".to_owned()),
            };
            let file = sources.add(&case.fixture_path, text);
            let at = range.map_or_else(|| Span::file(file), |range| Span::new(file, range));
            Finding::new(why.code(), at, why.to_string())
                .related(case.at.clone(), format!("the fixture of `{}`", case.id))
                .help(help)
        }
    }
}

const FINGERPRINT: &str = "\"fingerprint\"";

fn fixture_text(case: &crate::suite::Case) -> String {
    files::read_lossy(&case.fixture_path, files::FIXTURE_LIMIT)
}

fn edited_help(fingerprint: &Fingerprint) -> String {
    format!("undo the edit; a fixture that is written by hand has `\"fingerprint\": \"{fingerprint}\"`")
}

/// Turns finished cases into events and counts them.
struct Teller<'a> {
    options: &'a Options,
    summary: Summary,
    failed: usize,
    on: &'a mut dyn FnMut(Event<'_>),
}

impl Teller<'_> {
    fn tell(&mut self, planned: &Planned<'_>, tried: Option<Tried>) {
        let mut case = match tried {
            Some(tried) => self.finish(planned, tried),
            None => case_run(planned, Outcome::Skipped),
        };
        for finding in case.findings.iter_mut().filter(|_| case.warns) {
            finding.severity = finding.severity.max(Severity::Warning);
        }
        self.failed += usize::from(case.fails());
        self.summary.add(&case);
        (self.on)(Event::Finished(&case));
    }

    fn finish(&self, planned: &Planned<'_>, tried: Tried) -> CaseRun {
        let mut case = case_run(planned, tried.outcome);
        case.findings = tried.findings;
        case.mapped = tried.mapped;
        let Some(compared) = tried.compared else { return case };
        case.outcome = compared.outcome;
        match compared.write(planned, &self.options.treatment) {
            Ok(written) => case.written = written,
            Err(cause) => {
                case.outcome = Outcome::Error;
                case.unwritten = true;
                let finding = Finding::new(Code::FileUnwritable, planned.case.at.clone(), cause.to_string());
                case.findings.push(
                    finding.help(
                        "make room or the folder writable, or run with `--check`, which writes nothing",
                    ),
                );
            }
        }
        case.findings.extend(compared.findings);
        case.changed = compared.changed;
        case
    }

    fn is_full(&self) -> bool {
        self.options.max_fail.is_some_and(|limit| self.failed >= limit.get())
    }
}

fn case_run(planned: &Planned<'_>, outcome: Outcome) -> CaseRun {
    CaseRun {
        id: planned.case.id.clone(),
        model: planned.model.name.clone(),
        config: planned.suite.path.clone(),
        at: planned.case.at.clone(),
        outcome,
        warns: planned.case.warns,
        findings: Vec::new(),
        mapped: Vec::new(),
        changed: None,
        written: None,
        unwritten: false,
    }
}
