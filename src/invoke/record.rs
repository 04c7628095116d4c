//! Records the answers of calls as fixtures.

use std::path::Path;

use super::leak::find_leak;
use super::{CaseRequest, Invocation, InvokeError, Invoker, Recorded, Replay};
use crate::assemble::{Problem, assemble};
use crate::diff::diff;
use crate::exchange::{Answer, Exchange, Refusal};
use crate::files::fence::Fence;
use crate::files::{self, FIXTURE_LIMIT, layout};
use crate::fixture::{Accounts, Fixture, Origin, Provenance, StoreError, mask_exchange};
use crate::suite::{Case, Model};

/// Which cases are called; the others are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordScope {
    /// Cases without a recording.
    Missing,
    /// Cases without a recording, and cases whose request changed since it was recorded.
    Stale,
    All,
}

impl RecordScope {
    /// Whether a case is called, given the result of its replay.
    pub fn is_called(self, replayed: &Result<Invocation, InvokeError>) -> bool {
        match self {
            RecordScope::Missing => matches!(replayed, Err(InvokeError::Missing { .. })),
            RecordScope::Stale => {
                matches!(replayed, Err(InvokeError::Missing { .. } | InvokeError::Stale { .. }))
            }
            RecordScope::All => true,
        }
    }
}

/// Calls through `live` and records the answers.
///
/// A paid answer is written at once, completely or not at all. An answer is recorded if it is a response, a complete
/// stream, or a refusal that the case expects. Any other answer leaves the existing recording untouched.
pub struct Record<L> {
    live: L,
    scope: RecordScope,
    fence: Fence,
}

impl<L: Invoker> Record<L> {
    /// Fixtures are written below `root`, or below the folder of a config that the user named.
    pub fn new(live: L, scope: RecordScope, root: &Path) -> Record<L> {
        Record { live, scope, fence: Fence::new(root) }
    }

    fn call_and_record(&self, case_request: &CaseRequest<'_>) -> Result<Invocation, InvokeError> {
        let empty_answer = Answer::Refusal(Refusal { status: 0, ..Refusal::default() });
        // Don't pay for an answer that can't be written.
        self.render_fixture(case_request, empty_answer)?;
        let mut invocation = self.live.invoke(case_request)?;
        if !is_recordable(&invocation.answer, case_request.case) {
            return Ok(invocation);
        }
        let text = self.render_fixture(case_request, invocation.answer)?;
        invocation.recorded = Some(write_fixture(case_request, &text, &self.fence)?);
        let invalid_fixture = |error| InvokeError::Fixture(StoreError::Invalid { error, text: text.clone() });
        // The run continues with exactly what the next replay will read.
        let (written, _) = Fixture::parse(&text).map_err(invalid_fixture)?;
        invocation.answer = written.exchange.answer;
        Ok(invocation)
    }

    /// The text of the fixture, checked for secrets.
    fn render_fixture(&self, case_request: &CaseRequest<'_>, answer: Answer) -> Result<String, InvokeError> {
        let exchange = Exchange { request: case_request.request.clone(), answer };
        let fixture = Fixture {
            case: case_request.case.id.clone(),
            source: Provenance { origin: Origin::Live, from: None },
            exchange: mask_exchange(&exchange, &accounts_in_config(case_request.model)),
        };
        let text = fixture.render();
        match find_leak(&text, &self.live.secrets()) {
            None => Ok(text),
            Some(leak) => Err(InvokeError::NotRecorded { case: case_request.case.id.clone(), leak }),
        }
    }
}

impl<L: Invoker> Invoker for Record<L> {
    fn invoke(&self, case_request: &CaseRequest<'_>) -> Result<Invocation, InvokeError> {
        if self.scope == RecordScope::All {
            return self.call_and_record(case_request);
        }
        let replayed = Replay.invoke(case_request);
        if self.scope.is_called(&replayed) { self.call_and_record(case_request) } else { replayed }
    }

    fn secrets(&self) -> Vec<String> {
        self.live.secrets()
    }
}

/// The accounts in the model's config.
pub fn accounts_in_config(model: &Model) -> Accounts {
    let credentials = model.credentials.iter();
    let in_credentials = credentials.flat_map(|credentials| {
        let roles = credentials.hops.iter().map(|hop| hop.role_arn.as_str());
        let others = credentials.allowed_account_ids.iter().chain(&credentials.trusted_principal);
        roles.chain(others.map(String::as_str))
    });
    Accounts::in_texts(in_credentials.chain([model.model_id.as_str()]))
}

fn is_recordable(answer: &Answer, case: &Case) -> bool {
    let expected = |refusal: &Refusal| {
        case.expect.error.as_ref().is_some_and(|error| error.find_differences(refusal).is_empty())
    };
    match answer {
        Answer::Response(_) => true,
        Answer::Refusal(refusal) => expected(refusal),
        Answer::Stream(stream) => match assemble(stream).problem {
            None => true,
            Some(Problem::Refused(refusal)) => expected(&refusal),
            Some(Problem::Incomplete { .. }) => false,
        },
    }
}

fn write_fixture(case_request: &CaseRequest<'_>, text: &str, fence: &Fence) -> Result<Recorded, InvokeError> {
    let path = &case_request.case.fixture_path;
    let old = files::read_text(path, FIXTURE_LIMIT).ok();
    if old.as_deref() == Some(text) {
        return Ok(Recorded::Same);
    }
    let place = fence.place(path, layout::folder_of_fixtures(path));
    place.and_then(|place| place.write(text.as_bytes())).map_err(InvokeError::Unwritable)?;
    Ok(old.map_or(Recorded::New, |old| Recorded::Changed(diff(&old, text))))
}
