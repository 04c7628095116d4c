//! Makes a recording the fixture of an existing case.

use super::recording::Recording;
use crate::diagnose::secrets;
use crate::exchange::Request;
use crate::fixture::{fingerprint, request_diff};

/// Why a recording can't be the fixture of a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A fixture of this recording would be stale at once.
    #[error("the request in the recording differs from the request of `{id}`: recorded (-), now (+)")]
    OtherRequest { id: String, diff: Vec<String> },
    #[error("{secret} would be written into the fixture")]
    Secret { secret: &'static str },
}

impl CaseError {
    pub fn help(&self) -> &'static str {
        match self {
            CaseError::OtherRequest { .. } => {
                "change the case, or record its current request; nothing was written"
            }
            CaseError::Secret { .. } => "revoke it, remove it from the recording, and import again",
        }
    }
}

/// Renders the fixture of the case `id`, whose request is `request`.
pub fn render_fixture(recording: Recording, id: &str, request: &Request) -> Result<String, CaseError> {
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
