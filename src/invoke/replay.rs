use super::{Answered, Ask, Invoker, NoAnswer};
use crate::fixture::{self, StoredFixture};

/// Answers from fixtures. It has no client and no credentials, so it can't call AWS.
pub struct Replay;

impl Invoker for Replay {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        let Some(StoredFixture { fixture, fingerprint }) =
            fixture::read_from(&ask.case.fixture_path, ask.base)?
        else {
            return Err(NoAnswer::Missing { case: ask.case.id.clone() });
        };
        if fixture.is_edited(&fingerprint) {
            return Err(NoAnswer::Edited { fingerprint: fixture::fingerprint(&fixture.exchange.request) });
        }
        if fixture.exchange.request != *ask.request && fixture::fingerprint(ask.request) != fingerprint {
            let diff = fixture::request_diff(&fixture.exchange.request, &fixture::mask_request(ask.request));
            return Err(NoAnswer::Stale { case: ask.case.id.clone(), diff });
        }
        Ok(fixture.exchange.answer.into())
    }
}
