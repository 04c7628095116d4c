//! The caller's own credentials: what the AWS SDKs find.

use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, ConfigLoader, Region};
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;

use super::Identities;
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::Trouble;
use crate::invoke::live::reasons::reasons;
use crate::suite::{Model, Source};

impl Identities {
    /// Asked each time that credentials are needed: files and tokens may have changed.
    pub(in crate::invoke::live) async fn source(&self, model: &Model) -> Result<Keys, Trouble> {
        let source = model.credentials.as_ref().map_or(&Source::Default, |credentials| &credentials.source);
        let config = self.loader(source, &model.region).load().await;
        let provider =
            config.credentials_provider().ok_or_else(|| missing(source, "there is no provider"))?;
        let keys = provider.provide_credentials().await;
        let keys = keys.map_err(|error| missing(source, &self.secrets.blot_out(&reasons(&error))))?;
        self.secrets.remember(&keys);
        Ok(keys)
    }

    /// The Region of the profile or the environment, and no call to find one: it is for the chain's own use.
    fn loader(&self, source: &Source, region: &str) -> ConfigLoader {
        let variable =
            ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| self.options.variable(name));
        let of_profile = match source {
            Source::Profile(name) => ProfileFileRegionProvider::builder().profile_name(name.as_str()).build(),
            _ => ProfileFileRegionProvider::new(),
        };
        let region = RegionProviderChain::first_try(variable.map(|name| Region::new(name.to_owned())))
            .or_else(of_profile)
            .or_else(Region::new(region.to_owned()));
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .region(region);
        match source {
            Source::Profile(name) => loader.profile_name(name),
            _ => loader,
        }
    }
}

fn missing(source: &Source, said: &str) -> Trouble {
    let (message, help) = match source {
        Source::Profile(name) => (
            format!("the profile `{name}` gives no credentials"),
            format!("check `[profile {name}]` in ~/.aws/config, or log in: `aws sso login --profile {name}`"),
        ),
        _ => (
            "the default chain gives no credentials".to_owned(),
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, log in, or name a `source`"
                .to_owned(),
        ),
    };
    Trouble::new(Code::CredentialsMissing, Key::Source, message).said(said).help(help)
}
