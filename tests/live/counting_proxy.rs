//! A proxy that forwards bytes, counts requests, and can delay responses.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct CountingProxy {
    pub url: String,
    /// All bytes sent to the server, and all bytes that it sent back.
    traffic: Arc<Mutex<(Vec<u8>, Vec<u8>)>>,
}

impl CountingProxy {
    /// Forwards to the server at `url`; every read of a response is delayed by `pause`.
    pub fn before(url: &str, pause: Duration) -> CountingProxy {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let proxy = format!("http://{}", listener.local_addr().expect("an address"));
        let traffic = Arc::new(Mutex::new((Vec::new(), Vec::new())));
        let recorder = Arc::clone(&traffic);
        thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let (requests, responses) = (Arc::clone(&recorder), Arc::clone(&recorder));
                let (from, to) =
                    (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
                thread::spawn(move || {
                    forward(from, to, Duration::ZERO, |bytes| {
                        requests.lock().expect("no panic").0.extend_from_slice(bytes)
                    });
                });
                thread::spawn(move || {
                    forward(server, client, pause, |bytes| {
                        responses.lock().expect("no panic").1.extend_from_slice(bytes)
                    });
                });
            }
        });
        CountingProxy { url: proxy, traffic }
    }

    /// The number of times that `part` was sent to the server.
    pub fn count(&self, part: &str) -> usize {
        String::from_utf8_lossy(&self.traffic.lock().expect("no panic").0).matches(part).count()
    }

    /// The text of all responses.
    pub fn responses(&self) -> String {
        String::from_utf8_lossy(&self.traffic.lock().expect("no panic").1).into_owned()
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, pause: Duration, record: impl Fn(&[u8])) {
    let mut bytes = [0; 16_384];
    while let Ok(length) = from.read(&mut bytes) {
        if length == 0 {
            break;
        }
        record(&bytes[..length]);
        thread::sleep(pause);
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Both));
}
