//! Checks the trust chain of a model step by step, and what each failed step needs.

mod advice;
mod shorten;
mod steps;

use aws_credential_types::Credentials as Keys;

pub use advice::Advice;
pub use steps::{State, Step};

use super::attempt::attempt;
use super::client::Live;
use super::endpoint;
use super::waiting::Waiting;
use crate::assemble::{self, assemble};
use crate::aws::catalogue::{DATE, Lifecycle};
use crate::aws::cause::{self, Key, Service};
use crate::aws::model_id::{Call, Kind, ModelId, Problem, problems};
use crate::diagnose::Code;
use crate::exchange::{Answer, Refusal};
use crate::invoke::{NoAnswer, Trouble};
use crate::suite::{Case, Credentials, Hop, Model, Source};
use steps::Way;

impl Live {
    /// Runs the steps for `model`. The request of `case` is sent, limited to one output token.
    ///
    /// A step is skipped if an earlier step that it depends on failed.
    pub fn examine(&self, model: &Model, case: Option<&Case>) -> Vec<Step> {
        let waiting = Waiting::for_a_case(&self.options);
        self.wait(Box::pin(self.steps(model, case, &waiting)))
    }

    async fn steps(&self, model: &Model, case: Option<&Case>, waiting: &Waiting) -> Vec<Step> {
        let mut way = Way::default();
        let may_call = self.walk(model, &mut way, waiting).await;
        way.done("model", &model.model_id, known(model));
        let Some(case) = case.filter(|_| may_call) else {
            way.not_run("call", &model.region);
            return way.steps;
        };
        let called = Box::pin(self.one_token(model, case, waiting)).await;
        let is_denied = |trouble: &Trouble| trouble.cause.is_some_and(|cause| cause.id == "iam-denied");
        let denied = called.as_ref().is_err_and(is_denied);
        if called.is_ok() {
            way.overrule();
        }
        way.done("call", &model.region, called);
        if denied {
            let account = way.identity.as_ref().map(|identity| identity.account.clone());
            way.advise(advice::permissions(model, case, account.as_deref()));
        }
        way.steps
    }

    /// The steps up to the account. `true` if there are credentials to call with.
    async fn walk(&self, model: &Model, way: &mut Way, waiting: &Waiting) -> bool {
        let credentials = model.credentials.as_deref();
        let hops = credentials.map(|credentials| credentials.hops.as_slice()).unwrap_or_default();
        let source = match self.identities.api_key(model) {
            Ok(Some(_)) => {
                way.done(
                    "credentials",
                    "Bedrock API key",
                    Ok("`AWS_BEARER_TOKEN_BEDROCK` is set".to_owned()),
                );
                return true;
            }
            Ok(None) => self.identities.sources.source(model).await,
            Err(trouble) => Err(trouble),
        };
        let Some(mut keys) = way.keep("credentials", &source_name(credentials), source, shown) else {
            way.not_run("caller", "");
            for hop in hops {
                way.not_run("assume role", &hop.role_arn);
            }
            way.not_run("account", "");
            return false;
        };
        let identity = trouble_of(Box::pin(self.identities.sources.identity(model, &keys, waiting)).await);
        way.identity = way.keep("caller", "GetCallerIdentity", identity, |identity| identity.arn.clone());
        for index in 0..hops.len() {
            if let Some(assumed) = self.hop(model, index, &keys, way, waiting).await {
                keys = assumed;
            }
        }
        way.account(credentials);
        way.identity.is_some()
    }

    /// Assumes one role of the chain, unless an earlier one failed.
    async fn hop(
        &self,
        model: &Model,
        index: usize,
        keys: &Keys,
        way: &mut Way,
        waiting: &Waiting,
    ) -> Option<Keys> {
        let credentials = model.credentials.as_deref()?;
        let hop: &Hop = &credentials.hops[index];
        let Some(caller) = way.identity.take() else {
            way.not_run("assume role", &hop.role_arn);
            return None;
        };
        let assumed =
            Box::pin(self.identities.sources.assume(model, credentials, index, keys, waiting)).await;
        let Some(assumed) = way.keep("assume role", &hop.role_arn, trouble_of(assumed), shown) else {
            let mut advice: Vec<Advice> =
                advice::trust(credentials, index, &caller.arn).into_iter().collect();
            advice.push(advice::permission_to_assume(hop, &caller.arn));
            way.advise(advice);
            return None;
        };
        way.identity = Box::pin(self.identities.sources.identity(model, &assumed, waiting)).await.ok();
        Some(assumed)
    }

