//! The credentials for calls: those of the source, then each role of the chain.

mod account;
mod assume;
mod held;
mod secrets;
mod source;
mod sts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials as Keys;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub(super) use account::{Identity, check};
pub(super) use secrets::holds_one_of;

use super::options::LiveOptions;
use super::waiting::Waiting;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Model, Source};
use held::{Slot, SlotKey};
use source::CredentialSources;

/// What signs a call.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    Signed(Keys),
    /// A Bedrock API key.
    Bearer(String),
}

/// The credentials of a run. A role is assumed once, however many models, cases and threads use it.
pub(super) struct Identities {
    pub sources: CredentialSources,
    /// The key `None` is for models without credentials.
    slots: Mutex<HashMap<Option<SlotKey>, Arc<Slot>>>,
}

impl Identities {
    pub(super) fn new(http: SharedHttpClient, options: &LiveOptions) -> Identities {
        Identities { sources: CredentialSources::new(http, options), slots: Mutex::default() }
    }

    /// The credentials that call `model`.
    pub(super) async fn of(&self, model: &Model, waiting: &Waiting) -> Result<Caller, NoAnswer> {
        if let Some(key) = self.api_key(model)? {
            return Ok(Caller::Bearer(key));
        }
        let slot = self.slot(model).await;
        Box::pin(waiting.within(None, slot.keys(|| self.fetch(model, waiting)))).await?.map(Caller::Signed)
    }

    /// Forgets the credentials of `caller` for `model`; the next call fetches new ones.
    pub(super) async fn forget(&self, model: &Model, caller: &Caller) {
        if let Caller::Signed(keys) = caller {
            self.slot(model).await.forget(keys.access_key_id()).await;
        }
    }

    /// Every secret received so far, and those of the environment.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.sources.secrets.all()
    }

    /// `text` with each secret replaced by `***`.
    pub(super) fn blot_out(&self, text: &str) -> String {
        self.sources.secrets.blot_out(text)
    }

    /// The API key for calls of `model`, if one is used.
    ///
    /// In the SDKs, `AWS_BEARER_TOKEN_BEDROCK` overrides everything. Here, a config that names a role or a profile is
    /// called with that.
    pub(super) fn api_key(&self, model: &Model) -> Result<Option<String>, Trouble> {
        let variable = self.sources.options.variable("AWS_BEARER_TOKEN_BEDROCK");
        let Some(credentials) = &model.credentials else { return Ok(variable.map(str::to_owned)) };
        let bare = credentials.hops.is_empty() && credentials.source == Source::Default;
        let key = match (&credentials.source, variable) {
            (Source::BedrockApiKey, None) => {
                let message = "`AWS_BEARER_TOKEN_BEDROCK` is not set";
                let trouble = Trouble::new(Code::CredentialsMissing, Key::Source, message);
                return Err(trouble.help("set it to a Bedrock API key, or name another `source`"));
            }
            (Source::BedrockApiKey, Some(_)) if !credentials.hops.is_empty() => {
                let message = "a Bedrock API key can't assume a role";
                let trouble = Trouble::new(Code::CredentialsMissing, Key::Source, message);
                return Err(trouble.help("remove `role_arn`, or name another `source`"));
            }
            (Source::BedrockApiKey, variable) => variable,
            (_, variable) => variable.filter(|_| bare),
        };
        if key.is_some() && !credentials.allowed_account_ids.is_empty() {
            let message = "the account of a Bedrock API key can't be determined";
            let trouble = Trouble::new(Code::AccountNotAllowed, Key::AllowedAccountIds, message);
            return Err(trouble.help("remove `allowed_account_ids`, or call with a role"));
        }
        Ok(key.map(str::to_owned))
    }

    async fn fetch(&self, model: &Model, waiting: &Waiting) -> Result<Keys, NoAnswer> {
        let mut keys = self.sources.source(model).await?;
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
    async fn slot(&self, model: &Model) -> Arc<Slot> {
        let mut key = None;
        if let Some(credentials) = &model.credentials {
            let mut endpoints = Vec::new();
            for hop in &credentials.hops {
                endpoints.push(self.sources.sts(model, Some(hop)).await);
            }
            key = Some(SlotKey::new(credentials, endpoints));
        }
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }
}
