//! What the person at the terminal does while Bedrock is called: Ctrl-C, and the code of an MFA device.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Exit;
use crate::app::{Controls, Environment};
use crate::invoke::live::AskMfa;

/// Listens to Ctrl-C, and asks for MFA codes where somebody can answer.
pub(super) fn controls(environment: &Environment) -> Controls {
    controls_with(environment, || ())
}

/// The same. `then` is called at the first Ctrl-C.
pub(super) fn controls_with(environment: &Environment, then: impl Fn() + Send + 'static) -> Controls {
    let can_answer = io::stdin().is_terminal() && !environment.is_ci();
    Controls { interrupted: on_interrupt(then), ask_mfa: can_answer.then(ask_mfa) }
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
fn on_interrupt(then: impl Fn() + Send + 'static) -> CancellationToken {
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
