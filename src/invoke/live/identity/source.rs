//! The caller's own credentials, as the AWS SDKs find them.

use std::collections::HashMap;

use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::sync::Mutex;

use super::secrets::Secrets;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::CallFailure;
use crate::invoke::live::no_response::error_chain;
use crate::invoke::live::options::LiveOptions;
use crate::suite::{Model, Source};

/// Where credentials come from: the SDKs' own chain, profiles, STS.
pub(in crate::invoke::live) struct CredentialSources {
    pub(super) http: SharedHttpClient,
    pub(super) options: LiveOptions,
    pub(super) secrets: Secrets,
    /// The Region of each profile that was read; `""` is the default profile.
    profile_regions: Mutex<HashMap<String, Option<String>>>,
}

impl CredentialSources {
    pub(super) fn new(http: SharedHttpClient, options: &LiveOptions) -> CredentialSources {
        CredentialSources {
            http,
            options: options.clone(),
            secrets: Secrets::from_environment(&options.environment),
            profile_regions: Mutex::default(),
        }
    }

    /// Read each time that credentials are needed, because files and tokens may have changed.
    pub(in crate::invoke::live) async fn source_keys(&self, model: &Model) -> Result<Keys, CallFailure> {
        let source = model.credentials.as_ref().map_or(&Source::Default, |credentials| &credentials.source);
        let region = Region::new(self.caller_region(model).await);
        let provided = match source {
            Source::Profile(name) => self.profile_keys(name, region).await,
            _ => self.default_chain_keys(region).await,
        };
        let keys = provided
            .map_err(|error| missing_credentials(source, &self.secrets.mask(&error_chain(&error))))?;
        self.secrets.add_keys(&keys);
        Ok(keys)
    }

    async fn default_chain_keys(&self, region: Region) -> Result<Keys, CredentialsError> {
        let chain = DefaultCredentialsChain::builder().configure(self.provider_config(region)).build().await;
        chain.provide_credentials().await
    }

    /// The profile alone; in the default chain the environment would override it.
    async fn profile_keys(&self, name: &str, region: Region) -> Result<Keys, CredentialsError> {
        let provider = ProfileFileCredentialsProvider::builder().profile_name(name);
        provider.configure(&self.provider_config(region)).build().provide_credentials().await
    }

    /// The caller's Region: from the environment, the profile, else the model. No call is made to find it.
    pub(super) async fn caller_region(&self, model: &Model) -> String {
        let variable =
            ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| self.options.variable(name));
        if let Some(variable) = variable {
            return variable.to_owned();
        }
        let profile = match model.credentials.as_ref().map(|credentials| &credentials.source) {
            Some(Source::Profile(name)) => name.as_str(),
            _ => "",
        };
        let mut profile_regions = self.profile_regions.lock().await;
        if !profile_regions.contains_key(profile) {
            let provider = match profile {
                "" => ProfileFileRegionProvider::new(),
                name => ProfileFileRegionProvider::builder().profile_name(name).build(),
            };
            profile_regions
                .insert(profile.to_owned(), provider.region().await.map(|region| region.to_string()));
        }
        profile_regions[profile].clone().unwrap_or_else(|| model.region.clone())
    }

    /// Applies our timeouts to the SDK's own calls.
    fn provider_config(&self, region: Region) -> ProviderConfig {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.options.timeouts.connect)
            .operation_timeout(self.options.timeouts.call)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(self.options.retries + 1);
        let config = ProviderConfig::without_region().with_region(Some(region));
        config.with_http_client(self.http.clone()).with_retry_config(retries).with_timeout_config(timeouts)
    }
}

fn missing_credentials(source: &Source, reason: &str) -> CallFailure {
    let (message, help) = match source {
        Source::Profile(name) => (
            format!("the profile `{name}` provides no credentials"),
            format!("check `[profile {name}]` in ~/.aws/config, or log in: `aws sso login --profile {name}`"),
        ),
        _ => (
            "the default chain provides no credentials".to_owned(),
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, log in, or name a `source`"
                .to_owned(),
        ),
    };
    CallFailure::new(Code::CredentialsMissing, Key::Source, message).service_message(reason).help(help)
}
