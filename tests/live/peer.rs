//! Third-party servers on 127.0.0.1: started by a test, stopped when it is over.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Project, skip};

/// Where the servers are installed; `None` where they are not: see [`skip`].
pub fn installed() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/live-peers");
    if folder.join("versions").is_file() {
        return Some(folder);
    }
    skip("the servers are not installed: run `bash tests/support/live.sh`");
    None
}

/// A server that runs.
pub struct Peer {
    pub url: String,
    child: Child,
    folder: TempDir,
}

impl Peer {
    fn start(name: &str, port: u16, mut command: Command, ready: &str) -> Peer {
        let folder = TempDir::new().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("a log");
        command.stdout(log.try_clone().expect("a log")).stderr(log).stdin(Stdio::null()).current_dir(&folder);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let peer = Peer { url: format!("http://127.0.0.1:{port}"), child, folder };
        let started = Instant::now();
        while !answers(port, ready) {
            assert!(started.elapsed() < Duration::from_secs(60), "{name} doesn't start:\n{}", peer.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        peer
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Whether the server answers a GET of `path`.
fn answers(port: u16, path: &str) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let mut head = [0; 12];
    drop(stream.set_read_timeout(Some(Duration::from_secs(2))));
    stream.write_all(request.as_bytes()).and_then(|()| stream.read_exact(&mut head)).is_ok()
        && (head.ends_with(b"200") || head.ends_with(b"404"))
}

/// STS and Bedrock with signatures, trust policies and permissions: MiniStack.
pub struct MiniStack {
    pub peer: Peer,
    pub account: String,
    id: String,
    pub secret: String,
}

impl MiniStack {
    /// With a `proxy`, models say what that server says.
    pub fn start(installed: &Path, proxy: Option<&Peer>) -> MiniStack {
        MiniStack::with_roles(installed, proxy, &[])
    }

    /// The same with more roles: a name, a file of its trust policy, and one of its permission policy, each.
    pub fn with_roles(installed: &Path, proxy: Option<&Peer>, roles: &[OsString]) -> MiniStack {
        let port = free_port();
        let mut command = Command::new(installed.join("python/bin/ministack"));
        command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("AUTH", "true");
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        command.envs(proxy.map(|peer| ("MINISTACK_BEDROCK_PROXY_URL", &peer.url)));
        let peer = Peer::start("MiniStack", port, command, "/_ministack/health");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/ministack_iam.py");
        let output =
            Command::new(installed.join("python/bin/python")).arg(script).arg(&peer.url).args(roles).output();
        let output = output.expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let keys: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let text = |name: &str| keys[name].as_str().expect("a text").to_owned();
        MiniStack { peer, account: text("account"), id: text("id"), secret: text("secret") }
    }

    /// `bedrock-check` in `project`, as the user whom MiniStack knows, at `url`.
    pub fn command(&self, project: &Project, url: &str) -> Command {
        let mut command = project.command();
        command.env("AWS_ENDPOINT_URL_STS", url).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url);
        command.env("AWS_ACCESS_KEY_ID", &self.id).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub fn run(&self, project: &Project, args: &[&str]) -> String {
        project.told(self.command(project, &self.peer.url).args(args))
    }
}

/// Answers by a script: aimock. `says` is its text to whatever holds `asked`.
pub fn scripted(installed: &Path, asked: &str, says: &str) -> Peer {
    let port = free_port();
    let fixtures = TempDir::new().expect("a folder");
    let fixture = serde_json::json!({ "fixtures": [{ "match": { "userMessage": asked }, "response": { "content": says } }] });
    fs::write(fixtures.path().join("script.json"), fixture.to_string()).expect("a file");
    let mut command = Command::new("node");
    command.arg(installed.join("node_modules/@copilotkit/aimock/dist/cli.js"));
    command.args(["-p", &port.to_string(), "-f"]).arg(fixtures.path());
    Peer::start("aimock", port, command, "/health")
}

/// Answers by `stubs`, each a mapping of WireMock.
pub fn wiremock(installed: &Path, stubs: &[Value]) -> Peer {
    let port = free_port();
    let root = TempDir::new().expect("a folder");
    fs::create_dir(root.path().join("mappings")).expect("a folder");
    for (index, stub) in stubs.iter().enumerate() {
        fs::write(root.path().join(format!("mappings/{index}.json")), stub.to_string()).expect("a file");
    }
    let mut command = Command::new("java");
    command.arg("-jar").arg(installed.join("node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"));
    command.args(["--port", &port.to_string(), "--bind-address", "127.0.0.1", "--root-dir"]).arg(root.path());
    let peer = Peer::start("WireMock", port, command, "/__admin/mappings");
    drop(root);
    peer
}
