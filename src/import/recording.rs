use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::exchange::{Answer, Event, Exchange, Headers, Operation, Request, Response, Stream};
use crate::fixture::{Fixture, Origin, Provenance, REQUEST_HEADERS, RESPONSE_HEADERS, allowed_headers};
use crate::json::{self, JsonError, TooManyValues};
use crate::wire::{self, FrameError};

/// One recorded exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub exchange: Exchange,
    /// Where the recording comes from: repository, path, index in the file.
    pub from: Option<String>,
    /// Notes about values that the recording doesn't contain and that were assumed.
    pub notes: Vec<String>,
}

impl Recording {
    /// The fixture of the case with the id `case`.
    pub(super) fn into_fixture(self, case: String) -> Fixture {
        let source = Provenance { origin: Origin::Imported, from: self.from };
        Fixture { case, source, exchange: self.exchange }
    }
}

/// Why a text can't be read as the recording of a model call. `name` is the name of the recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}`: {kind}")]
pub struct ImportError {
    pub name: String,
    pub kind: ErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    #[error("the recording is not JSON: {0}")]
    NotJson(String),
    #[error("the recording has {0}")]
    TooManyValues(TooManyValues),
    #[error("the recording lacks `{0}`")]
    Missing(&'static str),
    #[error("`{0}` is not an operation that calls a model")]
    Operation(String),
    #[error("`{0}` is not an HTTP status")]
    Status(String),
    #[error("the body is not base64")]
    Base64,
    #[error(transparent)]
    Frames(#[from] FrameError),
}

/// Reads one recorded exchange: an object with `request`, `response` and, where known, `source`.
///
/// Headers that a fixture may not contain, such as those with credentials, are dropped.
pub fn read_recording(text: &str, name: &str) -> Result<Recording, ImportError> {
    recording(text).map_err(|kind| ImportError { name: name.to_owned(), kind })
}

fn recording(text: &str) -> Result<Recording, ErrorKind> {
    let file = json::parse(text.as_bytes()).map_err(|error| match error {
        JsonError::Syntax(error) => ErrorKind::NotJson(error.to_string()),
        JsonError::TooManyValues(error) => ErrorKind::TooManyValues(error),
    })?;
    let mut notes = Vec::new();
    let request = request(member(&file, "request")?, &mut notes)?;
    let answer = answer(member(&file, "response")?, request.operation)?;
    let from = file.get("source").and_then(origin);
    Ok(Recording { exchange: Exchange { request, answer }, from, notes })
}

fn member<'a>(file: &'a Value, name: &'static str) -> Result<&'a Map<String, Value>, ErrorKind> {
    file.get(name).and_then(Value::as_object).ok_or(ErrorKind::Missing(name))
}

fn request(request: &Map<String, Value>, notes: &mut Vec<String>) -> Result<Request, ErrorKind> {
    let text = |name: &str| request.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let url = text("url").map(Url::parse);
    let operation = text("operation").or(url.as_ref().and_then(|url| url.operation));
    let operation = operation.ok_or(ErrorKind::Missing("request.operation"))?;
    let operation = operation.parse().map_err(|_| ErrorKind::Operation(operation.to_owned()))?;
    let model_id = url.as_ref().and_then(Url::model_id).or_else(|| text("model_id").map(str::to_owned));
    let region = text("region").or(url.as_ref().and_then(|url| url.region));
    let mut assume = |what: &str, value: &str| {
        notes.push(format!("the recording has no {what}; `{value}` is assumed"));
        value.to_owned()
    };
    Ok(Request {
        operation,
        region: region.map_or_else(|| assume("Region", "us-east-1"), str::to_owned),
        model_id: model_id.unwrap_or_else(|| assume("model ID", "unknown")),
        headers: allowed_headers(&headers(request), REQUEST_HEADERS),
        body: body(request)?,
    })
}

fn answer(response: &Map<String, Value>, operation: Operation) -> Result<Answer, ErrorKind> {
    let status = response.get("status").ok_or(ErrorKind::Missing("response.status"))?;
    let number = status.as_u64().and_then(|status| u16::try_from(status).ok());
    let status = number.ok_or_else(|| ErrorKind::Status(status.to_string()))?;
    let headers = allowed_headers(&headers(response), RESPONSE_HEADERS);
    if !(200..300).contains(&status) {
        return Ok(Answer::Refusal(wire::refusal_from_response(status, headers, &body(response)?)));
    }
    let framed =
        headers.get("content-type").map_or(operation.is_stream(), |kind| kind.contains("eventstream"));
    if let Some(events) = events(response, framed)? {
        return Ok(Answer::Stream(Stream { status, headers, events }));
    }
    Ok(Answer::Response(Response { status, headers, body: body(response)? }))
}

/// The events that a recording lists, or else the events decoded from its raw bytes if they are `framed`.
fn events(response: &Map<String, Value>, framed: bool) -> Result<Option<Vec<Event>>, ErrorKind> {
    if let Some(Value::Array(events)) = response.get("events") {
        return Ok(Some(events.iter().map(wire::event_from_json).collect()));
    }
    let Some(Value::String(base64)) = response.get("body_base64").filter(|_| framed) else {
        return Ok(None);
    };
    let bytes = BASE64.decode(base64.trim().as_bytes()).map_err(|_| ErrorKind::Base64)?;
    Ok(Some(wire::decode(&bytes)?.iter().map(wire::event_from_frame).collect()))
}

/// The body as JSON. A body that is not JSON is a string, and a missing body is `null`.
fn body(message: &Map<String, Value>) -> Result<Value, ErrorKind> {
    if let Some(body) = message.get("body").filter(|body| !body.is_null()) {
        return Ok(wire::parse_if_json(body.clone()));
    }
    let Some(Value::String(base64)) = message.get("body_base64") else {
        return Ok(Value::Null);
    };
    let bytes = BASE64.decode(base64.trim().as_bytes()).map_err(|_| ErrorKind::Base64)?;
    Ok(wire::parse_if_json(String::from_utf8_lossy(&bytes).into_owned().into()))
}

/// The headers, with lower-case names. Several values of one name are joined with commas, as HTTP does.
fn headers(message: &Map<String, Value>) -> Headers {
    let headers = message.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers.map(|(name, value)| (name.to_ascii_lowercase(), header_value(value))).collect()
}

fn header_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(header_value).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The parts of a model call's URL.
struct Url<'url> {
    region: Option<&'url str>,
    operation: Option<&'static str>,
    /// The model ID, percent-encoded.
    model: Option<&'url str>,
}

impl<'url> Url<'url> {
    fn parse(url: &'url str) -> Url<'url> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let call = path.split_once("model/").and_then(|(_, call)| call.rsplit_once('/'));
        let last = call.map(|(_, last)| last);
        Url {
            region: host_region(host),
            operation: OPERATIONS
                .iter()
                .find(|(_, end)| last == Some(end))
                .map(|(operation, _)| operation.name()),
            model: call.map(|(model, _)| model),
        }
    }

