//! The models that an account can see: ListFoundationModels and ListInferenceProfiles of Bedrock's control plane.
//!
//! Two read-only calls don't justify another SDK crate. They use Bedrock Runtime's client, which has the same signing
//! name, with the host and path of the control plane.

use std::time::Instant;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use super::client::Live;
use super::endpoint;
use super::no_response::NoResponse;
use super::receive;
use super::waiting::{Limit, Waiting};
use super::wire::Wire;
use crate::aws::cause::{self, Key, Service};
use crate::aws::partition;
use crate::diagnose::Code;
use crate::exchange::{Answer, Operation};
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::Model;

/// A model or an inference profile that an account can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedModel {
    pub id: String,
    /// `ACTIVE`, `LEGACY`.
    pub status: String,
    /// How it is called, with its input and output modalities.
    pub description: String,
}

/// Limit for the pages of one list; AWS has far fewer.
const MAX_PAGES: usize = 100;

/// The path of a list, the member with its entries, and the conversion of an entry.
type List = (&'static str, &'static str, fn(&Value) -> Option<ListedModel>);

const LISTS: [List; 3] = [
    ("/foundation-models", "modelSummaries", parse_model),
    ("/inference-profiles?maxResults=1000&type=SYSTEM_DEFINED", "inferenceProfileSummaries", parse_profile),
    ("/inference-profiles?maxResults=1000&type=APPLICATION", "inferenceProfileSummaries", parse_profile),
];

impl Live {
    /// The models and profiles that the caller of `model` can see in its Region.
    pub fn list_models(&self, model: &Model) -> Result<Vec<ListedModel>, InvokeError> {
        let waiting = Waiting::for_a_case(&self.options);
        self.wait(Box::pin(self.fetch_lists(model, &waiting)))
    }

    async fn fetch_lists(&self, model: &Model, waiting: &Waiting) -> Result<Vec<ListedModel>, InvokeError> {
        let mut listed = Vec::new();
        for (path, member, read) in LISTS {
            let mut token = String::new();
            for _ in 0..MAX_PAGES {
                let page = Box::pin(self.fetch_page(model, &format!("{path}{token}"), waiting)).await?;
                listed.extend(page[member].as_array().into_iter().flatten().filter_map(read));
                let Some(next) = page["nextToken"].as_str() else { break };
                let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
                token = format!("&nextToken={next}");
            }
        }
        Ok(listed)
    }

    async fn fetch_page(&self, model: &Model, path: &str, waiting: &Waiting) -> Result<Value, InvokeError> {
        let caller = Box::pin(self.identities.caller_for(model, waiting)).await?;
        let wire = Wire::new("", &model.headers);
        let get = GetRequest { path: path.to_owned() };
        let endpoint = endpoint::resolve(model, &self.options)?;
        let mut config =
            endpoint::sdk_config(self, model, endpoint, &caller).interceptor(wire.clone()).interceptor(get);
        config.set_endpoint_url(Some(self.control_plane(model)));
        let client = Client::from_conf(config.use_fips(false).build());
        let sent = Instant::now();
        let limit = Limit::starting_now("call", self.options.timeouts.call);
        let call = client.invoke_model().model_id("list").body(Blob::new([])).send();
        let no_response =
            waiting.within(Some(limit), call).await?.err().map(|error| NoResponse::from_sdk_error(&error));
        let destination = format!("Bedrock's control plane in {}", model.region);
        let Some(raw) = wire.take_response() else {
            let failure = no_response.map(|no_response| {
                no_response.to_failure(&destination, Key::Region, self.options.timeouts.connect)
            });
            let no_answer = || {
                CallFailure::new(
                    Code::EndpointUnreachable,
                    Key::Region,
                    format!("{destination} sent no response"),
                )
            };
            return Err(failure.unwrap_or_else(no_answer).into());
        };
        let received =
            waiting.within(Some(limit), receive::receive(Operation::InvokeModel, raw, sent)).await??;
        match received.answer {
            Answer::Response(response) => Ok(response.body),
            Answer::Refusal(refusal) => {
                let service_message = self.identities.mask(&refusal.message);
                let cause =
                    cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
                let message = format!("{destination} refused with {} ({})", refusal.status, refusal.code);
                Err(CallFailure::new(Code::CallFailed, Key::Region, message)
                    .service_message(service_message)
                    .with_cause(cause)
                    .into())
            }
            Answer::Stream(_) => Err(CallFailure::new(
                Code::AnswerUnreadable,
                Key::Region,
                "expected a JSON response, found an event stream",
            )
            .into()),
        }
    }

    /// The host of the control plane, or the endpoint in the environment.
    pub(super) fn control_plane(&self, model: &Model) -> String {
        let variables = ["AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL"];
        let endpoint = variables.into_iter().find_map(|name| self.options.variable(name));
        let suffix = partition::partition_of(&model.region).dns_suffix;
        endpoint.map_or_else(|| format!("https://bedrock.{}.{suffix}", model.region), str::to_owned)
    }
}

fn parse_model(summary: &Value) -> Option<ListedModel> {
    let list = |name: &str| {
        let items = summary[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_lowercase).collect::<Vec<_>>().join("+")
    };
    let types = list("inferenceTypesSupported").replace('_', " ");
    let access = if types.is_empty() { "through a profile" } else { &types };
    Some(ListedModel {
        id: summary["modelId"].as_str()?.to_owned(),
        status: summary["modelLifecycle"]["status"].as_str().unwrap_or_default().to_owned(),
        description: format!("{access}, {} → {}", list("inputModalities"), list("outputModalities")),
    })
}

fn parse_profile(summary: &Value) -> Option<ListedModel> {
    let is_application = summary["type"] == "APPLICATION";
    let id = summary[if is_application { "inferenceProfileArn" } else { "inferenceProfileId" }].as_str()?;
    Some(ListedModel {
        id: id.to_owned(),
        status: summary["status"].as_str().unwrap_or_default().to_owned(),
        description: if is_application { "application profile" } else { "profile" }.to_owned(),
    })
}

/// Changes the client's call into a GET of `path`.
#[derive(Debug)]
struct GetRequest {
    path: String,
}

#[dyn_dispatch_hint]
impl Intercept for GetRequest {
    fn name(&self) -> &'static str {
        "bedrock-check list"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let base = request.uri().split("/model/").next().unwrap_or_default().to_owned();
        request.set_method("GET")?;
        request.set_uri(format!("{base}{}", self.path))?;
        *request.body_mut() = SdkBody::empty();
        for header in ["content-type", "content-length"] {
            request.headers_mut().remove(header);
        }
        Ok(())
    }
}
