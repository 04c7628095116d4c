//! The STS endpoint of a call, and the Region that its requests are signed for.

use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::{BehaviorVersion, Builder, Region};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::source::CredentialSources;
use crate::aws::cause::{self, Key, Retry, Service};
use crate::diagnose::{Code, short};
use crate::invoke::live::options::LiveOptions;
use crate::invoke::live::unsent::Unsent;
use crate::invoke::live::waiting::{Limit, Waiting, pause};
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Hop, Model};

/// An STS endpoint from the config and the environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sts {
    url: Option<String>,
    region: String,
    fips: bool,
    dual_stack: bool,
}

impl Sts {
    /// The endpoint of the environment overrides `configured`, but the Region stays that of the configured one, because
    /// the environment's endpoint stands in for it. Without both, the Region is `home`, the caller's own.
    pub(super) fn new(options: &LiveOptions, configured: Option<&str>, home: &str) -> Sts {
        let variables = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"];
        let url = variables.into_iter().find_map(|name| options.variable(name)).or(configured);
        let region = configured.and_then(region_of).unwrap_or(home);
        Sts {
            url: url.map(str::to_owned),
            region: region.to_owned(),
            fips: url.is_none() && options.switched_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: url.is_none() && options.switched_on("AWS_USE_DUALSTACK_ENDPOINT"),
        }
    }

    /// The endpoint as messages show it.
    pub(super) fn shown(&self) -> String {
        match &self.url {
            Some(url) => format!("STS at `{url}`"),
            None => format!("STS in `{}`", self.region),
        }
    }
}

/// The Region in the host of an STS endpoint. The legacy global one is signed for as `us-east-1`.
fn region_of(url: &str) -> Option<&str> {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next()?;
    if host == "sts.amazonaws.com" {
        return Some("us-east-1");
    }
    let mut labels = host.split('.');
    labels.find(|label| matches!(*label, "sts" | "sts-fips"))?;
    labels.next().filter(|label| label.contains('-') && label.ends_with(|c: char| c.is_ascii_digit()))
}

/// The answer of STS, or why there is none.
pub(super) type StsResult<T> = Result<T, Trouble>;

impl CredentialSources {
    /// The STS endpoint for the role `hop`, or else that of the credentials.
    pub(super) async fn sts(&self, model: &Model, hop: Option<&Hop>) -> Sts {
        let last = model.credentials.as_ref().and_then(|credentials| credentials.hops.last());
        let endpoint = [hop, last].into_iter().flatten().find_map(|hop| hop.sts_endpoint.as_deref());
        Sts::new(&self.options, endpoint, &self.home(model).await)
    }

    pub(super) fn client(&self, sts: &Sts, keys: &Keys) -> Client {
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

    /// Calls STS with retries. Each attempt is signed anew.
    pub(super) async fn ask<T>(
        &self,
        waiting: &Waiting,
        call: impl AsyncFn() -> StsResult<T>,
    ) -> Result<T, NoAnswer> {
        let mut failures = 0;
        loop {
            let timeouts = &self.options.timeouts;
            // STS answers are short, so the first-byte limit covers the whole answer.
            let first_byte = Limit::starting_now("first_byte", timeouts.first_byte);
            let whole = Limit::starting_now("call", timeouts.call);
            let limit = if first_byte.ends < whole.ends { first_byte } else { whole };
            let why = match waiting.within(Some(limit), call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(trouble)) => trouble,
                Err(NoAnswer::Trouble(trouble)) => Trouble { at: Key::StsEndpoint, ..*trouble },
                Err(other) => return Err(other),
            };
            failures += 1;
            let again = matches!(why.retry, Retry::Backoff | Retry::Once) && failures <= self.options.retries;
            let pause = pause(failures, self.options.retry_pause);
            if !again || !waiting.has_time_for(pause) {
                // STS was already retried; the model call must not retry it again.
                return Err(why.retry(Retry::Never).into());
            }
            waiting.pause(pause).await?;
        }
    }

    /// Describes `error` of `sts`.
    pub(super) fn refused<E>(&self, error: &SdkError<E, HttpResponse>, sts: &Sts, what: &str) -> Trouble
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let Some(response) = error.raw_response() else {
            let unsent = Unsent::of(error);
            return unsent.trouble(&sts.shown(), Key::StsEndpoint, self.options.timeouts.connect);
        };
        let status = response.status().as_u16();
        if (200..400).contains(&status) {
            return no_answer(sts).said(self.body(response));
        }
        let code = error.meta().code().unwrap_or_default();
        let said =
            error.meta().message().map_or_else(|| self.body(response), |text| self.secrets.blot_out(text));
        let cause = cause::find(Service::Sts, Some(status), code, &said);
        let shown = if code.is_empty() { "an error without a code" } else { code };
        let message = format!("STS refused {what} with {status} ({shown})");
        let retry = if status == 429 || status >= 500 { Retry::Backoff } else { Retry::Never };
        Trouble::new(Code::RoleNotAssumed, Key::RoleArn, message)
            .retry(retry)
            .said(short(&said, 600))
            .because(cause)
    }

    fn body(&self, response: &HttpResponse) -> String {
        let bytes = response.body().bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]);
        short(self.secrets.blot_out(text.trim()).as_str(), 300)
    }
}

/// The response is not one of STS.
pub(super) fn no_answer(sts: &Sts) -> Trouble {
    let message = format!("the response is not one of {}", sts.shown());
    Trouble::new(Code::AnswerUnreadable, Key::StsEndpoint, message)
        .help("check `sts_endpoint`; it looks like `https://sts.us-east-1.amazonaws.com/`")
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
            assert_eq!(region_of(url), expected, "{url}");
        }
    }
}