    fn model_id(&self) -> Option<String> {
        let decoded = percent_decode_str(self.model?).decode_utf8().ok()?;
        (!decoded.is_empty()).then(|| decoded.into_owned())
    }
}

const OPERATIONS: &[(Operation, &str)] = &[
    (Operation::InvokeModel, "invoke"),
    (Operation::InvokeModelWithResponseStream, "invoke-with-response-stream"),
    (Operation::Converse, "converse"),
    (Operation::ConverseStream, "converse-stream"),
];

/// The Region in a host `bedrock-runtime.REGION.…`, also with `-fips` or after the name of a VPC endpoint.
fn host_region(host: &str) -> Option<&str> {
    let mut labels = host.split('.');
    labels.find(|label| matches!(*label, "bedrock-runtime" | "bedrock-runtime-fips"))?;
    labels.next().filter(|label| label.contains('-'))
}

/// The origin that the recording contains. Only the file name is kept of a path on the machine that recorded it.
fn origin(source: &Value) -> Option<String> {
    let text = |name: &str| source.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let path = text("path").map(|path| {
        let local = path.starts_with(['/', '\\', '~']) || path.contains(":\\");
        if local { path.rsplit(['/', '\\']).next().unwrap_or(path) } else { path }
    });
    let index = source.get("index").filter(|index| index.is_number()).map(|index| format!("#{index}"));
    let edited = text("provenance").filter(|provenance| *provenance != "recorded");
    let edited = edited.map(|provenance| format!("({provenance})"));
    let parts = [text("repo").map(str::to_owned), path.map(str::to_owned), index, edited];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
