//! Caches credentials until shortly before they expire.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Keys;
use tokio::sync::Mutex;

use super::sts::StsEndpoint;
use crate::aws::cause::Retry;
use crate::config::model::StringOrEnv;
use crate::diagnose::Code;
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Credentials, Hop, Source};

/// Everything that credentials depend on. Models with the same key share a cache.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
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
    external_id: Option<StringOrEnv>,
    session_name: Option<String>,
    sts: StsEndpoint,
}

impl CacheKey {
    /// `endpoints` are the STS endpoints of the roles, in the same order.
    pub(super) fn new(credentials: &Credentials, endpoints: Vec<StsEndpoint>) -> CacheKey {
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
        let role = |(hop, sts): (&Hop, StsEndpoint)| RoleKey {
            role_arn: hop.role_arn.clone(),
            external_id: hop.external_id.clone(),
            session_name: hop.session_name.clone(),
            sts,
        };
        CacheKey {
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
pub(super) struct CredentialCache {
    cached: Mutex<Option<CachedCredentials>>,
}

enum CachedCredentials {
    Keys {
        keys: Keys,
        refresh_at: Option<SystemTime>,
    },
    /// Another attempt would be refused again.
    Refused(CallFailure),
}

impl CredentialCache {
    /// Forgets the credentials with this access key, unless they were already replaced.
    pub(super) async fn forget(&self, access_key_id: &str) {
        let mut cached = self.cached.lock().await;
        if matches!(&*cached, Some(CachedCredentials::Keys { keys, .. }) if keys.access_key_id() == access_key_id)
        {
            *cached = None;
        }
    }

    /// The cached credentials, or new ones from `fetch`.
    pub(super) async fn get_or_fetch<F>(&self, fetch: impl FnOnce() -> F) -> Result<Keys, InvokeError>
    where
        F: Future<Output = Result<Keys, InvokeError>>,
    {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(CachedCredentials::Keys { keys, refresh_at }) if refresh_at.is_none_or(|at| now() < at) => {
                return Ok(keys.clone());
            }
            Some(CachedCredentials::Refused(failure)) => return Err(failure.clone().into()),
            _ => (),
        }
        let fetched = fetch().await;
        match (&fetched, &*cached) {
            (Ok(keys), _) => {
                *cached = Some(CachedCredentials::Keys {
                    refresh_at: keys.expiry().map(refresh_at),
                    keys: keys.clone(),
                });
            }
            // The old credentials are still valid; the next call tries again.
            (Err(_), Some(CachedCredentials::Keys { keys, .. }))
                if keys.expiry().is_none_or(|end| now() < end) =>
            {
                return Ok(keys.clone());
            }
            (Err(InvokeError::CallFailed(failure)), _) if is_permanent(failure) => {
                *cached = Some(CachedCredentials::Refused(CallFailure::clone(failure)));
            }
            (Err(_), _) => *cached = None,
        }
        fetched
    }
}

/// Whether another attempt would fail again: not after a timeout or a failure of the service.
fn is_permanent(failure: &CallFailure) -> bool {
    let is_refused = failure.cause.is_some_and(|cause| cause.retry == Retry::Never);
    is_refused || matches!(failure.code, Code::CredentialsMissing | Code::AccountNotAllowed)
}

/// Five minutes before the end, or the last tenth of a short session.
fn refresh_at(expiry: SystemTime) -> SystemTime {
    let remaining = expiry.duration_since(now()).unwrap_or_default();
    expiry - (remaining / 10).min(Duration::from_mins(5))
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
    fn fetch_with_failing_renewal(left: Duration) -> Result<Keys, InvokeError> {
        let keys = Keys::new("id", "secret", None, Some(now() + left), "test");
        let cached = CachedCredentials::Keys { keys, refresh_at: Some(now()) };
        let cache = CredentialCache { cached: Mutex::new(Some(cached)) };
        let fails = || async { Err(CallFailure::new(Code::RoleNotAssumed, Key::RoleArn, "no").into()) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(cache.get_or_fetch(fails))
    }

    #[test]
    fn valid_keys_are_used_after_a_failed_renewal() {
        assert_eq!(fetch_with_failing_renewal(Duration::from_mins(1)).unwrap().access_key_id(), "id");
        assert!(fetch_with_failing_renewal(Duration::ZERO).is_err());
    }
}
