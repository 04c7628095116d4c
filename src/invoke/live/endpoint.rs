//! Endpoint and credentials of a call, for the SDK.

use aws_sdk_bedrockruntime::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_bedrockruntime::config::{
    BehaviorVersion, Builder, Credentials, Region, SharedCredentialsProvider, StalledStreamProtectionConfig,
    Token,
};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::client::Live;
use super::identity::CallerCredentials;
use super::options::LiveOptions;
use crate::aws::cause::Key;
use crate::aws::host::{BEDROCK, host_or_url};
use crate::invoke::CallFailure;
use crate::suite::Model;

/// A custom endpoint, or the variant of the Region's own endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub url: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
}

/// The environment overrides the config. For the SDK, a custom endpoint is neither FIPS nor dual stack. A host that
/// the config may not choose is an error.
pub(super) fn resolve(model: &Model, options: &LiveOptions) -> Result<Endpoint, CallFailure> {
    let variables = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"];
    let from_environment = variables.into_iter().find_map(|name| options.variable(name));
    if let (None, Some(url)) = (from_environment, &model.endpoint) {
        options.check_allowed(url, &BEDROCK, Key::Endpoint)?;
    }
    let url = from_environment.or(model.endpoint.as_deref());
    let is_regional = url.is_none();
    Ok(Endpoint {
        url: url.map(str::to_owned),
        fips: is_regional && (model.fips || options.is_switched_on("AWS_USE_FIPS_ENDPOINT")),
        dual_stack: is_regional && (model.dual_stack || options.is_switched_on("AWS_USE_DUALSTACK_ENDPOINT")),
    })
}

impl Endpoint {
    /// The host that is called in `region`. Without a custom endpoint, the SDK's own rules give it.
    pub(super) async fn host(&self, region: &str) -> String {
        if let Some(url) = &self.url {
            return host_or_url(url);
        }
        let rules = Params::builder().region(region).use_fips(self.fips).use_dual_stack(self.dual_stack);
        let Ok(parameters) = rules.build() else { return format!("Bedrock in {region}") };
        let resolved = DefaultResolver::new().resolve_endpoint(&parameters).await;
        resolved.map_or_else(|_| format!("Bedrock in {region}"), |endpoint| host_or_url(endpoint.url()))
    }
}

/// The key that determines the endpoint.
pub(super) fn key(model: &Model) -> Key {
    if model.endpoint.is_some() { Key::Endpoint } else { Key::Region }
}

/// The SDK's configuration for this call only. Nothing in it comes from the process's environment, so a bearer token
/// there can't replace the role that the config names.
pub(super) fn sdk_config(
    live: &Live,
    model: &Model,
    endpoint: Endpoint,
    caller: &CallerCredentials,
) -> Builder {
    let mut config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .http_client(live.http.clone())
        .region(Region::new(model.region.clone()))
        .use_fips(endpoint.fips)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(live.options.timeouts.connect).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_use_dual_stack(Some(endpoint.dual_stack));
    config.set_endpoint_url(endpoint.url);
    match caller {
        CallerCredentials::Keys(credentials) => config
            .credentials_provider(SharedCredentialsProvider::new(Credentials::clone(credentials)))
            .auth_scheme_preference([AuthSchemeId::from("sigv4")]),
        CallerCredentials::ApiKey(token) => config
            .bearer_token(Token::new(token.as_str(), None))
            .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")]),
    }
}
