//! Calling Bedrock: credentials through STS, a call, what came back.

mod attempt;
mod doctor;
mod endpoint;
mod gate;
mod http;
mod identity;
mod list;
mod pause;
mod reasons;
mod receive;
mod retry;
mod waiting;
mod wire;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use super::{Answered, Ask, Invoker, NoAnswer};
use crate::aws::catalogue::Prices;
pub use doctor::{Advice, State, Step};
use gate::Gate;
pub use gate::Limits;
use identity::Identities;
pub use list::Listed;
use waiting::Waiting;

/// How live calls are made. Everything that comes from outside, as values.
#[derive(Clone)]
pub struct LiveOptions {
    /// The process's variables: endpoints, the API key, external IDs.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Further attempts after a failure that can be retried.
    pub retries: u32,
    /// The unit of the pauses before them.
    pub retry_pause: Duration,
    pub timeouts: Timeouts,
    pub limits: Limits,
    /// USD that the run may cost.
    pub max_cost: Option<f64>,
    pub prices: Arc<Prices>,
    /// Asks the person for the code of an MFA device; `None` where nobody can be asked.
    pub ask_mfa: Option<AskMfa>,
    /// Set from outside to end the run early.
    pub interrupted: Arc<AtomicBool>,
}

/// Takes the serial number or ARN of the device; `None` if no code was given.
pub type AskMfa = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    pub first_byte: Duration,
    pub call: Duration,
    pub case: Duration,
    /// When the run has to be over.
    pub run: Option<Instant>,
}

impl LiveOptions {
    /// The variable's value, if it is set to something.
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn switched_on(&self, name: &str) -> bool {
        self.variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Asks Bedrock, as the role that the model's credentials name.
///
/// The calls are asynchronous on a runtime of its own; the threads of a run wait for theirs.
pub struct Live {
    /// `None` when all is over.
    runtime: Option<Runtime>,
    options: LiveOptions,
    http: aws_smithy_runtime_api::client::http::SharedHttpClient,
    identities: Identities,
    gate: Gate,
}

impl Live {
    /// No connection is opened and no credentials are read before the first call.
    pub fn new(options: LiveOptions) -> io::Result<Live> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let http = http::client();
        let identities = Identities::new(http.clone(), &options);
        let gate = Gate::new(options.limits, options.max_cost, Arc::clone(&options.prices));
        Ok(Live { runtime: Some(runtime), options, http, identities, gate })
    }
}

impl Live {
    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.as_ref().expect("the runtime is there until the end").block_on(future)
    }
}

impl Drop for Live {
    /// Whoever still looks up a name or waits for an answer that nobody takes doesn't keep the process.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Invoker for Live {
    fn answer(&self, ask: &Ask<'_>) -> Result<Answered, NoAnswer> {
        self.wait(retry::call(self, ask, &Waiting::for_a_case(&self.options)))
    }

    fn varies(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<String> {
        self.identities.secrets()
    }
}
