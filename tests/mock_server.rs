//! A mock server for STS and Bedrock: it sends the replies that a test chooses, and keeps the requests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::common::Project;

/// A request as the server received it.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The path in its percent-encoded form.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl ReceivedRequest {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    pub fn is_sts(&self) -> bool {
        self.path == "/"
    }

    /// A field of the form in a request to STS, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        let fields = self.body.split('&').filter_map(|field| field.split_once('='));
        let (_, value) = fields.into_iter().find(|(known, _)| *known == name)?;
        let decoded = percent_encoding::percent_decode_str(value).decode_utf8();
        Some(decoded.expect("UTF-8").into_owned())
    }
}

/// How the server answers a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Sends these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Waits, then sends these bytes and closes the connection.
    After(Duration, Vec<u8>),
    /// Sends the first bytes, waits, and sends the rest.
    InTwoParts(Vec<u8>, Duration, Vec<u8>),
    /// Closes the connection at once.
    Close,
}

pub struct MockServer {
    pub url: String,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
    stopped: Arc<AtomicBool>,
}

impl MockServer {
    /// Starts the server on a free port. `answer` receives each request and the number of earlier requests to the
    /// same service (STS or Bedrock).
    pub fn start(answer: impl Fn(&ReceivedRequest, usize) -> Reply + Send + Sync + 'static) -> MockServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (requests, stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (answer, received, stop) = (Arc::new(answer), Arc::clone(&requests), Arc::clone(&stopped));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (answer, received) = (Arc::clone(&answer), Arc::clone(&received));
                let Ok(stream) = stream else { continue };
                thread::spawn(move || serve(stream, answer.as_ref(), &received));
            }
        });
        MockServer { url, requests, stopped }
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.lock().expect("no panic").clone()
    }

    /// The requests to Bedrock.
    pub fn calls(&self) -> Vec<ReceivedRequest> {
        self.requests().into_iter().filter(|request| !request.is_sts()).collect()
    }

    /// The requests to STS with this action.
    pub fn sts(&self, action: &str) -> Vec<ReceivedRequest> {
        let has_action = |request: &ReceivedRequest| request.field("Action").as_deref() == Some(action);
        self.requests().into_iter().filter(|request| request.is_sts() && has_action(request)).collect()
    }

    /// `bedrock-check` in `project` with example keys, and with this server as the endpoint of STS and Bedrock.
    pub fn command(&self, project: &Project) -> Command {
        let mut command = project.command();
        command.env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &self.url).env("AWS_ENDPOINT_URL_STS", &self.url);
        command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }
}

/// The secret access key that [`MockServer::command`] sets.
pub const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYplantedKey00";

impl Drop for MockServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The listener checks `stopped` at the next connection.
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&ReceivedRequest, usize) -> Reply,
    requests: &Mutex<Vec<ReceivedRequest>>,
) {
    let Some(request) = read(&mut stream) else { return };
    let earlier = {
        let mut requests = requests.lock().expect("no panic");
        let earlier = requests.iter().filter(|other| other.is_sts() == request.is_sts()).count();
        requests.push(request.clone());
        earlier
    };
    // A client may close the connection before the end.
    let mut send = |bytes: &[u8]| drop(stream.write_all(bytes).and_then(|()| stream.flush()));
    match answer(&request, earlier) {
        Reply::Bytes(bytes) => send(&bytes),
        Reply::After(pause, bytes) => {
            thread::sleep(pause);
            send(&bytes);
        }
        Reply::InTwoParts(first, pause, rest) => {
            send(&first);
            thread::sleep(pause);
            send(&rest);
        }
        Reply::Close => (),
    }
}

fn read(stream: &mut TcpStream) -> Option<ReceivedRequest> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let length = stream.read(&mut chunk).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&chunk[..length]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers: Vec<_> =
        headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        let more = stream.read(&mut chunk).ok().filter(|more| *more > 0)?;
        bytes.extend_from_slice(&chunk[..more]);
    }
    let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    Some(ReceivedRequest { path, headers, body })
}

