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
use super::receive;
use super::unsent::Unsent;
use super::waiting::{Limit, Waiting};
use super::wire::Wire;
use crate::aws::cause::{self, Key, Service};
use crate::aws::partition;
use crate::diagnose::Code;
use crate::exchange::{Answer, Operation};
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::Model;

/// A model or an inference profile that an account can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    /// `ACTIVE`, `LEGACY`.
    pub status: String,
    /// How it is called, with its input and output modalities.
    pub about: String,
}

/// Limit for the pages of one list; AWS has far fewer.
const MOST_PAGES: usize = 100;

/// The path of a list, the member with its entries, and the conversion of an entry.
type List = (&'static str, &'static str, fn(&Value) -> Option<Listed>);

const LISTS: [List; 3] = [
    ("/foundation-models", "modelSummaries", model),
    ("/inference-profiles?maxResults=1000&type=SYSTEM_DEFINED", "inferenceProfileSummaries", profile),
    ("/inference-profiles?maxResults=1000&type=APPLICATION", "inferenceProfileSummaries", profile),
];

impl Live {
    /// The models and profiles that the caller of `asker` can see in its Region.
    pub fn list_models(&self, asker: &Model) -> Result<Vec<Listed>, NoAnswer> {
        let waiting = Waiting::for_a_case(&self.options);
        self.wait(Box::pin(self.all_lists(asker, &waiting)))
    }

    async fn all_lists(&self, asker: &Model, waiting: &Waiting) -> Result<Vec<Listed>, NoAnswer> {
        let mut listed = Vec::new();
        for (path, member, read) in LISTS {
            let mut token = String::new();
            for _ in 0..MOST_PAGES {
                let page = Box::pin(self.page(asker, &format!("{path}{token}"), waiting)).await?;
                listed.extend(page[member].as_array().into_iter().flatten().filter_map(read));
                let Some(next) = page["nextToken"].as_str() else { break };
                let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
                token = format!("&nextToken={next}");
            }
        }
        Ok(listed)
    }

    async fn page(&self, asker: &Model, path: &str, waiting: &Waiting) -> Result<Value, NoAnswer> {
        let caller = Box::pin(self.identities.of(asker, waiting)).await?;
        let wire = Wire::new("", &asker.headers);
        let get = Get { path: path.to_owned() };
        let mut config = endpoint::config(self, asker, &caller).interceptor(wire.clone()).interceptor(get);
        config.set_endpoint_url(Some(self.control_plane(asker)));
        let client = Client::from_conf(config.use_fips(false).build());
        let sent = Instant::now();
        let limit = Limit::starting_now("call", self.options.timeouts.call);
        let call = client.invoke_model().model_id("list").body(Blob::new([])).send();
        let unsent = waiting.within(Some(limit), call).await?.err().map(|error| Unsent::of(&error));
        let whom = format!("Bedrock's control plane in {}", asker.region);
        let Some(raw) = wire.response() else {
            let trouble =
                unsent.map(|unsent| unsent.trouble(&whom, Key::Region, self.options.timeouts.connect));
            let silent =
                || Trouble::new(Code::EndpointUnreachable, Key::Region, format!("{whom} gave no response"));
            return Err(trouble.unwrap_or_else(silent).into());
        };
        let received =
            waiting.within(Some(limit), receive::receive(Operation::InvokeModel, raw, sent)).await??;
        match received.answer {
            Answer::Response(response) => Ok(response.body),
            Answer::Refusal(refusal) => {
                let said = self.identities.blot_out(&refusal.message);
                let cause =
                    cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
                let message = format!("{whom} refused with {} ({})", refusal.status, refusal.code);
                Err(Trouble::new(Code::CallFailed, Key::Region, message).said(said).because(cause).into())
            }
            Answer::Stream(_) => {
                Err(Trouble::new(Code::AnswerUnreadable, Key::Region, "a list is no stream").into())
            }
        }
    }

    /// The host of the control plane, or the endpoint in the environment.
    fn control_plane(&self, asker: &Model) -> String {
        let variables = ["AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL"];
        let own = variables.into_iter().find_map(|name| self.options.variable(name));
        let suffix = partition::partition_of(&asker.region).dns_suffix;
        own.map_or_else(|| format!("https://bedrock.{}.{suffix}", asker.region), str::to_owned)
    }
}

fn model(summary: &Value) -> Option<Listed> {
    let list = |name: &str| {
        let items = summary[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_lowercase).collect::<Vec<_>>().join("+")
    };
    let types = list("inferenceTypesSupported").replace('_', " ");
    let how = if types.is_empty() { "through a profile" } else { &types };
    Some(Listed {
        id: summary["modelId"].as_str()?.to_owned(),
        status: summary["modelLifecycle"]["status"].as_str().unwrap_or_default().to_owned(),
        about: format!("{how}, {} → {}", list("inputModalities"), list("outputModalities")),
    })
}

fn profile(summary: &Value) -> Option<Listed> {
    let own = summary["type"] == "APPLICATION";
    let id = summary[if own { "inferenceProfileArn" } else { "inferenceProfileId" }].as_str()?;
    Some(Listed {
        id: id.to_owned(),
        status: summary["status"].as_str().unwrap_or_default().to_owned(),
        about: if own { "application profile" } else { "profile" }.to_owned(),
    })
}

/// Changes the client's call into a GET of `path`.
#[derive(Debug)]
struct Get {
    path: String,
}

#[dyn_dispatch_hint]
impl Intercept for Get {
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
