//! How a person takes part in a command: signals such as Ctrl-C, and the code of an MFA device.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::escaped::{Content, Escaped};
use super::output::Output;
use crate::app::{Controls, Environment};
use crate::invoke::live::AskMfa;

/// Handles signals, and asks for MFA codes if stdin is a terminal outside of CI. After the first signal, the run ends after
/// the cases that are running, and writes its reports.
pub(super) fn controls(environment: &Environment, output: &Output) -> Controls {
    controls_with(environment, output, || ())
}

/// Like [`controls`], and calls `on_first` at the first signal.
pub(super) fn controls_with(
    environment: &Environment,
    output: &Output,
    on_first: impl Fn() + Send + 'static,
) -> Controls {
    let can_answer = io::stdin().is_terminal() && !environment.is_ci();
    let interrupted = output.received.cancel_on_first(on_first);
    Controls { interrupted, ask_mfa: can_answer.then(ask_mfa) }
}

/// A token for a command that writes file after file: the first signal cancels it, and the command ends before the next
/// file.
pub(super) fn stop_before_next_file(output: &Output) -> CancellationToken {
    output.received.cancel_on_first(|| ())
}

/// Asks for an MFA code on the terminal. The code is neither printed nor stored.
fn ask_mfa() -> AskMfa {
    Arc::new(|serial| {
        let mut err = Escaped::new(io::stderr(), Content::Text);
        write!(err, "MFA code of {serial}: ").ok()?;
        err.flush().ok()?;
        let mut code = String::new();
        io::stdin().lock().read_line(&mut code).ok()?;
        Some(code.trim().to_owned())
    })
}
