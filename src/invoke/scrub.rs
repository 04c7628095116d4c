//! Removes secrets from recordings that older versions or other tools made.

use super::answer::InvokeError;
use super::leak::find_leak;
use super::record::accounts_in_config;
use crate::diagnose::{Code, Finding};
use crate::diff::diff;
use crate::files::{self, FIXTURE_LIMIT, ReadError};
use crate::fixture::{self, Fixture, StoreError, mask_accounts_and_secrets};
use crate::suite::{Case, Model};

/// A recording without its secrets.
pub struct ScrubbedFixture {
    pub text: String,
    /// The diff, without the removed secrets.
    pub lines: Vec<String>,
}

/// Why a recording can't be scrubbed.
pub enum ScrubError {
    /// The recording can't be read, is invalid, or was edited.
    Unusable(InvokeError),
    /// The request contains a secret, and masking it would make the recording stale.
    Secret(Box<Finding>),
}

/// The recording of `case` without secrets; `None` if it has none, or does not exist.
pub fn scrub(model: &Model, case: &Case) -> Result<Option<ScrubbedFixture>, ScrubError> {
    let path = &case.fixture_path;
    let text = match files::read_text(path, FIXTURE_LIMIT) {
        Ok(text) => text,
        Err(ReadError::Missing { .. }) => return Ok(None),
        Err(error) => return Err(ScrubError::Unusable(StoreError::Read(error).into())),
    };
    match Fixture::parse(&text) {
        Ok((edited, fingerprint)) if edited.is_edited(&fingerprint) => {
            let fingerprint = fixture::fingerprint(&edited.exchange.request);
            Err(ScrubError::Unusable(InvokeError::Edited { fingerprint }))
        }
        Ok((fixture, _)) => scrub_fixture(fixture, &text, model, case).map_err(ScrubError::Secret),
        Err(error) => Err(ScrubError::Unusable(StoreError::Invalid { error, text }.into())),
    }
}

fn scrub_fixture(
    fixture: Fixture,
    old: &str,
    model: &Model,
    case: &Case,
) -> Result<Option<ScrubbedFixture>, Box<Finding>> {
    let exchange = mask_accounts_and_secrets(&fixture.exchange, &accounts_in_config(model));
    let text = Fixture { exchange, ..fixture }.render();
    if let Some(leak) = find_leak(&text, &[]) {
        let path = case.fixture_path.display();
        let message = format!("the request recorded in `{path}` contains {}", leak.name);
        let finding = Finding::new(Code::LiteralSecret, case.at.clone(), message)
            .note(format!("at `{}`", leak.pointer))
            .help("revoke it, remove it from the case, and record the case again");
        return Err(Box::new(finding));
    }
    if text == old {
        return Ok(None);
    }
    let lines = diff(old, &text).lines().filter(|line| line.starts_with('+')).collect();
    Ok(Some(ScrubbedFixture { text, lines }))
}
