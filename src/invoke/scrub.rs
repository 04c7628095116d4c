//! Removes secrets from recordings that older versions or other tools made.

use super::leak::find_leak;
use super::record::accounts_in_config;
use crate::diagnose::{Code, Finding};
use crate::diff::diff;
use crate::files::{self, FIXTURE_LIMIT};
use crate::fixture::{Fixture, mask_accounts_and_secrets};
use crate::suite::{Case, Model};

/// A recording without its secrets.
pub struct ScrubbedFixture {
    pub text: String,
    /// The diff, without the removed secrets.
    pub lines: Vec<String>,
}

/// The recording of `case` without secrets; `None` if it has none, or does not exist.
pub fn scrub(model: &Model, case: &Case) -> Result<Option<ScrubbedFixture>, Box<Finding>> {
    let path = &case.fixture_path;
    let Ok(old) = files::read_text(path, FIXTURE_LIMIT) else { return Ok(None) };
    // `test` reports recordings that can't be read or were edited.
    let Ok((fixture, fingerprint)) = Fixture::parse(&old) else { return Ok(None) };
    if fixture.is_edited(&fingerprint) {
        return Ok(None);
    }
    let exchange = mask_accounts_and_secrets(&fixture.exchange, &accounts_in_config(model));
    let text = Fixture { exchange, ..fixture }.render();
    if let Some(leak) = find_leak(&text, &[]) {
        let message = format!("the request recorded in `{}` contains {}", path.display(), leak.name);
        let finding = Finding::new(Code::LiteralSecret, case.at.clone(), message)
            .note(format!("at `{}`", leak.pointer))
            .help("revoke it, remove it from the case, and record the case again");
        return Err(Box::new(finding));
    }
    if text == old {
        return Ok(None);
    }
    let lines = diff(&old, &text).lines().filter(|line| line.starts_with('+')).collect();
    Ok(Some(ScrubbedFixture { text, lines }))
}