/// A whole HTTP response.
pub fn http_reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

pub fn json_reply(body: &str) -> Vec<u8> {
    http_reply(200, &[("content-type", "application/json")], body)
}

/// A response of Claude.
pub fn claude_reply(text: &str) -> Vec<u8> {
    json_reply(&format!(
        r#"{{"type":"message","content":[{{"type":"text","text":"{text}"}}],"stop_reason":"end_turn","usage":{{"input_tokens":9,"output_tokens":3}}}}"#
    ))
}

/// An error response of Bedrock.
pub fn error_reply(status: u16, code: &str, message: &str) -> Vec<u8> {
    let kind = format!("{code}:http://internal.amazon.com/coral/com.amazon.bedrock/");
    let body = serde_json::json!({ "message": message }).to_string();
    http_reply(status, &[("content-type", "application/json"), ("x-amzn-errortype", &kind)], body)
}

/// A frame of an event stream.
pub fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    for (name, value) in headers {
        encoded.push(u8::try_from(name.len()).expect("short"));
        encoded.extend_from_slice(name.as_bytes());
        encoded.push(7);
        encoded.extend_from_slice(&u16::try_from(value.len()).expect("short").to_be_bytes());
        encoded.extend_from_slice(value.as_bytes());
    }
    let number = |length: usize| u32::try_from(length).expect("short").to_be_bytes();
    let mut bytes = Vec::from(number(16 + encoded.len() + payload.len()));
    bytes.extend_from_slice(&number(encoded.len()));
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_be_bytes());
    bytes.extend_from_slice(&encoded);
    bytes.extend_from_slice(payload);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_be_bytes());
    bytes
}

/// A chunk of InvokeModelWithResponseStream that contains `event`.
pub fn chunk(event: &str) -> Vec<u8> {
    let bytes = data_encoding::BASE64.encode(event.as_bytes());
    let headers =
        [(":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event")];
    frame(&headers, format!(r#"{{"bytes":"{bytes}","p":"abc"}}"#).as_bytes())
}

/// The frames in which Claude streams `text`.
pub fn claude_frames(text: &str) -> Vec<Vec<u8>> {
    let delta = format!(
        r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{text}"}}}}"#
    );
    [
        r#"{"type":"message_start","message":{"type":"message","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        &delta,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}"#,
        r#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":9,"outputTokenCount":3}}"#,
    ]
    .map(chunk)
    .into()
}

/// A response with an event stream of `frames`.
pub fn stream_reply(frames: &[Vec<u8>]) -> Vec<u8> {
    http_reply(200, &[("content-type", "application/vnd.amazon.eventstream")], frames.concat())
}

/// STS's response to AssumeRole: a session that ends in `seconds`.
pub fn assume_role_reply(key: &str, seconds: u64) -> Vec<u8> {
    let expiration = Command::new("date")
        .args(["-u", "-d", &format!("+{seconds} seconds"), "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .expect("`date` runs");
    let expiration = String::from_utf8(expiration.stdout).expect("UTF-8");
    let credentials = format!(
        "<Credentials><AccessKeyId>ASIA{key:0>16}</AccessKeyId><SecretAccessKey>secret-of-{key}</SecretAccessKey>\
         <SessionToken>session-token-of-{key}</SessionToken><Expiration>{}</Expiration></Credentials>",
        expiration.trim()
    );
    xml(
        200,
        &format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>{credentials}</AssumeRoleResult>\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>"
        ),
    )
}

/// STS's response to GetCallerIdentity.
pub fn caller_identity_reply(account: &str) -> Vec<u8> {
    xml(
        200,
        &format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{account}:user/ci</Arn><UserId>U</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         </GetCallerIdentityResponse>"
        ),
    )
}

/// An error response of STS.
pub fn sts_error_reply(status: u16, code: &str, message: &str) -> Vec<u8> {
    xml(
        status,
        &format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        ),
    )
}

fn xml(status: u16, body: &str) -> Vec<u8> {
    http_reply(status, &[("content-type", "text/xml")], body)
}
