//! Endpoint and credentials of a call, for the SDK.

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
use crate::suite::Model;

/// A custom endpoint, or the variant of the Region's own endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub url: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
}

/// The environment overrides the config. For the SDK, a custom endpoint is neither FIPS nor dual stack.
pub(super) fn resolve(model: &Model, options: &LiveOptions) -> Endpoint {
    let variables = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"];
    let url = variables.into_iter().find_map(|name| options.variable(name)).or(model.endpoint.as_deref());
    let is_regional = url.is_none();
    Endpoint {
        url: url.map(str::to_owned),
        fips: is_regional && (model.fips || options.is_switched_on("AWS_USE_FIPS_ENDPOINT")),
        dual_stack: is_regional && (model.dual_stack || options.is_switched_on("AWS_USE_DUALSTACK_ENDPOINT")),
    }
}

/// The key that determines the endpoint.
pub(super) fn key(model: &Model) -> Key {
    if model.endpoint.is_some() { Key::Endpoint } else { Key::Region }
}

/// The SDK's configuration for this call only. Nothing in it comes from the process's environment, so a bearer token
/// there can't replace the role that the config names.
pub(super) fn sdk_config(live: &Live, model: &Model, caller: &CallerCredentials) -> Builder {
    let endpoint = resolve(model, &live.options);
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
