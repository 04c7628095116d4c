//! A call of a model, as far as policies see it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::aws::arn::Arn;
use crate::exchange::Operation;
use crate::suite::{Case, Credentials, Model, Source};

/// What decides which rights a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub operation: Operation,
    pub region: String,
    pub model_id: String,
    /// The account that is called in, if it is known.
    pub account: Option<String>,
    pub guardrail: Option<Guardrail>,
    /// Unless it is left to Bedrock.
    pub service_tier: Option<String>,
    /// It is made with a Bedrock API key.
    pub has_bearer_token: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardrail {
    /// Its ID or ARN.
    pub identifier: String,
    pub version: Option<String>,
}

/// A call and the cases that make it; a model without cases makes one all the same.
#[derive(Clone, Debug)]
pub struct Asked<'m> {
    pub model: &'m Model,
    pub call: Call,
    pub cases: Vec<&'m Case>,
}

impl Asked<'_> {
    /// Who makes the call, as findings name it: the cases, or the model without any.
    pub fn names(&self) -> Vec<String> {
        match self.cases.as_slice() {
            [] => vec![self.model.name.clone()],
            cases => cases.iter().map(|case| case.id.clone()).collect(),
        }
    }
}

/// The different calls that the cases of `model` make. `account` is that of the command line.
pub fn calls<'m>(model: &'m Model, account: Option<&str>) -> Vec<Asked<'m>> {
    let mut asked: Vec<Asked<'m>> = Vec::new();
    for case in &model.cases {
        let call = Call::of(model, Some(case), account);
        match asked.iter_mut().find(|asked| asked.call == call) {
            Some(same) => same.cases.push(case),
            None => asked.push(Asked { model, call, cases: vec![case] }),
        }
    }
    if asked.is_empty() {
        asked.push(Asked { model, call: Call::of(model, None, account), cases: Vec::new() });
    }
    asked
}

impl Call {
    /// What `case` asks of `model`; without a case, what the model's own keys tell.
    pub fn of(model: &Model, case: Option<&Case>, account: Option<&str>) -> Call {
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

/// The request's body; a placeholder without a value stands for itself.
fn body(model: &Model, case: Option<&Case>) -> Value {
    let names = model.template.placeholders().iter().map(|placeholder| &placeholder.name);
    let mut values: BTreeMap<String, Value> =
        names.map(|name| (name.clone(), Value::String(format!("{{{{{name}}}}}")))).collect();
    values.extend(case.into_iter().flat_map(|case| case.values.clone()));
    model.template.fill(&values).unwrap_or_default()
}

/// The account of the role, else the one that may be called, else the one that the model's ARN names.
fn account_of(model: &Model) -> Option<String> {
    let credentials = credentials(model);
    let role = credentials.and_then(|credentials| credentials.hops.last());
    let of_arn = |text: &str| Arn::parse(text).map(|arn| arn.account.to_owned()).filter(|id| !id.is_empty());
    let allowed = || match credentials.map(|credentials| credentials.allowed_account_ids.as_slice()) {
        Some([one]) => Some(one.clone()),
        _ => None,
    };
    role.and_then(|hop| of_arn(&hop.role_arn)).or_else(allowed).or_else(|| of_arn(&model.model_id))
}

/// Converse takes the guardrail in its body, and both operations in headers.
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
