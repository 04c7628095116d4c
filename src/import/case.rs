//! A recording as the fixture of a case that a config has.

use super::recording::Recording;
use crate::diagnose::secrets;
use crate::exchange::Request;
use crate::fixture::{fingerprint, request_diff};

/// Why a recording can't be the fixture of a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The fixture would be stale as soon as it is written.
    #[error("the recording is of another request than `{id}` makes: recorded (-), now (+)")]
    OtherRequest { id: String, diff: Vec<String> },
    #[error("{secret} would be written into the fixture")]
    Secret { secret: &'static str },
}

impl CaseError {
    pub fn help(&self) -> &'static str {
        match self {
            CaseError::OtherRequest { .. } => {
                "change the case, or record what it asks now; nothing was written"
            }
            CaseError::Secret { .. } => "revoke it, take it out of the recording, and import again",
        }
    }
}

/// The text of the fixture of the case `id`, which makes `request`.
pub fn fixture_text(recording: Recording, id: &str, request: &Request) -> Result<String, CaseError> {
    let recorded = &recording.exchange.request;
    if fingerprint(recorded) != fingerprint(request) {
        let diff = request_diff(recorded, request).lines().collect();
        return Err(CaseError::OtherRequest { id: id.to_owned(), diff });
    }
    let text = recording.into_fixture(id.to_owned()).render();
    match secrets(&text).first() {
        None => Ok(text),
        Some(secret) => Err(CaseError::Secret { secret: secret.name }),
    }
}
