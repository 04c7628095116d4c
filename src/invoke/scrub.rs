//! Recordings that were made before, or by something else, cleaned.

use super::leak::leak;
use super::record::accounts;
use crate::diagnose::{Code, Finding};
use crate::diff::diff;
use crate::files::{self, FIXTURE_LIMIT};
use crate::fixture::{Fixture, mask_accounts_and_secrets};
use crate::suite::{Case, Model};

/// A recording with what should not stand in it taken out.
pub struct Scrubbed {
    pub text: String,
    /// The lines that changed, without what was taken out.
    pub lines: Vec<String>,
}

/// The recording of `case`, cleaned; `None` if there is nothing to clean, or nothing at all.
pub fn scrub(model: &Model, case: &Case) -> Result<Option<Scrubbed>, Box<Finding>> {
    let path = &case.fixture_path;
    let Ok(old) = files::read_text(path, FIXTURE_LIMIT) else { return Ok(None) };
    // What can't be read, or was edited, is for `test` to tell.
    let Ok((fixture, fingerprint)) = Fixture::parse(&old) else { return Ok(None) };
    if fixture.is_edited(&fingerprint) {
        return Ok(None);
    }
    let exchange = mask_accounts_and_secrets(&fixture.exchange, &accounts(model));
    let text = Fixture { exchange, ..fixture }.render();
    if let Some(leak) = leak(&text, &[]) {
        let message = format!("{} is in the request that `{}` recorded", leak.name, path.display());
        let finding = Finding::new(Code::LiteralSecret, case.at.clone(), message)
            .note(format!("it stands at `{}`", leak.place))
            .help("revoke it, take it out of what the case asks, and record again");
        return Err(Box::new(finding));
    }
    if text == old {
        return Ok(None);
    }
    let lines = diff(&old, &text).lines().filter(|line| line.starts_with('+')).collect();
    Ok(Some(Scrubbed { text, lines }))
}
