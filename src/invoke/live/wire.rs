//! Replaces the bytes of the SDK's call: the body of the config is sent, and the raw response is kept.
//!
//! The SDK resolves the endpoint, signs and sends. Its types only know the fields of its release, so the body is
//! inserted before the request is signed, and the response is taken before the SDK parses it.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use crate::exchange::Headers;

/// A response whose body was not read yet.
#[derive(Debug)]
pub(super) struct RawResponse {
    pub status: u16,
    pub headers: Headers,
    pub body: SdkBody,
}

/// Inserts `body` and `headers` into the request, and keeps the response.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    body: Arc<str>,
    headers: Arc<Headers>,
    response: Arc<Mutex<Option<RawResponse>>>,
}

impl Wire {
    pub(super) fn new(body: &str, headers: &Headers) -> Wire {
        Wire { body: body.into(), headers: Arc::new(headers.clone()), response: Arc::default() }
    }

    /// The response, if there was one.
    pub(super) fn take_response(&self) -> Option<RawResponse> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[dyn_dispatch_hint]
impl Intercept for Wire {
    fn name(&self) -> &'static str {
        "bedrock-check"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        *request.body_mut() = SdkBody::from(self.body.as_bytes());
        let headers = request.headers_mut();
        headers.insert("content-type", "application/json");
        headers.insert("content-length", self.body.len().to_string());
        for (name, value) in self.headers.iter() {
            headers.try_insert(name.clone(), value.clone())?;
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let headers = response.headers().iter();
        let raw = RawResponse {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
            body: response.take_body(),
        };
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(raw);
        Ok(())
    }
}
