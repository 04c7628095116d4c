//! A byte-forwarding proxy that counts what goes through it, and can hold answers back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Counting {
    pub url: String,
    /// Everything that was sent to the server, and everything that it answered.
    seen: Arc<Mutex<(Vec<u8>, Vec<u8>)>>,
}

impl Counting {
    /// Forwards to the server at `url`; each answer waits for `pause`.
    pub fn before(url: &str, pause: Duration) -> Counting {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let own = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new((Vec::new(), Vec::new())));
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let (asked, answered) = (Arc::clone(&kept), Arc::clone(&kept));
                let (from, to) =
                    (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
                thread::spawn(move || {
                    forward(from, to, Duration::ZERO, |bytes| {
                        asked.lock().expect("no panic").0.extend_from_slice(bytes)
                    });
                });
                thread::spawn(move || {
                    forward(server, client, pause, |bytes| {
                        answered.lock().expect("no panic").1.extend_from_slice(bytes)
                    });
                });
            }
        });
        Counting { url: own, seen }
    }

    /// How often `part` was sent to the server.
    pub fn count(&self, part: &str) -> usize {
        String::from_utf8_lossy(&self.seen.lock().expect("no panic").0).matches(part).count()
    }

    /// What the server answered.
    pub fn answers(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().expect("no panic").1).into_owned()
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, pause: Duration, keep: impl Fn(&[u8])) {
    let mut bytes = [0; 16_384];
    while let Ok(length) = from.read(&mut bytes) {
        if length == 0 {
            break;
        }
        keep(&bytes[..length]);
        thread::sleep(pause);
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Both));
}
