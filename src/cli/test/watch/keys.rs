//! Keys of a waiting watcher. They need no Enter.

use std::io::{self, IsTerminal};
use std::sync::mpsc::Sender;
use std::thread;

use console::Term;

use super::events::{Key, Wake};

/// A terminal whose keys are read; it becomes again what it was.
pub(super) struct Keys {
    #[cfg(unix)]
    was: Option<rustix::termios::Termios>,
}

impl Keys {
    /// `None` where there is no terminal.
    pub(super) fn listen(sender: Sender<Wake>) -> Option<Keys> {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return None;
        }
        let keys = Keys {
            #[cfg(unix)]
            was: rustix::termios::tcgetattr(io::stdin()).ok(),
        };
        thread::spawn(move || while tell(&sender) {});
        Some(keys)
    }
}

/// Tells the next key. `false` if it was the last: from then on the terminal is as it was.
fn tell(sender: &Sender<Wake>) -> bool {
    let key = match Term::stdout().read_key() {
        Ok(console::Key::Enter | console::Key::Char('a')) => Key::All,
        Ok(console::Key::Char('f')) => Key::Open,
        Ok(console::Key::Char('q')) => Key::Quit,
        Ok(_) => return true,
        // Of Ctrl-C, which the handler of signals tells.
        Err(_) => return false,
    };
    sender.send(Wake::Key(key)).is_ok() && key != Key::Quit
}

impl Drop for Keys {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(was) = &self.was {
            // The terminal may be gone.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, was);
        }
    }
}