    /// The case's own request, limited to one output token.
    async fn one_token(&self, model: &Model, case: &Case, waiting: &Waiting) -> Result<String, Trouble> {
        let mut request = model.request(case);
        shorten::shorten(&mut request);
        let text = request.body.to_string();
        let taken = trouble_of(attempt(self, model, &request, &text, waiting).await)?;
        let refused = match &taken.answer {
            Answer::Response(_) => None,
            Answer::Refusal(refusal) => Some(refusal.clone()),
            Answer::Stream(stream) => match assemble(stream).problem {
                Some(assemble::Problem::Refused(refusal)) => Some(refusal),
                _ => None,
            },
        };
        match refused {
            None => Ok(format!("answered after {} ms", taken.latency.as_millis())),
            Some(refusal) => Err(of_refusal(model, &refusal)),
        }
    }
}

fn trouble_of<T>(result: Result<T, NoAnswer>) -> Result<T, Trouble> {
    result.map_err(|why| match why {
        NoAnswer::Trouble(trouble) => *trouble,
        other => Trouble::new(Code::CallTimedOut, Key::Region, other.to_string()),
    })
}

fn source_name(credentials: Option<&Credentials>) -> String {
    match credentials.map(|credentials| &credentials.source) {
        Some(Source::Profile(name)) => format!("profile `{name}`"),
        Some(Source::BedrockApiKey) => "Bedrock API key".to_owned(),
        Some(Source::Default) | None => "default chain".to_owned(),
    }
}

/// The first and last characters of an access key ID.
fn shown(keys: &Keys) -> String {
    let id = keys.access_key_id();
    match (id.get(..4), id.len().checked_sub(4).and_then(|end| id.get(end..))) {
        (Some(start), Some(end)) if id.len() >= 12 => format!("access key {start}…{end}"),
        _ => "an access key".to_owned(),
    }
}

/// Checks the catalogue, which may be older than the account: only a known error is a failure.
fn known(model: &Model) -> Result<String, Trouble> {
    let id = ModelId::parse(&model.model_id);
    let call = Call { model_id: &model.model_id, region: &model.region, operation: model.operation };
    let mut problems = problems(call);
    problems.retain(|problem| !matches!(problem, Problem::Legacy(_)));
    match problems.first() {
        Some(Problem::Unknown(_) | Problem::ProvisionedName) => {
            Ok(format!("not in the catalogue of {DATE}: the model is newer, or the ID is misspelt"))
        }
        Some(problem) => {
            let message = problem.message(call);
            Err(Trouble::new(Code::CallFailed, Key::ModelId, message).help(problem.help()))
        }
        None => Ok(seen(&id, &model.region)),
    }
}

fn seen(id: &ModelId<'_>, region: &str) -> String {
    let lifecycle = id.model().map_or("unknown", |model| Lifecycle::name(model.lifecycle));
    match id.kind {
        Kind::Base => format!("on demand in {region}, {lifecycle}"),
        Kind::InferenceProfile => format!("inference profile in {region}, {lifecycle}"),
        _ => "a resource of the account".to_owned(),
    }
}

fn of_refusal(model: &Model, refusal: &Refusal) -> Trouble {
    let code = if refusal.code.is_empty() { "an error without a code" } else { &refusal.code };
    let message = format!("the call was refused with {} ({code})", refusal.status);
    let cause = cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
    let trouble = Trouble::new(Code::CallFailed, endpoint::key(model), message)
        .said(refusal.message.as_str())
        .because(cause);
    let place = cause.map(|cause| model.place_of(cause, &refusal.message));
    Trouble { place, ..trouble }
}
