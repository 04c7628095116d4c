//! Where answers come from: the settings and the environment made into an invoker.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::{Exit, Failure};
use crate::app::Session;
use crate::aws::catalogue::{Price, Prices};
use crate::config::settings::{self, Mode, Settings};
use crate::invoke::live::{AskMfa, Limits};
use crate::invoke::{Invoker, Live, LiveOptions, Record, Replay, Timeouts, Which};

/// The mode of a run. In CI only the command line may ask for one that writes recordings.
pub(super) fn mode(session: &Session, flag: Option<Mode>) -> Result<Mode, Failure> {
    let mode = session.settings.mode.unwrap_or_default();
    let records = !matches!(mode, Mode::Replay | Mode::Live);
    if records && flag.is_none() && session.environment.is_ci() {
        return Err(Failure::Usage {
            message: format!("the settings ask for `{}`, and nothing is recorded in CI", mode.name()),
            help: Some(format!("if it is meant, say so on the command line: `--mode {}`", mode.name())),
        });
    }
    Ok(mode)
}

/// Who answers in `mode`. A replay builds no client.
pub(super) fn invoker(
    session: &Session,
    mode: Mode,
    interrupted: &CancellationToken,
) -> Result<Box<dyn Invoker>, Failure> {
    match mode {
        Mode::Replay => Ok(Box::new(Replay)),
        Mode::Live => Ok(Box::new(connect(session, interrupted)?)),
        Mode::RecordMissing => record(session, interrupted, Which::Missing),
        Mode::RecordStale => record(session, interrupted, Which::Stale),
        Mode::RecordAll => record(session, interrupted, Which::All),
    }
}

fn record(
    session: &Session,
    interrupted: &CancellationToken,
    which: Which,
) -> Result<Box<dyn Invoker>, Failure> {
    Ok(Box::new(Record::new(connect(session, interrupted)?, which)))
}

/// An invoker that calls Bedrock by the settings. No connection is opened yet.
pub(super) fn connect(session: &Session, interrupted: &CancellationToken) -> Result<Live, Failure> {
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
        ask_mfa: (io::stdin().is_terminal() && !session.environment.is_ci()).then(ask_mfa),
        interrupted: interrupted.clone(),
    };
    Live::new(options).map_err(|cause| Failure::Environment {
        message: format!("can't prepare the calls: {cause}"),
        help: None,
    })
}

/// Endpoints of the environment, which no schema has seen.
fn check_endpoints(session: &Session) -> Result<(), Failure> {
    const VARIABLES: [&str; 3] =
        ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_STS"];
    for name in VARIABLES {
        let url = session.environment.non_empty(name).unwrap_or("https://");
        if !url.starts_with("http://") && !url.starts_with("https://") {
            // What stands before an `@` may be a password.
            let found = if url.contains('@') { String::new() } else { format!(", found `{url}`") };
            return Err(Failure::Usage {
                message: format!("`{name}`: expected a URL{found}"),
                help: Some("write `https://HOST`, or unset the variable".to_owned()),
            });
        }
    }
    Ok(())
}

/// The prices that are known, those of the settings first.
pub(super) fn prices(settings: &Settings) -> Arc<Prices> {
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

/// Asks on the terminal; what is typed stays there.
fn ask_mfa() -> AskMfa {
    Arc::new(|serial| {
        let mut err = io::stderr();
        write!(err, "MFA code of {serial}: ").ok()?;
        err.flush().ok()?;
        let mut code = String::new();
        io::stdin().lock().read_line(&mut code).ok()?;
        Some(code.trim().to_owned())
    })
}

/// Cancelled by Ctrl-C: the run ends after the cases at hand, and the reports are written. A second Ctrl-C kills.
/// `then` is called at the first.
pub(super) fn on_interrupt(then: impl Fn() + Send + 'static) -> CancellationToken {
    let interrupted = CancellationToken::new();
    let token = interrupted.clone();
    // Without the handler Ctrl-C ends the process at once, as it does anywhere.
    drop(ctrlc::set_handler(move || {
        if token.is_cancelled() {
            kill();
        }
        token.cancel();
        then();
    }));
    interrupted
}

#[expect(clippy::exit, reason = "the person asked twice")]
fn kill() {
    std::process::exit(Exit::Interrupted as i32);
}
