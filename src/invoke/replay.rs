use super::{CaseRequest, Invocation, InvokeError, Invoker};
use crate::fixture::{self, StoredFixture};

/// Answers from fixtures. It has no client and no credentials, so it can't call AWS.
pub struct Replay;

impl Invoker for Replay {
    fn invoke(&self, case_request: &CaseRequest<'_>) -> Result<Invocation, InvokeError> {
        let Some(StoredFixture { fixture, fingerprint }) =
            fixture::read_from(&case_request.case.fixture_path, case_request.base)?
        else {
            return Err(InvokeError::Missing { case: case_request.case.id.clone() });
        };
        if fixture.is_edited(&fingerprint) {
            return Err(InvokeError::Edited { fingerprint: fixture::fingerprint(&fixture.exchange.request) });
        }
        if fixture.exchange.request != *case_request.request
            && fixture::fingerprint(case_request.request) != fingerprint
        {
            let diff = fixture::request_diff(
                &fixture.exchange.request,
                &fixture::mask_request(case_request.request),
            );
            return Err(InvokeError::Stale { case: case_request.case.id.clone(), diff });
        }
        Ok(fixture.exchange.answer.into())
    }
}
