//! One call, once: credentials, request, response.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;

use super::client::Live;
use super::identity::{Caller, holds_one_of};
use super::unsent::Unsent;
use super::waiting::{Limit, Waiting};
use super::wire::Wire;
use super::{endpoint, receive};
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::exchange::{Answer, Operation, Request};
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::Model;

/// An answer and its timing.
pub(super) struct Taken {
    pub answer: Answer,
    /// The pause that the service asks for.
    pub retry_after: Option<Duration>,
    pub latency: Duration,
    pub first_token: Option<Duration>,
    pub caller: Caller,
}

/// Makes one call. `text` is the body as sent. The result contains no secret.
pub(super) async fn attempt(
    live: &Live,
    model: &Model,
    request: &Request,
    text: &str,
    waiting: &Waiting,
) -> Result<Taken, NoAnswer> {
    match Box::pin(take(live, model, request, text, waiting)).await {
        Ok(taken) if holds_one_of(&taken.answer, &live.identities.secrets()) => {
            let message = "the answer contains a secret that signed the call; it is not used";
            let trouble = Trouble::new(Code::AnswerUnreadable, Key::Body, message);
            Err(trouble.help("remove the secret from the request, and revoke it").into())
        }
        Err(NoAnswer::Trouble(trouble)) => {
            let said = trouble.said.as_ref().map(|said| live.identities.blot_out(said));
            Err(Trouble { said, ..*trouble }.into())
        }
        taken => taken,
    }
}

async fn take(
    live: &Live,
    model: &Model,
    request: &Request,
    text: &str,
    waiting: &Waiting,
) -> Result<Taken, NoAnswer> {
    let caller = Box::pin(live.identities.of(model, waiting)).await?;
    let timeouts = &live.options.timeouts;
    let wire = Wire::new(text, &request.headers);
    let client = Client::from_conf(endpoint::config(live, model, &caller).interceptor(wire.clone()).build());
    let sent = Instant::now();
    let call = Limit::starting_now("call", timeouts.call);
    let first_byte = Limit::starting_now("first_byte", timeouts.first_byte);
    let head = if first_byte.ends < call.ends { first_byte } else { call };
    let unsent = waiting.within(Some(head), send(&client, request)).await.map_err(|why| about(why, model))?;
    let Some(raw) = wire.response() else {
        return Err(not_sent(live, model, unsent.as_ref()).into());
    };
    let retry_after = receive::retry_after(&raw.headers);
    let received = waiting
        .within(Some(call), receive::receive(request.operation, raw, sent))
        .await
        .map_err(|why| about(why, model))?
        .map_err(|trouble| Trouble { at: endpoint::key(model), ..trouble })?;
    Ok(Taken {
        answer: received.answer,
        retry_after,
        latency: sent.elapsed(),
        first_token: received.first_token,
        caller,
    })
}

/// The place of a timeout is the key that names the endpoint.
fn about(why: NoAnswer, model: &Model) -> NoAnswer {
    match why {
        NoAnswer::Trouble(trouble) => Trouble { at: endpoint::key(model), ..*trouble }.into(),
        other => other,
    }
}

/// Sends the request. The SDK's view of the response is ignored; only its errors are used.
async fn send(client: &Client, request: &Request) -> Option<Unsent> {
    let model_id = request.model_id.as_str();
    match request.operation {
        Operation::InvokeModel => {
            let call = client.invoke_model().model_id(model_id).body(Blob::new([]));
            call.send().await.err().map(|error| Unsent::of(&error))
        }
        Operation::InvokeModelWithResponseStream => {
            let call = client.invoke_model_with_response_stream().model_id(model_id).body(Blob::new([]));
            call.send().await.err().map(|error| Unsent::of(&error))
        }
        Operation::Converse => {
            let call = client.converse().model_id(model_id);
            call.send().await.err().map(|error| Unsent::of(&error))
        }
        Operation::ConverseStream => {
            let call = client.converse_stream().model_id(model_id);
            call.send().await.err().map(|error| Unsent::of(&error))
        }
    }
}

fn not_sent(live: &Live, model: &Model, unsent: Option<&Unsent>) -> Trouble {
    let at = endpoint::key(model);
    let whom = match endpoint::of(model, &live.options).url {
        Some(url) => format!("`{url}`"),
        None => format!("Bedrock in `{}`", model.region),
    };
    match unsent {
        Some(unsent) => unsent.trouble(&whom, at, live.options.timeouts.connect),
        None => Trouble::new(Code::EndpointUnreachable, at, format!("the call to {whom} gave no response")),
    }
}
