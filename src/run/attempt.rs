//! One case's turn: its request, the answer, the verdict, the snapshot.

use super::judge;
use super::outcome::{Measured, Outcome};
use super::plan::Planned;
use super::repeat;
use super::schedule::Options;
use super::snapshots::{self, Compared};
use crate::aws::catalogue::Prices;
use crate::aws::cause::Side;
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::exchange::Answer;
use crate::fence::Fence;
use crate::files;
use crate::fixture::{Fingerprint, StoreError};
use crate::invoke::cost::usage;
use crate::invoke::{Ask, Invoker, NoAnswer, Recorded, Unasked};
use crate::layout;
use crate::suite::Measure;

/// A case that had its turn on a worker.
#[derive(Default)]
pub struct Tried {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub mapped: Vec<(String, serde_json::Value)>,
    pub(super) compared: Option<Compared>,
    pub measured: Option<Measured>,
    pub recorded: Option<Recorded>,
    pub unasked: Option<Unasked>,
    pub environment: bool,
}

/// Asks, judges, compares. Of the case's files only the fixture is written here, by an invoker that records:
/// a call that was paid for is kept, whatever becomes of the run.
pub(super) fn attempt(
    planned: &Planned<'_>,
    invoker: &dyn Invoker,
    fence: &Fence,
    options: &Options,
    sources: &Sources,
) -> Tried {
    if let Some(finding) = outside_root(planned, fence) {
        return Tried { outcome: Outcome::Error, findings: vec![finding], ..Tried::default() };
    }
    let mut tried = if planned.case.repeat > 1 && invoker.varies() {
        repeat::ask_again_and_again(planned, planned.case.repeat, || {
            once(planned, invoker, &options.prices, sources)
        })
    } else {
        once(planned, invoker, &options.prices, sources)
    };
    let policy = planned.case.snapshot.as_ref();
    let policy = policy.filter(|_| tried.outcome == Outcome::Pass && !tried.mapped.is_empty());
    tried.compared = policy.map(|policy| {
        if invoker.varies() {
            snapshots::compare_live(planned, policy, &tried.mapped, sources)
        } else {
            snapshots::compare(planned, policy, &tried.mapped, &options.treatment, sources)
        }
    });
    tried
}

/// One call and what it is worth, before the snapshot is looked at.
pub fn once(planned: &Planned<'_>, invoker: &dyn Invoker, prices: &Prices, sources: &Sources) -> Tried {
    let request = planned.model.request(planned.case);
    let ask = &Ask { model: planned.model, case: planned.case, request: &request };
    let answered = match invoker.answer(ask) {
        Ok(answered) => answered,
        Err(why) => return not_answered(planned, &why, sources),
    };
    let expects_cost = planned.case.expect.measures.iter().any(|(measure, _)| *measure == Measure::Cost);
    // Prices are read where a call was made, or where a case asks for them.
    let cost =
        (answered.call.is_some() || expects_cost).then(|| cost(planned, &answered.answer, prices)).flatten();
    let measured = Measured { call: answered.call, cost, passed: None };
    let measured = (answered.call.is_some() || expects_cost).then_some(measured);
    let judged = judge::judge(planned, &answered.answer, measured.as_ref());
    Tried {
        outcome: judged.outcome,
        findings: judged.findings,
        mapped: judged.mapped,
        measured,
        recorded: answered.recorded,
        environment: judged.environment && answered.call.is_some(),
        ..Tried::default()
    }
}

/// USD that the answer cost, if it tells its tokens and their price is known.
fn cost(planned: &Planned<'_>, answer: &Answer, prices: &Prices) -> Option<f64> {
    let used = usage(answer)?;
    let price = prices.of(&planned.model.model_id, &planned.model.region)?;
    Some(price.cost(used.input, used.output))
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
        NoAnswer::Edited { .. }
        | NoAnswer::Fixture(_)
        | NoAnswer::Trouble(_)
        | NoAnswer::NotRecorded { .. }
        | NoAnswer::Unwritable(_) => Outcome::Error,
        NoAnswer::Unasked(why) => {
            return Tried { outcome: Outcome::Skipped, unasked: Some(*why), ..Tried::default() };
        }
    };
    let environment = match why {
        NoAnswer::Trouble(trouble) => trouble.side() == Side::Environment,
        NoAnswer::Unwritable(_) => true,
        _ => false,
    };
    let finding = no_answer(planned, why, sources);
    Tried { outcome, findings: vec![finding], environment, ..Tried::default() }
}

fn no_answer(planned: &Planned<'_>, why: &NoAnswer, sources: &Sources) -> Finding {
    let case = planned.case;
    let path = case.fixture_path.display();
    match why {
        NoAnswer::Missing { .. } => Finding::new(Code::FixtureMissing, case.at.clone(), why.to_string())
            .label(format!("expected in {path}"))
            .help(format!("record it: `bedrock-check record -k '{}'`", case.id)),
        NoAnswer::Stale { diff, .. } => Finding::new(Code::FixtureStale, case.at.clone(), why.to_string())
            .label(format!("recorded in {path}"))
            .note(format!(
                "recorded request (-) and request now (+)\n{}",
                case.withheld.blot_out(&diff.lines().collect::<Vec<_>>().join("\n"))
            ))
            .help(format!(
                "undo the change, or record it again: `bedrock-check record --mode record-stale -k '{}'`",
                case.id
            )),
        NoAnswer::Trouble(trouble) => {
            trouble.finding(planned.model).related(case.at.clone(), format!("in `{}`", case.id))
        }
        NoAnswer::NotRecorded { leak, .. } => Finding::new(why.code(), case.at.clone(), why.to_string())
            .note(format!("it would stand at `{}` of {path}", leak.place))
            .help("take it out of what is asked, and revoke it if it was told to anybody"),
        NoAnswer::Unwritable(_) => Finding::new(why.code(), case.at.clone(), why.to_string())
            .help("make room or the folder writable, and record again"),
        NoAnswer::Edited { .. } | NoAnswer::Fixture(_) | NoAnswer::Unasked(_) => {
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
