//! The invoker that calls Bedrock, with what all calls share: connections, credentials, limits.

use std::io;
use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::runtime::{self, Runtime};

use super::gate::Gate;
use super::identity::Identities;
use super::options::LiveOptions;

/// Calls Bedrock as the role that the model's credentials name.
///
/// The calls are asynchronous, on a runtime of its own; each thread of a run waits for its call.
pub struct Live {
    /// `None` after the runtime was shut down.
    runtime: Option<Runtime>,
    pub(super) options: LiveOptions,
    pub(super) http: SharedHttpClient,
    pub(super) identities: Identities,
    pub(super) gate: Gate,
}

impl Live {
    /// No connection is opened and no credentials are read before the first call.
    pub fn new(options: LiveOptions) -> io::Result<Live> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let http = http_client();
        let identities = Identities::new(http.clone(), &options);
        let gate = Gate::new(options.limits, options.max_cost, Arc::clone(&options.prices));
        Ok(Live { runtime: Some(runtime), options, http, identities, gate })
    }

    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.as_ref().expect("the runtime exists until the client is dropped").block_on(future)
    }
}

impl Drop for Live {
    /// Pending DNS lookups and unread answers must not delay the end of the process.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The connections of a run: one pool for STS and Bedrock, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`
/// and `NO_PROXY` name. Certificates are read when the first connection is opened.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring));
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    })
}
