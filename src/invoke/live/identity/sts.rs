//! The STS endpoint of a call, and the Region that its requests are signed for.

use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_sts::config::{BehaviorVersion, Builder, Region};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::source::CredentialSources;
use crate::aws::cause::{self, Key, Retry, Service};
use crate::aws::host::{STS, host_or_url};
use crate::diagnose::{Code, short};
use crate::invoke::live::no_response::NoResponse;
use crate::invoke::live::options::LiveOptions;
use crate::invoke::live::waiting::{Limit, Waiting, pause};
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Hop, Model};

/// An STS endpoint from the config and the environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::invoke::live) struct StsEndpoint {
    url: Option<String>,
    region: String,
    fips: bool,
    dual_stack: bool,
}

impl StsEndpoint {
    /// The endpoint of the environment replaces `configured`, which must be a host that a config may choose. Requests are
    /// signed for the Region of `configured` in either case. Without a configured endpoint, the Region is `home`, the Region of the caller.
    pub(super) fn new(
        options: &LiveOptions,
        configured: Option<&str>,
        home: &str,
    ) -> Result<StsEndpoint, CallFailure> {
        let variables = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
        let from_environment = variables.into_iter().find_map(|name| options.variable(name));
        if let (None, Some(url)) = (from_environment, configured) {
            options.check_allowed(url, &STS, Key::StsEndpoint)?;
        }
        let url = from_environment.or(configured);
        let region = configured.and_then(region_from_host).unwrap_or(home);
        Ok(StsEndpoint {
            url: url.map(str::to_owned),
            region: region.to_owned(),
            fips: url.is_none() && options.is_switched_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: url.is_none() && options.is_switched_on("AWS_USE_DUALSTACK_ENDPOINT"),
        })
    }

    /// The host that is called. Without a custom endpoint, the SDK's own rules give it.
    pub(in crate::invoke::live) async fn host(&self) -> String {
        if let Some(url) = &self.url {
            return host_or_url(url);
        }
        let region = self.region.as_str();
        let rules = Params::builder().region(region).use_fips(self.fips).use_dual_stack(self.dual_stack);
        let Ok(parameters) = rules.build() else { return format!("STS in {region}") };
        let resolved = DefaultResolver::new().resolve_endpoint(&parameters).await;
        resolved.map_or_else(|_| format!("STS in {region}"), |endpoint| host_or_url(endpoint.url()))
    }

    /// The name of the endpoint in messages.
    pub(super) fn describe(&self) -> String {
        match &self.url {
            Some(url) => format!("STS at `{url}`"),
            None => format!("STS in `{}`", self.region),
        }
    }
}

/// The Region in the host of an STS endpoint. Requests to the legacy global endpoint are signed for `us-east-1`.
fn region_from_host(url: &str) -> Option<&str> {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next()?;
    if host == "sts.amazonaws.com" {
        return Some("us-east-1");
    }
    let mut labels = host.split('.');
    labels.find(|label| matches!(*label, "sts" | "sts-fips"))?;
    labels.next().filter(|label| label.contains('-') && label.ends_with(|c: char| c.is_ascii_digit()))
}

/// The answer of STS, or why the call failed.
pub(super) type StsResult<T> = Result<T, CallFailure>;

impl CredentialSources {
    /// The STS endpoint for the role `hop`, or else that of the credentials.
    pub(in crate::invoke::live) async fn sts_endpoint(
        &self,
        model: &Model,
        hop: Option<&Hop>,
    ) -> Result<StsEndpoint, CallFailure> {
        let last = model.credentials.as_ref().and_then(|credentials| credentials.hops.last());
        let endpoint = [hop, last].into_iter().flatten().find_map(|hop| hop.sts_endpoint.as_deref());
        StsEndpoint::new(&self.options, endpoint, &self.caller_region(model).await)
    }

    pub(super) fn sts_client(&self, sts: &StsEndpoint, keys: &Keys) -> Client {
        let timeouts = TimeoutConfig::builder().connect_timeout(self.options.timeouts.connect).build();
        let mut config = Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .region(Region::new(sts.region.clone()))
            .use_fips(sts.fips)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .credentials_provider(SharedCredentialsProvider::new(keys.clone()));
        config.set_use_dual_stack(Some(sts.dual_stack));
        config.set_endpoint_url(sts.url.clone());
        Client::from_conf(config.build())
    }

