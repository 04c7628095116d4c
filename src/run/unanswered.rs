//! Reports why a case got no answer, and what to do.

use std::path::Path;

use super::case_attempt::CaseAttempt;
use super::outcome::Outcome;
use super::plan::Planned;
use crate::aws::cause::Side;
use crate::diagnose::{Code, Finding, Sources, Span};
use crate::files::{self, layout};
use crate::fixture::{Fingerprint, StoreError};
use crate::invoke::InvokeError;

pub(super) fn not_answered(planned: &Planned<'_>, why: &InvokeError, sources: &Sources) -> CaseAttempt {
    let outcome = match why {
        InvokeError::Missing { .. } => Outcome::Missing,
        InvokeError::Stale { .. } => Outcome::Stale,
        InvokeError::Edited { .. }
        | InvokeError::Fixture(_)
        | InvokeError::CallFailed(_)
        | InvokeError::NotRecorded { .. }
        | InvokeError::Unwritable(_) => Outcome::Error,
        InvokeError::NotCalled(why) => {
            return CaseAttempt {
                outcome: Outcome::Skipped,
                not_called: Some(*why),
                ..CaseAttempt::default()
            };
        }
    };
    let environment = match why {
        InvokeError::CallFailed(failure) => failure.side() == Side::Environment,
        other => matches!(other, InvokeError::Unwritable(_)),
    };
    let finding = report_unanswered(planned, why, sources);
    CaseAttempt { outcome, findings: vec![finding], environment, ..CaseAttempt::default() }
}

/// Reports why the case of `planned` has no answer.
pub fn report_unanswered(planned: &Planned<'_>, why: &InvokeError, sources: &Sources) -> Finding {
    let case = planned.case;
    let path = case.fixture_path.display();
    match why {
        InvokeError::Missing { .. } => Finding::new(Code::FixtureMissing, case.at.clone(), why.to_string())
            .label(format!("expected in {path}"))
            .help(
                windows_rename(planned)
                    .unwrap_or_else(|| format!("record it: `bedrock-check record -k '{}'`", case.id)),
            ),
        InvokeError::Stale { diff, .. } => Finding::new(Code::FixtureStale, case.at.clone(), why.to_string())
            .label(format!("recorded in {path}"))
            .note(format!(
                "recorded request (-) and request now (+)\n{}",
                diff.lines().collect::<Vec<_>>().join("\n")
            ))
            .help(format!(
                "undo the change, or record it again: `bedrock-check record --mode record-stale -k '{}'`",
                case.id
            )),
        InvokeError::CallFailed(failure) => {
            failure.to_finding(planned.model).related(case.at.clone(), format!("in `{}`", case.id))
        }
        InvokeError::NotRecorded { leak, .. } => Finding::new(why.code(), case.at.clone(), why.to_string())
            .note(format!("the secret would be at `{}` in {path}", leak.pointer))
            .help("remove it from the request, and revoke it if it was shared with anyone"),
        InvokeError::Unwritable(_) => Finding::new(why.code(), case.at.clone(), why.to_string())
            .help("free disk space or make the folder writable, and record again"),
        InvokeError::Edited { .. } | InvokeError::Fixture(_) | InvokeError::NotCalled(_) => {
            unusable(planned, why, sources)
        }
    }
}

/// How to rename a fixture that an earlier version wrote under a name that Windows can't have.
fn windows_rename(planned: &Planned<'_>) -> Option<String> {
    let exists = |path: &Path| planned.suite.base.locate(path).exists();
    let mut renames = layout::windows_renames(&planned.suite.path, &planned.model.name, &planned.case.name);
    let rename = renames.find(|rename| exists(&rename.from) && !exists(&rename.to))?;
    let (from, to) = (rename.from.display(), rename.to.display());
    Some(format!("Windows can't have this name, so rename it: `git mv '{from}' '{to}'`"))
}

/// Reports a fixture that exists but can't be used, with the place of the problem in it.
fn unusable(planned: &Planned<'_>, why: &InvokeError, sources: &Sources) -> Finding {
    let case = planned.case;
    let (text, range, help) = match why {
        InvokeError::Fixture(StoreError::Invalid { error, text }) => {
            (text.clone(), error.at.clone(), error.help())
        }
        InvokeError::Fixture(StoreError::Read(error)) => {
            (fixture_text(planned), error.range(), "replace the file: record the case again".to_owned())
        }
        InvokeError::Edited { fingerprint } => {
            let text = fixture_text(planned);
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

const FINGERPRINT: &str = "\"fingerprint\"";

fn fixture_text(planned: &Planned<'_>) -> String {
    planned.suite.base.read_lossy(&planned.case.fixture_path, files::FIXTURE_LIMIT)
}

fn edited_help(fingerprint: &Fingerprint) -> String {
    format!("undo the edit; in a fixture written by hand, set `\"fingerprint\": \"{fingerprint}\"`")
}
