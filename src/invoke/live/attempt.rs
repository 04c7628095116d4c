//! One call, once: credentials, request, response.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::config::{
    BehaviorVersion, Builder, Credentials, Region, SharedCredentialsProvider, StalledStreamProtectionConfig,
    Token,
};
use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::{Client, error::ConnectorError};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::identity::{Caller, holds_one_of};
use super::reasons::reasons;
use super::waiting::{Limit, Waiting};
use super::wire::Wire;
use super::{Live, endpoint, receive};
use crate::aws::cause::{self, Key, Retry, Service};
use crate::diagnose::Code;
use crate::exchange::{Answer, Operation, Request};
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::Model;

/// An answer and the times that it took.
pub(super) struct Taken {
    pub answer: Answer,
    /// As the service asks for it.
    pub retry_after: Option<Duration>,
    pub latency: Duration,
    pub first_token: Option<Duration>,
    pub caller: Caller,
}

/// Calls once. `text` is the body as it goes over the wire. What comes of it tells no secret.
pub(super) async fn attempt(
    live: &Live,
    model: &Model,
    request: &Request,
    text: &str,
    waiting: &Waiting,
) -> Result<Taken, NoAnswer> {
    match Box::pin(take(live, model, request, text, waiting)).await {
        Ok(taken) if holds_one_of(&taken.answer, &live.identities.secrets()) => {
            let message = "the answer repeats a secret that the call was made with; it is not used";
            let trouble = Trouble::new(Code::AnswerUnreadable, Key::Body, message);
            Err(trouble.help("take the secret out of the request, and revoke it").into())
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
    let client = Client::from_conf(config(live, model, &caller).interceptor(wire.clone()).build());
    let sent = Instant::now();
    let call = Limit::starting_now("call", timeouts.call);
    let first_byte = Limit::starting_now("first_byte", timeouts.first_byte);
    let head = if first_byte.ends < call.ends { first_byte } else { call };
    let unsent = waiting.within(Some(head), send(&client, request)).await.map_err(|why| about(why, model))?;
    let Some(raw) = wire.response() else {
        return Err(not_sent(live, model, unsent.as_ref()).into());
    };
    let retry_after = receive::retry_after(&raw.headers);
    let received = waiting.within(Some(call), receive::receive(request.operation, raw, sent)).await;
    let received = received.map_err(|why| about(why, model))?;
    let received = received.map_err(|trouble| Trouble { at: endpoint::key(model), ..trouble })?;
    let (latency, first_token) = (sent.elapsed(), received.first_token);
    Ok(Taken { answer: received.answer, retry_after, latency, first_token, caller })
}

/// A limit that was reached is about where the call went.
fn about(why: NoAnswer, model: &Model) -> NoAnswer {
    match why {
        NoAnswer::Trouble(trouble) => Trouble { at: endpoint::key(model), ..*trouble }.into(),
        other => other,
    }
}

/// The SDK's configuration, of this call alone: nothing of it comes from the process's environment, so that
/// a bearer token in there can't take the place of the role that the config names.
pub(super) fn config(live: &Live, model: &Model, caller: &Caller) -> Builder {
    let endpoint = endpoint::of(model, &live.options);
    let mut config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .http_client(live.http.clone())
        .region(Region::new(model.region.clone()))
        .use_fips(endpoint.fips)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(live.options.timeouts.connect).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_use_dual_stack(Some(endpoint.dual_stack));
    config.set_endpoint_url(endpoint.url);
    match caller {
        Caller::Signed(credentials) => config
            .credentials_provider(SharedCredentialsProvider::new(Credentials::clone(credentials)))
            .auth_scheme_preference([AuthSchemeId::from("sigv4")]),
        Caller::Bearer(token) => config
            .bearer_token(Token::new(token.as_str(), None))
            .auth_scheme_preference([AuthSchemeId::from("httpBearerAuth")]),
    }
}

/// Sends the request. What the SDK makes of the response doesn't count, only why there is none.
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

/// Why a request got no response.
pub(super) struct Unsent {
    timed_out: bool,
    /// Whether it was on its way at all.
    dispatched: bool,
    pub text: String,
}

impl Unsent {
    pub(super) fn of<E, R>(error: &SdkError<E, R>) -> Unsent
    where
        E: std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let connector: Option<&ConnectorError> = match error {
            SdkError::DispatchFailure(failure) => failure.as_connector_error(),
            _ => None,
        };
        Unsent {
            timed_out: connector.is_some_and(ConnectorError::is_timeout)
                || matches!(error, SdkError::TimeoutError(_)),
            dispatched: !matches!(error, SdkError::ConstructionFailure(_)),
            text: reasons(error),
        }
    }

    /// The trouble of a call to `whom`, at the key `at`.
    pub(super) fn trouble(&self, whom: &str, at: Key, connect: Duration) -> Trouble {
        if self.timed_out {
            let limit = Limit { name: "connect", ends: Instant::now(), after: connect };
            return Trouble { at, ..limit.trouble() };
        }
        let cause = cause::find(Service::Client, None, "", &self.text);
        let retry = if self.dispatched { Retry::Backoff } else { Retry::Never };
        let trouble =
            Trouble::new(Code::EndpointUnreachable, at, format!("the call did not get through to {whom}"));
        let trouble = trouble.said(self.text.as_str()).retry(retry).because(cause);
        // Where the call went is for the caller of this to say.
        Trouble { at, ..trouble }
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
