//! The signals that end a command: `SIGINT` (Ctrl-C), `SIGTERM` and `SIGHUP`. The first one ends it after the write in
//! progress, so that no temporary file is left; the second one ends it at once.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use super::Exit;

/// The exit code for the first signal that arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct ReceivedSignal(Arc<OnceLock<Exit>>);

impl ReceivedSignal {
    /// The exit code of a command that ended with `exit`. If a signal interrupted it, that is the code of this signal.
    pub(super) fn refine(&self, exit: Exit) -> Exit {
        if exit == Exit::Interrupted { self.0.get().copied().unwrap_or(exit) } else { exit }
    }

    /// A token that the first signal cancels. The first signal also calls `on_first`; the second one ends the process.
    pub(super) fn cancel_on_first(&self, on_first: impl Fn() + Send + 'static) -> CancellationToken {
        let interrupted = CancellationToken::new();
        let (token, received) = (interrupted.clone(), Arc::clone(&self.0));
        handle_signals(move |exit| {
            if received.set(exit).is_err() {
                exit_at_once(exit);
            }
            token.cancel();
            on_first();
        });
        interrupted
    }
}

#[expect(clippy::exit, reason = "a second signal ends the process at once")]
fn exit_at_once(exit: Exit) {
    std::process::exit(exit as i32);
}

/// Calls `on_signal` for each signal, on a thread of its own. If that is impossible, signals keep their default effect:
/// they end the process at once.
#[cfg(unix)]
fn handle_signals(on_signal: impl Fn(Exit) + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    let status = std::fs::read_to_string("/proc/self/status").ok();
    let handled = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| match &status {
        Some(status) => !is_ignored(status, *signal),
        // `nohup` lets a process ignore this signal, and without `/proc` that is unknown.
        None => *signal != SIGHUP,
    });
    let Ok(mut signals) = Signals::new(handled) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            on_signal(match signal {
                SIGTERM => Exit::Terminated,
                SIGHUP => Exit::HungUp,
                _ => Exit::Interrupted,
            });
        }
    });
}

#[cfg(not(unix))]
fn handle_signals(on_signal: impl Fn(Exit) + Send + 'static) {
    drop(ctrlc::set_handler(move || on_signal(Exit::Interrupted)));
}

/// Whether the process ignores `signal`, as its parent chose, according to the text of `/proc/self/status`.
#[cfg(unix)]
fn is_ignored(status: &str, signal: i32) -> bool {
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_mask() {
        let status =
            "Name:\tx\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000002\n";
        assert!(is_ignored(status, 1) && is_ignored(status, 13));
        assert!(!is_ignored(status, 2) && !is_ignored(status, 15));
        assert!(!is_ignored("", 1));
    }
}
