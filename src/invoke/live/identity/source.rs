//! The caller's own credentials: what the AWS SDKs find.

use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

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
        let keys = match source {
            Source::Profile(name) => self.profile(name, &model.region).await,
            _ => self.chain(&model.region).await,
        };
        let keys = keys.map_err(|error| missing(source, &self.secrets.blot_out(&reasons(&error))))?;
        self.secrets.remember(&keys);
        Ok(keys)
    }

    async fn chain(&self, region: &str) -> Result<Keys, CredentialsError> {
        let region = self.region(ProfileFileRegionProvider::new(), region).await;
        let chain = DefaultCredentialsChain::builder().configure(self.provider(region)).build().await;
        chain.provide_credentials().await
    }

    /// The profile alone: the chain would let the environment win.
    async fn profile(&self, name: &str, region: &str) -> Result<Keys, CredentialsError> {
        let of_profile = ProfileFileRegionProvider::builder().profile_name(name).build();
        let region = self.region(of_profile, region).await;
        let provider = ProfileFileCredentialsProvider::builder().profile_name(name);
        provider.configure(&self.provider(region)).build().provide_credentials().await
    }

    /// For the chain's own calls: the Region of the environment or the profile, and no call to find one.
    async fn region(&self, of_profile: ProfileFileRegionProvider, of_model: &str) -> Option<Region> {
        let variable =
            ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| self.options.variable(name));
        let variable = variable.map(|name| Region::new(name.to_owned()));
        let chain = RegionProviderChain::first_try(variable).or_else(of_profile);
        chain.or_else(Region::new(of_model.to_owned())).region().await
    }

    fn provider(&self, region: Option<Region>) -> ProviderConfig {
        ProviderConfig::without_region().with_region(region).with_http_client(self.http.clone())
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
