//! Reads the keys of the watcher. They need no Enter.

use std::io::{self, IsTerminal};
use std::sync::mpsc::Sender;
use std::thread;

use console::Term;

use super::events::{Key, Wake};

/// Reads keys from the terminal, and restores its mode when dropped.
pub(super) struct Keys {
    #[cfg(unix)]
    original: Option<rustix::termios::Termios>,
}

impl Keys {
    /// Starts to read keys; `None` without a terminal.
    pub(super) fn listen(sender: Sender<Wake>) -> Option<Keys> {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return None;
        }
        let keys = Keys {
            #[cfg(unix)]
            original: rustix::termios::tcgetattr(io::stdin()).ok(),
        };
        thread::spawn(move || while forward_key(&sender) {});
        Some(keys)
    }
}

/// Sends the next key. Returns `false` after the last one; from then on the terminal is in its original mode.
fn forward_key(sender: &Sender<Wake>) -> bool {
    let key = match Term::stdout().read_key() {
        Ok(console::Key::Enter | console::Key::Char('a')) => Key::All,
        Ok(console::Key::Char('f')) => Key::Open,
        Ok(console::Key::Char('q')) => Key::Quit,
        Ok(_) => return true,
        // Ctrl-C, which the signal handler reports.
        Err(_) => return false,
    };
    sender.send(Wake::Key(key)).is_ok() && key != Key::Quit
}

impl Drop for Keys {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(original) = &self.original {
            // This fails if the terminal was closed.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, original);
        }
    }
}
