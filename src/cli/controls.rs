//! Input from the terminal during calls to Bedrock: Ctrl-C, and the code of an MFA device.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Exit;
use super::escaped::{Content, Escaped};
use crate::app::{Controls, Environment};
use crate::invoke::live::AskMfa;

/// Handles Ctrl-C, and asks for MFA codes if stdin is a terminal outside of CI.
pub(super) fn controls(environment: &Environment) -> Controls {
    controls_with(environment, || ())
}

/// Like [`controls`], and calls `on_first` at the first Ctrl-C.
pub(super) fn controls_with(environment: &Environment, on_first: impl Fn() + Send + 'static) -> Controls {
    let can_answer = io::stdin().is_terminal() && !environment.is_ci();
    Controls { interrupted: on_interrupt(on_first), ask_mfa: can_answer.then(ask_mfa) }
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

/// A token that the first Ctrl-C cancels: the run ends after the cases that are running, and writes its reports. The
/// first Ctrl-C also calls `on_first`; the second one ends the process.
fn on_interrupt(on_first: impl Fn() + Send + 'static) -> CancellationToken {
    let interrupted = CancellationToken::new();
    let token = interrupted.clone();
    // If the handler can't be set, Ctrl-C ends the process at once, which is its default effect.
    drop(ctrlc::set_handler(move || {
        if token.is_cancelled() {
            exit_at_once();
        }
        token.cancel();
        on_first();
    }));
    interrupted
}

#[expect(clippy::exit, reason = "a second Ctrl-C ends the process at once")]
fn exit_at_once() {
    std::process::exit(Exit::Interrupted as i32);
}
