//! One call, once: credentials, request, response.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;

use super::client::Live;
use super::identity::{CallerCredentials, contains_secret};
use super::no_response::NoResponse;
use super::waiting::{Limit, Waiting};
use super::wire::Wire;
use super::{endpoint, receive};
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::exchange::{Answer, Operation, Request};
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::Model;

/// An answer and its timing.
pub(super) struct AttemptResult {
    pub answer: Answer,
    /// The pause that the service asks for.
    pub retry_after: Option<Duration>,
    pub latency: Duration,
    pub first_token: Option<Duration>,
    pub caller: CallerCredentials,
}

/// Makes one call. `text` is the body as sent. The result contains no secret.
pub(super) async fn attempt(
    live: &Live,
    model: &Model,
    request: &Request,
    text: &str,
    waiting: &Waiting,
) -> Result<AttemptResult, InvokeError> {
    match Box::pin(call_once(live, model, request, text, waiting)).await {
        Ok(result) if contains_secret(&result.answer, &live.identities.secrets()) => {
            let message = "the answer contains a secret that signed the call; it is not used";
            let failure = CallFailure::new(Code::AnswerUnreadable, Key::Body, message);
            Err(failure.help("remove the secret from the request, and revoke it").into())
        }
        Err(InvokeError::CallFailed(failure)) => {
            let service_message = failure.service_message.as_ref().map(|text| live.identities.mask(text));
            Err(CallFailure { service_message, ..*failure }.into())
        }
        result => result,
    }
}

async fn call_once(
    live: &Live,
    model: &Model,
    request: &Request,
    text: &str,
    waiting: &Waiting,
) -> Result<AttemptResult, InvokeError> {
    let endpoint = endpoint::resolve(model, &live.options)?;
    let destination = match &endpoint.url {
        Some(url) => format!("`{url}`"),
        None => format!("Bedrock in `{}`", model.region),
    };
    let caller = Box::pin(live.identities.caller_for(model, waiting)).await?;
    let timeouts = &live.options.timeouts;
    let wire = Wire::new(text, &request.headers);
    let config = endpoint::sdk_config(live, model, endpoint, &caller).interceptor(wire.clone());
    let client = Client::from_conf(config.build());
    let sent = Instant::now();
    let call = Limit::starting_now("call", timeouts.call);
    let first_byte = Limit::starting_now("first_byte", timeouts.first_byte);
    let head = if first_byte.deadline < call.deadline { first_byte } else { call };
    let no_response = waiting
        .within(Some(head), send(&client, request))
        .await
        .map_err(|error| at_endpoint_key(error, model))?;
    let Some(raw) = wire.take_response() else {
        return Err(no_response_failure(live, model, &destination, no_response.as_ref()).into());
    };
    let retry_after = receive::retry_after(&raw.headers);
    let received = waiting
        .within(Some(call), receive::receive(request.operation, raw, sent))
        .await
        .map_err(|error| at_endpoint_key(error, model))?
        .map_err(|failure| CallFailure { key: endpoint::key(model), ..failure })?;
    Ok(AttemptResult {
        answer: received.answer,
        retry_after,
        latency: sent.elapsed(),
        first_token: received.first_token,
        caller,
    })
}

/// The place of a timeout is the key that names the endpoint.
fn at_endpoint_key(error: InvokeError, model: &Model) -> InvokeError {
    match error {
        InvokeError::CallFailed(failure) => CallFailure { key: endpoint::key(model), ..*failure }.into(),
        other => other,
    }
}

/// Sends the request. The SDK's view of the response is ignored; only its errors are used.
async fn send(client: &Client, request: &Request) -> Option<NoResponse> {
    let model_id = request.model_id.as_str();
    match request.operation {
        Operation::InvokeModel => {
            let call = client.invoke_model().model_id(model_id).body(Blob::new([]));
            call.send().await.err().map(|error| NoResponse::from_sdk_error(&error))
        }
        Operation::InvokeModelWithResponseStream => {
            let call = client.invoke_model_with_response_stream().model_id(model_id).body(Blob::new([]));
            call.send().await.err().map(|error| NoResponse::from_sdk_error(&error))
        }
        Operation::Converse => {
            let call = client.converse().model_id(model_id);
            call.send().await.err().map(|error| NoResponse::from_sdk_error(&error))
        }
        Operation::ConverseStream => {
            let call = client.converse_stream().model_id(model_id);
            call.send().await.err().map(|error| NoResponse::from_sdk_error(&error))
        }
    }
}

fn no_response_failure(
    live: &Live,
    model: &Model,
    destination: &str,
    no_response: Option<&NoResponse>,
) -> CallFailure {
    let key = endpoint::key(model);
    match no_response {
        Some(no_response) => no_response.to_failure(destination, key, live.options.timeouts.connect),
        None => CallFailure::new(
            Code::EndpointUnreachable,
            key,
            format!("the call to {destination} got no response"),
        ),
    }
}
