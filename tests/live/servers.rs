//! Third-party servers on 127.0.0.1, which a test starts and stops.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Project, skip};

/// The folder in which the servers are installed; if it is absent, calls [`skip`] and returns `None`.
pub fn installed() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/live-peers");
    if folder.join("versions").is_file() {
        return Some(folder);
    }
    skip("the servers are not installed: run `bash tests/support/live.sh`");
    None
}

/// A running server.
pub struct Server {
    pub url: String,
    child: Child,
    folder: TempDir,
}

impl Server {
    fn start(name: &str, port: u16, mut command: Command, ready: &str) -> Server {
        let folder = TempDir::new().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("a log");
        command.stdout(log.try_clone().expect("a log")).stderr(log).stdin(Stdio::null()).current_dir(&folder);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let server = Server { url: format!("http://127.0.0.1:{port}"), child, folder };
        let started = Instant::now();
        while !responds(port, ready) {
            assert!(started.elapsed() < Duration::from_secs(60), "{name} did not start:\n{}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Whether the server responds to a GET of `path`.
fn responds(port: u16, path: &str) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let mut head = [0; 12];
    drop(stream.set_read_timeout(Some(Duration::from_secs(2))));
    stream.write_all(request.as_bytes()).and_then(|()| stream.read_exact(&mut head)).is_ok()
        && (head.ends_with(b"200") || head.ends_with(b"404"))
}

/// MiniStack: STS and Bedrock with signatures, trust policies and permissions.
pub struct MiniStack {
    pub server: Server,
    pub account: String,
    id: String,
    pub secret: String,
}

impl MiniStack {
    /// Starts MiniStack. With a `proxy`, the answers of models come from that server.
    pub fn start(installed: &Path, proxy: Option<&Server>) -> MiniStack {
        MiniStack::with_roles(installed, proxy, &[])
    }

    /// Like [`MiniStack::start`], with further roles: for each a name, a file with its trust policy, and a file with its
    /// permission policy.
    pub fn with_roles(installed: &Path, proxy: Option<&Server>, roles: &[OsString]) -> MiniStack {
        let port = free_port();
        let mut command = Command::new(installed.join("python/bin/ministack"));
        command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("AUTH", "true");
        command.env("IOT_MTLS_ENABLED", "0").env("SFTP_ENABLED", "0");
        command.envs(proxy.map(|server| ("MINISTACK_BEDROCK_PROXY_URL", &server.url)));
        let server = Server::start("MiniStack", port, command, "/_ministack/health");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/ministack_iam.py");
        let output = Command::new(installed.join("python/bin/python"))
            .arg(script)
            .arg(&server.url)
            .args(roles)
            .output();
        let output = output.expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let keys: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let text = |name: &str| keys[name].as_str().expect("a text").to_owned();
        MiniStack { server, account: text("account"), id: text("id"), secret: text("secret") }
    }

    /// `bedrock-check` in `project` with the keys of MiniStack's user, and with `url` as the endpoint.
    pub fn command(&self, project: &Project, url: &str) -> Command {
        let mut command = project.command();
        command.env("AWS_ENDPOINT_URL_STS", url).env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url);
        command.env("AWS_ACCESS_KEY_ID", &self.id).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub fn run(&self, project: &Project, args: &[&str]) -> String {
        project.run_command(self.command(project, &self.server.url).args(args))
    }
}

/// aimock: it answers `answer` to every message that contains `prompt`.
pub fn aimock(installed: &Path, prompt: &str, answer: &str) -> Server {
    let port = free_port();
    let fixtures = TempDir::new().expect("a folder");
    let fixture = serde_json::json!({ "fixtures": [{ "match": { "userMessage": prompt }, "response": { "content": answer } }] });
    fs::write(fixtures.path().join("script.json"), fixture.to_string()).expect("a file");
    let mut command = Command::new("node");
    command.arg(installed.join("node_modules/@copilotkit/aimock/dist/cli.js"));
    command.args(["-p", &port.to_string(), "-f"]).arg(fixtures.path());
    Server::start("aimock", port, command, "/health")
}

/// WireMock with `stubs`, which are mappings in its format.
pub fn wiremock(installed: &Path, stubs: &[Value]) -> Server {
    let port = free_port();
    let root = TempDir::new().expect("a folder");
    fs::create_dir(root.path().join("mappings")).expect("a folder");
    for (index, stub) in stubs.iter().enumerate() {
        fs::write(root.path().join(format!("mappings/{index}.json")), stub.to_string()).expect("a file");
    }
    let mut command = Command::new("java");
    command.arg("-jar").arg(installed.join("node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"));
    command.args(["--port", &port.to_string(), "--bind-address", "127.0.0.1", "--root-dir"]).arg(root.path());
    let server = Server::start("WireMock", port, command, "/__admin/mappings");
    drop(root);
    server
}
