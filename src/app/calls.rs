//! Builds the invoker of a run from the settings and the environment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::session::Session;
use crate::aws::catalogue::{Price, Prices};
use crate::config::settings::{self, Mode, Settings};
use crate::invoke::live::{AskMfa, CalledService, Limits};
use crate::invoke::{Invoker, Live, LiveOptions, Record, RecordScope, Replay, Timeouts};
use crate::run::Plan;

/// How the person at the terminal takes part while Bedrock is called.
#[derive(Clone, Default)]
pub struct Controls {
    /// Cancelled from outside to end the run early.
    pub interrupted: CancellationToken,
    /// Asks for the code of an MFA device; `None` without a terminal.
    pub ask_mfa: Option<AskMfa>,
}

/// The mode of a run. In CI, only the command line can choose one that records.
pub fn mode(session: &Session, flag: Option<Mode>) -> Result<Mode, Failure> {
    let mode = session.settings.mode.unwrap_or_default();
    let records = !matches!(mode, Mode::Replay | Mode::Live);
    if records && flag.is_none() && session.environment.is_ci() {
        return Err(Failure::Usage {
            message: format!(
                "`BEDROCK_CHECK_MODE` is `{}`, but nothing is recorded in CI unless a flag asks for it",
                mode.name()
            ),
            help: Some(format!("to record here, add `--mode {}` to the command line", mode.name())),
        });
    }
    Ok(mode)
}

/// The invoker of a run, and a line for each destination that it may call.
pub(super) struct Connection {
    pub invoker: Box<dyn Invoker>,
    pub destinations: Vec<String>,
}

/// The invoker for `mode`. A replay builds no client.
pub(super) fn open_connection(
    session: &Session,
    mode: Mode,
    plan: &Plan<'_>,
    controls: &Controls,
) -> Result<Connection, Failure> {
    let scope = match mode {
        Mode::Replay => return Ok(Connection { invoker: Box::new(Replay), destinations: Vec::new() }),
        Mode::Live => None,
        Mode::RecordMissing => Some(RecordScope::Missing),
        Mode::RecordStale => Some(RecordScope::Stale),
        Mode::RecordAll => Some(RecordScope::All),
    };
    let live = connect(session, controls)?;
    let destinations =
        live.describe_destinations(CalledService::Runtime, plan.cases.iter().map(|planned| planned.model));
    let invoker: Box<dyn Invoker> = match scope {
        None => Box::new(live),
        Some(scope) => Box::new(Record::new(live, scope, &session.root.path)),
    };
    Ok(Connection { invoker, destinations })
}

/// An invoker that calls Bedrock with the limits of the settings. No connection is opened yet.
pub fn connect(session: &Session, controls: &Controls) -> Result<Live, Failure> {
    check_endpoints(session)?;
    let settings = &session.settings;
    let options = LiveOptions {
        environment: Arc::new(session.environment.variables.clone()),
        retries: settings.retries.unwrap_or(3),
        retry_pause: seconds(settings.retry_pause, 0.5),
        timeouts: timeouts(&settings.timeout),
        limits: Limits { requests: settings.requests_per_minute, tokens: settings.tokens_per_minute },
        max_cost: settings.max_cost,
        prices: prices(settings),
        allowed_endpoints: settings.allow_endpoint.clone(),
        ask_mfa: controls.ask_mfa.clone(),
        interrupted: controls.interrupted.clone(),
    };
    Live::new(options).map_err(|cause| Failure::Environment {
        message: format!("can't prepare the calls: {cause}"),
        help: None,
    })
}

/// Checks the endpoints in environment variables; the schema only checks those in configs.
fn check_endpoints(session: &Session) -> Result<(), Failure> {
    const VARIABLES: [&str; 3] =
        ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_STS"];
    for name in VARIABLES {
        let url = session.environment.non_empty(name).unwrap_or("https://");
        if !url.starts_with("http://") && !url.starts_with("https://") {
            // The part before an `@` may contain a password.
            let found = if url.contains('@') { String::new() } else { format!(", found `{url}`") };
            return Err(Failure::Usage {
                message: format!("`{name}`: expected a URL{found}"),
                help: Some("write `https://HOST`, or unset the variable".to_owned()),
            });
        }
    }
    Ok(())
}

/// The known prices; those of the settings override the table.
pub fn prices(settings: &Settings) -> Arc<Prices> {
    let own = settings.prices.iter().map(|(model_id, price)| {
        let settings::Price { input, output } = *price;
        (model_id.clone(), Price { input, output, call: 0.0, max_output: None, borrowed: false })
    });
    Arc::new(Prices::new(own.collect()))
}

fn timeouts(settings: &settings::Timeouts) -> Timeouts {
    Timeouts {
        connect: seconds(settings.connect, 5.0),
        first_byte: seconds(settings.first_byte, 60.0),
        call: seconds(settings.call, 300.0),
        case: seconds(settings.case, 600.0),
        run: settings.run.map(|run| Instant::now() + seconds(Some(run), 0.0)),
    }
}

fn seconds(given: Option<f64>, default: f64) -> Duration {
    Duration::try_from_secs_f64(given.unwrap_or(default)).unwrap_or(Duration::from_hours(24))
}