    /// Calls STS with retries. Each attempt is a new signed request.
    pub(super) async fn call_sts<T>(
        &self,
        waiting: &Waiting,
        call: impl AsyncFn() -> StsResult<T>,
    ) -> Result<T, InvokeError> {
        let mut failures = 0;
        loop {
            let timeouts = &self.options.timeouts;
            // STS answers are short, so the first-byte limit covers the whole answer.
            let first_byte = Limit::starting_now("first_byte", timeouts.first_byte);
            let call_limit = Limit::starting_now("call", timeouts.call);
            let limit = if first_byte.deadline < call_limit.deadline { first_byte } else { call_limit };
            let failure = match waiting.within(Some(limit), call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(failure)) => failure,
                Err(InvokeError::CallFailed(failure)) => CallFailure { key: Key::StsEndpoint, ..*failure },
                Err(other) => return Err(other),
            };
            failures += 1;
            let can_retry =
                matches!(failure.retry, Retry::Backoff | Retry::Once) && failures <= self.options.retries;
            let pause = pause(failures, self.options.retry_pause);
            if !can_retry || !waiting.has_time_for(pause) {
                // STS was already retried; the model call must not retry it again.
                return Err(failure.retry(Retry::Never).into());
            }
            waiting.pause(pause).await?;
        }
    }

    /// The failure of `action` for an `error` of `sts`.
    pub(super) fn failure_from_error<E>(
        &self,
        error: &SdkError<E, HttpResponse>,
        sts: &StsEndpoint,
        action: &str,
    ) -> CallFailure
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let Some(response) = error.raw_response() else {
            let no_response = NoResponse::from_sdk_error(error);
            return no_response.to_failure(&sts.describe(), Key::StsEndpoint, self.options.timeouts.connect);
        };
        let status = response.status().as_u16();
        if (200..400).contains(&status) {
            return invalid_response(sts).service_message(self.response_text(response));
        }
        let code = error.meta().code().unwrap_or_default();
        let service_message = error
            .meta()
            .message()
            .map_or_else(|| self.response_text(response), |text| self.secrets.mask(text));
        let cause = cause::find(Service::Sts, Some(status), code, &service_message);
        let code_text = if code.is_empty() { "an error without a code" } else { code };
        let message = format!("STS refused {action} with {status} ({code_text})");
        let retry = if status == 429 || status >= 500 { Retry::Backoff } else { Retry::Never };
        CallFailure::new(Code::RoleNotAssumed, Key::RoleArn, message)
            .retry(retry)
            .service_message(short(&service_message, 600))
            .with_cause(cause)
    }

    fn response_text(&self, response: &HttpResponse) -> String {
        let bytes = response.body().bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]);
        short(self.secrets.mask(text.trim()).as_str(), 300)
    }
}

/// The failure for a response that STS would not send.
pub(super) fn invalid_response(sts: &StsEndpoint) -> CallFailure {
    let message = format!("the response of {} is invalid", sts.describe());
    CallFailure::new(Code::AnswerUnreadable, Key::StsEndpoint, message)
        .help("check `sts_endpoint`; an STS endpoint looks like `https://sts.us-east-1.amazonaws.com/`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_that_of_the_host() {
        for (url, expected) in [
            ("https://sts.us-east-1.amazonaws.com/", Some("us-east-1")),
            ("https://sts.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("https://sts.amazonaws.com/", Some("us-east-1")),
            ("https://sts-fips.us-west-2.amazonaws.com", Some("us-west-2")),
            ("https://sts.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
            ("https://sts.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("https://sts.us-isob-east-1.sc2s.sgov.gov", Some("us-isob-east-1")),
            ("https://sts.eu-central-1.api.aws", Some("eu-central-1")),
            ("https://vpce-0a-b.sts.ap-southeast-2.vpce.amazonaws.com", Some("ap-southeast-2")),
            ("http://127.0.0.1:4566", None),
            ("http://localhost:4566/", None),
            ("https://sts.example.com", None),
        ] {
            assert_eq!(region_from_host(url), expected, "{url}");
        }
    }
}
