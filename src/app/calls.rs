//! Builds the invoker of a run from the settings and the environment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::session::Session;
use crate::aws::catalogue::{Price, Prices};
use crate::config::settings::{self, Mode, Settings};
use crate::invoke::live::{AskMfa, Limits};
use crate::invoke::{Invoker, Live, LiveOptions, Record, RecordScope, Replay, Timeouts};

/// How the person at the terminal takes part while Bedrock is called.
#[derive(Clone, Default)]
pub struct Controls {
    /// Cancelled from outside to end the run early.
    pub interrupted: CancellationToken,
    /// Asks for the code of an MFA device; `None` without a terminal.
    pub ask_mfa: Option<AskMfa>,
}

/// The mode of a run. In CI only the command line may ask for one that writes recordings.
pub fn mode(session: &Session, flag: Option<Mode>) -> Result<Mode, Failure> {
    let mode = session.settings.mode.unwrap_or_default();
    let records = !matches!(mode, Mode::Replay | Mode::Live);
    if records && flag.is_none() && session.environment.is_ci() {
        return Err(Failure::Usage {
            message: format!(
                "the settings set the mode `{}`, but nothing is recorded in CI unless a flag asks for it",
                mode.name()
            ),
            help: Some(format!("to record here, add `--mode {}` to the command line", mode.name())),
        });
    }
    Ok(mode)
}

/// The invoker for `mode`. A replay builds no client.
pub(super) fn invoker(
    session: &Session,
    mode: Mode,
    controls: &Controls,
) -> Result<Box<dyn Invoker>, Failure> {
    match mode {
        Mode::Replay => Ok(Box::new(Replay)),
        Mode::Live => Ok(Box::new(connect(session, controls)?)),
        Mode::RecordMissing => record(session, controls, RecordScope::Missing),
        Mode::RecordStale => record(session, controls, RecordScope::Stale),
        Mode::RecordAll => record(session, controls, RecordScope::All),
    }
}

fn record(session: &Session, controls: &Controls, which: RecordScope) -> Result<Box<dyn Invoker>, Failure> {
    Ok(Box::new(Record::new(connect(session, controls)?, which)))
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
