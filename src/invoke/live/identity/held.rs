//! Caches credentials until shortly before they expire.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Keys;
use tokio::sync::Mutex;

use super::sts::Sts;
use crate::aws::cause::Retry;
use crate::config::model::Text;
use crate::diagnose::Code;
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Credentials, Hop, Source};

/// Everything that credentials depend on. Models with the same key share a slot.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SlotKey {
    source: Source,
    roles: Vec<RoleKey>,
    mfa_serial: Option<String>,
    session_tags: BTreeMap<String, String>,
    source_identity: Option<String>,
    duration: Option<u32>,
    allowed_account_ids: Vec<String>,
}

/// One role of the chain, and the STS endpoint that it is assumed at.
#[derive(Debug, PartialEq, Eq, Hash)]
struct RoleKey {
    role_arn: String,
    external_id: Option<Text>,
    session_name: Option<String>,
    sts: Sts,
}

impl SlotKey {
    /// `endpoints` are the STS endpoints of the roles, in the same order.
    pub(super) fn new(credentials: &Credentials, endpoints: Vec<Sts>) -> SlotKey {
        // No `..`: a new field must be added to the key, or left out on purpose.
        let Credentials {
            name: _,
            source,
            hops,
            mfa_serial,
            session_tags,
            source_identity,
            duration,
            allowed_account_ids,
            trusted_principal: _,
            places: _,
        } = credentials;
        let role = |(hop, sts): (&Hop, Sts)| RoleKey {
            role_arn: hop.role_arn.clone(),
            external_id: hop.external_id.clone(),
            session_name: hop.session_name.clone(),
            sts,
        };
        SlotKey {
            source: source.clone(),
            roles: hops.iter().zip(endpoints).map(role).collect(),
            mfa_serial: mfa_serial.clone(),
            session_tags: session_tags.clone(),
            source_identity: source_identity.clone(),
            duration: *duration,
            allowed_account_ids: allowed_account_ids.clone(),
        }
    }
}

/// The cached credentials of one role. The first caller fetches them; the others wait.
#[derive(Default)]
pub(super) struct Slot {
    held: Mutex<Option<Held>>,
}

enum Held {
    Keys {
        keys: Keys,
        refresh_at: Option<SystemTime>,
    },
    /// Another attempt would be refused again.
    Refused(Trouble),
}

impl Slot {
    /// Forgets the credentials with this access key, unless they were already replaced.
    pub(super) async fn forget(&self, access_key_id: &str) {
        let mut held = self.held.lock().await;
        if matches!(&*held, Some(Held::Keys { keys, .. }) if keys.access_key_id() == access_key_id) {
            *held = None;
        }
    }

    /// The cached credentials, or new ones from `fetch`.
    pub(super) async fn keys<F>(&self, fetch: impl FnOnce() -> F) -> Result<Keys, NoAnswer>
    where
        F: Future<Output = Result<Keys, NoAnswer>>,
    {
        let mut held = self.held.lock().await;
        match &*held {
            Some(Held::Keys { keys, refresh_at }) if refresh_at.is_none_or(|at| now() < at) => {
                return Ok(keys.clone());
            }
            Some(Held::Refused(trouble)) => return Err(trouble.clone().into()),
            _ => (),
        }
        let fetched = fetch().await;
        match (&fetched, &*held) {
            (Ok(keys), _) => {
                *held = Some(Held::Keys { refresh_at: keys.expiry().map(refresh_at), keys: keys.clone() });
            }
            // The old credentials are still valid; the next call tries again.
            (Err(_), Some(Held::Keys { keys, .. })) if keys.expiry().is_none_or(|end| now() < end) => {
                return Ok(keys.clone());
            }
            (Err(NoAnswer::Trouble(trouble)), _) if stays(trouble) => {
                *held = Some(Held::Refused(Trouble::clone(trouble)));
            }
            (Err(_), _) => *held = None,
        }
        fetched
    }
}

/// Whether another attempt would fail again: not after a timeout or a failure of the service.
fn stays(trouble: &Trouble) -> bool {
    let refused = trouble.cause.is_some_and(|cause| cause.retry == Retry::Never);
    refused || matches!(trouble.code, Code::CredentialsMissing | Code::AccountNotAllowed)
}

/// Five minutes before the end, or the last tenth of a short session.
fn refresh_at(expiry: SystemTime) -> SystemTime {
    let left = expiry.duration_since(now()).unwrap_or_default();
    expiry - (left / 10).min(Duration::from_mins(5))
}

#[expect(clippy::disallowed_methods, reason = "credentials expire by the clock of the wall")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::cause::Key;

    /// The result for keys that are due, expire in `left`, and can't be renewed.
    fn due(left: Duration) -> Result<Keys, NoAnswer> {
        let keys = Keys::new("id", "secret", None, Some(now() + left), "test");
        let held = Held::Keys { keys, refresh_at: Some(now()) };
        let slot = Slot { held: Mutex::new(Some(held)) };
        let fails = || async { Err(Trouble::new(Code::RoleNotAssumed, Key::RoleArn, "no").into()) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(slot.keys(fails))
    }

    #[test]
    fn keys_that_are_still_good_outlive_a_failed_renewal() {
        assert_eq!(due(Duration::from_mins(1)).unwrap().access_key_id(), "id");
        assert!(due(Duration::ZERO).is_err());
    }
}
