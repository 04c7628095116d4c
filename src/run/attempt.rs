//! One case's turn: its request, the answer, the verdict, the snapshot.

use super::judge;
use super::outcome::Outcome;
use super::plan::Planned;
use super::snapshots::{self, Compared, Treatment};
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::fence::Fence;
use crate::files;
use crate::fixture::{Fingerprint, StoreError};
use crate::invoke::{Ask, Invoker, NoAnswer};
use crate::layout;

/// A case that had its turn on a worker.
pub(super) struct Tried {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub mapped: Vec<(String, serde_json::Value)>,
    pub compared: Option<Compared>,
}

/// Asks, judges, compares; writes nothing.
pub(super) fn attempt(
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
