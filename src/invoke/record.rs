//! Records the answers of calls as fixtures.

use super::leak::leak;
use super::{Answered, Ask, Invoker, NoAnswer, Recorded, Replay};
use crate::assemble::{Problem, assemble};
use crate::diff::diff;
use crate::exchange::{Answer, Exchange, Refusal};
use crate::files::{self, FIXTURE_LIMIT, write_whole};
use crate::fixture::{Accounts, Fixture, Origin, Provenance, StoreError, mask_exchange};
use crate::suite::{Case, Model};

/// Which cases are called; the others are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Cases without a recording.
    Missing,
    /// Cases without a recording, and cases whose request changed since it was recorded.
    Stale,
    All,
}

impl Which {
    /// Whether a case is called, given the result of its replay.
    pub fn is_called(self, replayed: &Result<Answered, NoAnswer>) -> bool {
        match self {
            Which::Missing => matches!(replayed, Err(NoAnswer::Missing { .. })),
            Which::Stale => matches!(replayed, Err(NoAnswer::Missing { .. } | NoAnswer::Stale { .. })),
            Which::All => true,
        }
    }
}

/// Calls through `live` and records the answers.
///
/// A paid answer is written at once, completely or not at all. An answer is recorded if it is a response, a complete
/// stream, or a refusal that the case expects. Any other answer leaves the existing recording untouched.
pub struct Record<L> {
    live: L,
    which: Which,
}

impl<L: Invoker> Record<L> {
    pub fn new(live: L, which: Which) -> Record<L> {
        Record { live, which }
    }

    fn call(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        let unanswered = Answer::Refusal(Refusal { status: 0, ..Refusal::default() });
        // Don't pay for an answer that can't be written.
        self.text(ask, unanswered)?;
        let mut answered = self.live.answer(ask)?;
        if !is_whole(&answered.answer, ask.case) {
            return Ok(answered);
        }
        let text = self.text(ask, answered.answer)?;
        answered.recorded = Some(write(ask, &text)?);
        let broken = |error| NoAnswer::Fixture(StoreError::Invalid { error, text: text.clone() });
        // The run continues with exactly what the next replay will read.
        let (written, _) = Fixture::parse(&text).map_err(broken)?;
        answered.answer = written.exchange.answer;
        Ok(answered)
    }

    /// The text of the fixture, checked for secrets.
    fn text(&self, ask: &Ask<'_>, answer: Answer) -> Result<String, NoAnswer> {
        let exchange = Exchange { request: ask.request.clone(), answer };
        let fixture = Fixture {
            case: ask.case.id.clone(),
            source: Provenance { origin: Origin::Live, from: None },
            exchange: mask_exchange(&exchange, &accounts(ask.model)),
        };
        let text = fixture.render();
        match leak(&text, &self.live.secrets()) {
            None => Ok(text),
            Some(leak) => Err(NoAnswer::NotRecorded { case: ask.case.id.clone(), leak }),
        }
    }
}

impl<L: Invoker> Invoker for Record<L> {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        if self.which == Which::All {
            return self.call(ask);
        }
        let replayed = Replay.answer(ask);
        if self.which.is_called(&replayed) { self.call(ask) } else { replayed }
    }

    fn secrets(&self) -> Vec<String> {
        self.live.secrets()
    }
}

/// The accounts in the model's config.
pub fn accounts(model: &Model) -> Accounts {
    let credentials = model.credentials.iter();
    let of_credentials = credentials.flat_map(|credentials| {
        let roles = credentials.hops.iter().map(|hop| hop.role_arn.as_str());
        let more = credentials.allowed_account_ids.iter().chain(&credentials.trusted_principal);
        roles.chain(more.map(String::as_str))
    });
    Accounts::in_texts(of_credentials.chain([model.model_id.as_str()]))
}

fn is_whole(answer: &Answer, case: &Case) -> bool {
    let expected =
        |refusal: &Refusal| case.expect.error.as_ref().is_some_and(|error| error.misses(refusal).is_empty());
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

fn write(ask: &Ask<'_>, text: &str) -> Result<Recorded, NoAnswer> {
    let path = &ask.case.fixture_path;
    let old = files::read_text(path, FIXTURE_LIMIT).ok();
    if old.as_deref() == Some(text) {
        return Ok(Recorded::Same);
    }
    write_whole(path, text.as_bytes()).map_err(NoAnswer::Unwritable)?;
    Ok(old.map_or(Recorded::New, |old| Recorded::Changed(diff(&old, text))))
}
