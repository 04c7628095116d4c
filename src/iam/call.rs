//! The properties of a call of a model that decide which rights it needs.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::aws::arn::Arn;
use crate::exchange::Operation;
use crate::suite::{Case, Credentials, Model, Source};

/// A call of a model. Calls that are equal need the same rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: Operation,
    pub region: String,
    pub model_id: String,
    /// The account in which the model is called, if it is known.
    pub account: Option<String>,
    pub guardrail: Option<Guardrail>,
    /// `None` if Bedrock chooses it.
    pub service_tier: Option<String>,
    /// Whether the call uses a Bedrock API key.
    pub has_bearer_token: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardrail {
    /// The ID or ARN of the guardrail.
    pub identifier: String,
    pub version: Option<String>,
}

/// A call of a model, and the cases that make it. There are no cases if the model has none.
#[derive(Clone, Debug)]
pub struct ModelCall<'m> {
    pub model: &'m Model,
    pub call: Call,
    pub cases: Vec<&'m Case>,
}

impl ModelCall<'_> {
    /// The names of the cases that make the call, or of the model if it has no cases.
    pub fn names(&self) -> Vec<String> {
        match self.cases.as_slice() {
            [] => vec![self.model.name.clone()],
            cases => cases.iter().map(|case| case.id.clone()).collect(),
        }
    }
}

/// The distinct calls of the cases of `model`. `account` is the account from the command line.
pub fn calls<'m>(model: &'m Model, account: Option<&str>) -> Vec<ModelCall<'m>> {
    let mut calls: Vec<ModelCall<'m>> = Vec::new();
    for case in &model.cases {
        let call = Call::from_model(model, Some(case), account);
        match calls.iter_mut().find(|other| other.call == call) {
            Some(same) => same.cases.push(case),
            None => calls.push(ModelCall { model, call, cases: vec![case] }),
        }
    }
    if calls.is_empty() {
        let call = Call::from_model(model, None, account);
        calls.push(ModelCall { model, call, cases: Vec::new() });
    }
    calls
}

impl Call {
    /// The call that `case` makes, or, without a case, a call with only the keys of the model.
    pub fn from_model(model: &Model, case: Option<&Case>, account: Option<&str>) -> Call {
        let body = body(model, case);
        Call {
            operation: model.operation,
            region: model.region.clone(),
            model_id: model.model_id.clone(),
            account: account.map(str::to_owned).or_else(|| account_of(model)),
            guardrail: guardrail(model, &body),
            service_tier: service_tier(model, &body),
            has_bearer_token: credentials(model)
                .is_some_and(|credentials| credentials.source == Source::BedrockApiKey),
        }
    }
}

fn credentials(model: &Model) -> Option<&Credentials> {
    model.credentials.as_deref()
}

/// The request body. A placeholder without a value is replaced by its own text.
fn body(model: &Model, case: Option<&Case>) -> Value {
    let names = model.template.placeholders().iter().map(|placeholder| &placeholder.name);
    let mut values: BTreeMap<String, Value> =
        names.map(|name| (name.clone(), Value::String(format!("{{{{{name}}}}}")))).collect();
    values.extend(case.into_iter().flat_map(|case| case.values.clone()));
    model.template.fill(&values).unwrap_or_default()
}

/// The account of the role, or else the only allowed account, or else the account in the ARN of the model.
fn account_of(model: &Model) -> Option<String> {
    let credentials = credentials(model);
    let role = credentials.and_then(|credentials| credentials.hops.last());
    let account_in_arn =
        |text: &str| Arn::parse(text).map(|arn| arn.account.to_owned()).filter(|id| !id.is_empty());
    let allowed = || match credentials.map(|credentials| credentials.allowed_account_ids.as_slice()) {
        Some([one]) => Some(one.clone()),
        _ => None,
    };
    role.and_then(|hop| account_in_arn(&hop.role_arn))
        .or_else(allowed)
        .or_else(|| account_in_arn(&model.model_id))
}

/// All operations accept the guardrail in headers, and Converse also in the body.
fn guardrail(model: &Model, body: &Value) -> Option<Guardrail> {
    let header = |name: &str| model.headers.get(&format!("x-amzn-bedrock-{name}")).cloned();
    let member = |name: &str| {
        let text = body.get("guardrailConfig")?.get(name)?.as_str()?;
        model.operation.is_converse().then(|| text.to_owned())
    };
    let identifier = header("guardrailidentifier").or_else(|| member("guardrailIdentifier"))?;
    Some(Guardrail { identifier, version: header("guardrailversion").or_else(|| member("guardrailVersion")) })
}

fn service_tier(model: &Model, body: &Value) -> Option<String> {
    let member = || body.get("serviceTier")?.get("type")?.as_str().map(str::to_owned);
    let header = model.headers.get("x-amzn-bedrock-service-tier").cloned();
    header.or_else(|| member().filter(|_| model.operation.is_converse()))
}
