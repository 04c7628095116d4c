//! The options of live calls.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::aws::catalogue::Prices;
use crate::aws::cause::Key;
use crate::aws::host::{host_of_url, is_service_endpoint};
use crate::diagnose::Code;
use crate::invoke::CallFailure;

/// The settings and the environment of live calls.
#[derive(Clone)]
pub struct LiveOptions {
    /// The environment variables of the process: endpoints, the API key, external IDs.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Further attempts after a failure that can be retried.
    pub retries: u32,
    /// The longest first pause. It doubles with each further attempt.
    pub retry_pause: Duration,
    pub timeouts: Timeouts,
    pub limits: Limits,
    /// The budget of the run, in USD.
    pub max_cost: Option<f64>,
    pub prices: Arc<Prices>,
    /// Hosts that the user allowed configs to name, besides AWS's own.
    pub allowed_endpoints: Vec<String>,
    /// Asks the user for the code of an MFA device; `None` without a terminal.
    pub ask_mfa: Option<AskMfa>,
    /// Cancelled from outside to end the run early.
    pub interrupted: CancellationToken,
}

/// Takes the serial number or ARN of the device; `None` if no code was given.
pub type AskMfa = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Time limits.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    pub first_byte: Duration,
    pub call: Duration,
    pub case: Duration,
    /// The end of the run.
    pub run: Option<Instant>,
}

/// The requests and tokens that are allowed per minute, for each model and Region.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    pub requests: Option<NonZeroU32>,
    pub tokens: Option<NonZeroU32>,
}

impl LiveOptions {
    /// The value of an environment variable, if it is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn is_switched_on(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// An error unless `url`, which a config contains, is an endpoint of AWS's `services`, is local, or was allowed by
    /// the user. A change to a config must not decide where credentials are sent.
    pub(super) fn check_allowed(&self, url: &str, services: &[&str], key: Key) -> Result<(), CallFailure> {
        let host = host_of_url(url);
        let is_named = |allowed: &String| host.is_some_and(|host| host.eq_ignore_ascii_case(allowed));
        if is_service_endpoint(url, services) || self.allowed_endpoints.iter().any(is_named) {
            return Ok(());
        }
        let message = format!("the host of `{url}` is not an endpoint of AWS that a config may choose");
        let failure = CallFailure::new(Code::EndpointNotAllowed, key, message);
        let host = host.unwrap_or("HOST");
        Err(failure.help(format!("if you trust it, add `--allow-endpoint {host}` to the command")))
    }
}
