//! How live calls are made.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::aws::catalogue::Prices;

/// How live calls are made: everything from outside, as values.
#[derive(Clone)]
pub struct LiveOptions {
    /// The process's variables: endpoints, the API key, external IDs.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Further attempts after a failure that can be retried.
    pub retries: u32,
    /// The first pause, and the unit of the growing pauses.
    pub retry_pause: Duration,
    pub timeouts: Timeouts,
    pub limits: Limits,
    /// The budget of the run, in USD.
    pub max_cost: Option<f64>,
    pub prices: Arc<Prices>,
    /// Asks the person for the code of an MFA device; `None` without a terminal.
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

/// What is allowed in a minute, for each model and Region.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    pub requests: Option<NonZeroU32>,
    pub tokens: Option<NonZeroU32>,
}

impl LiveOptions {
    /// The variable's value, if it is set to something.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn switched_on(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}
