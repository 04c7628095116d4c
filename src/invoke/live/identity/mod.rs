//! The credentials for calls: those of the source, then each role of the chain.

mod account;
mod assume;
mod cache;
mod secrets;
mod source;
mod sts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials as Keys;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub(super) use account::{Identity, check_allowed_account};
pub(super) use secrets::contains_secret;

use super::options::LiveOptions;
use super::waiting::Waiting;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Model, Source};
use cache::{CacheKey, CredentialCache};
use source::CredentialSources;

/// The credentials that authenticate a call.
#[derive(Clone, Debug)]
pub(super) enum CallerCredentials {
    Keys(Keys),
    /// A Bedrock API key, sent as a bearer token.
    ApiKey(String),
}

/// The credentials of a run. A role is assumed once, however many models, cases and threads use it.
pub(super) struct Identities {
    pub sources: CredentialSources,
    /// The key `None` is for models without credentials.
    caches: Mutex<HashMap<Option<CacheKey>, Arc<CredentialCache>>>,
}

impl Identities {
    pub(super) fn new(http: SharedHttpClient, options: &LiveOptions) -> Identities {
        Identities { sources: CredentialSources::new(http, options), caches: Mutex::default() }
    }

    /// The credentials that call `model`.
    pub(super) async fn caller_for(
        &self,
        model: &Model,
        waiting: &Waiting,
    ) -> Result<CallerCredentials, InvokeError> {
        if let Some(key) = self.api_key(model)? {
            return Ok(CallerCredentials::ApiKey(key));
        }
        let cache = self.cache_for(model).await?;
        Box::pin(waiting.within(None, cache.get_or_fetch(|| self.fetch_keys(model, waiting))))
            .await?
            .map(CallerCredentials::Keys)
    }

    /// Forgets the credentials of `caller` for `model`; the next call fetches new ones.
    pub(super) async fn forget(&self, model: &Model, caller: &CallerCredentials) {
        if let CallerCredentials::Keys(keys) = caller
            && let Ok(cache) = self.cache_for(model).await
        {
            cache.forget(keys.access_key_id()).await;
        }
    }

    /// Every secret that signs calls: those received so far, and those of the environment.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.sources.secrets.signing()
    }

    /// `text` with each secret replaced by `***`.
    pub(super) fn mask(&self, text: &str) -> String {
        self.sources.secrets.mask(text)
    }

    /// The API key for calls of `model`, if one is used.
    ///
    /// In the SDKs, `AWS_BEARER_TOKEN_BEDROCK` overrides everything. Here, a config that names a role or a profile is
    /// called with that.
    pub(super) fn api_key(&self, model: &Model) -> Result<Option<String>, CallFailure> {
        let variable = self.sources.options.variable("AWS_BEARER_TOKEN_BEDROCK");
        let Some(credentials) = &model.credentials else { return Ok(variable.map(str::to_owned)) };
        let is_default = credentials.hops.is_empty() && credentials.source == Source::Default;
        let key = match (&credentials.source, variable) {
            (Source::BedrockApiKey, None) => {
                let message = "`AWS_BEARER_TOKEN_BEDROCK` is not set";
                let failure = CallFailure::new(Code::CredentialsMissing, Key::Source, message);
                return Err(failure.help("set it to a Bedrock API key, or name another `source`"));
            }
            (Source::BedrockApiKey, Some(_)) if !credentials.hops.is_empty() => {
                let message = "a Bedrock API key can't assume a role";
                let failure = CallFailure::new(Code::CredentialsMissing, Key::Source, message);
                return Err(failure.help("remove `role_arn`, or name another `source`"));
            }
            (Source::BedrockApiKey, variable) => variable,
            (_, variable) => variable.filter(|_| is_default),
        };
        if key.is_some() && !credentials.allowed_account_ids.is_empty() {
            let message = "the account of a Bedrock API key can't be determined";
            let failure = CallFailure::new(Code::AccountNotAllowed, Key::AllowedAccountIds, message);
            return Err(failure.help("remove `allowed_account_ids`, or call with a role"));
        }
        Ok(key.map(str::to_owned))
    }

    async fn fetch_keys(&self, model: &Model, waiting: &Waiting) -> Result<Keys, InvokeError> {
        let mut keys = self.sources.source_keys(model).await?;
        let Some(credentials) = &model.credentials else { return Ok(keys) };
        for index in 0..credentials.hops.len() {
            keys = self.sources.assume(model, credentials, index, &keys, waiting).await?;
        }
        if !credentials.allowed_account_ids.is_empty() {
            self.sources.check_account(model, credentials, &keys, waiting).await?;
        }
        Ok(keys)
    }

    /// Models share credentials if the values and the STS endpoints are the same, even in different files.
    async fn cache_for(&self, model: &Model) -> Result<Arc<CredentialCache>, CallFailure> {
        let mut key = None;
        if let Some(credentials) = &model.credentials {
            let mut endpoints = Vec::new();
            for hop in &credentials.hops {
                let endpoint = self.sources.sts_endpoint(model, Some(hop)).await;
                let place = || hop.places.get(Key::StsEndpoint).cloned();
                endpoints.push(endpoint.map_err(|failure| CallFailure { place: place(), ..failure })?);
            }
            key = Some(CacheKey::new(credentials, endpoints));
        }
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(caches.entry(key).or_default()))
    }
}
