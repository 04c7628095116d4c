//! Where a model is called.

use super::LiveOptions;
use crate::aws::cause::Key;
use crate::suite::Model;

/// An endpoint that is not the Region's own, or the kind of the Region's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub url: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
}

/// The environment wins over the config. An endpoint of one's own is neither FIPS nor dual stack to the SDK.
pub(super) fn of(model: &Model, options: &LiveOptions) -> Endpoint {
    let variables = ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"];
    let url = variables.into_iter().find_map(|name| options.variable(name)).or(model.endpoint.as_deref());
    let own = url.is_none();
    Endpoint {
        url: url.map(str::to_owned),
        fips: own && (model.fips || options.switched_on("AWS_USE_FIPS_ENDPOINT")),
        dual_stack: own && (model.dual_stack || options.switched_on("AWS_USE_DUALSTACK_ENDPOINT")),
    }
}

/// The key that says where the call goes.
pub(super) fn key(model: &Model) -> Key {
    if model.endpoint.is_some() { Key::Endpoint } else { Key::Region }
}
