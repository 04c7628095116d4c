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
use crate::invoke::{CallFailure, InvokeError};
use crate::suite::{Case, Credentials, Hop, Model, Source};
use steps::Steps;

impl Live {
    /// Runs the steps for `model`. The request of `case` is sent, limited to one output token.
    ///
    /// A step is skipped if an earlier step that it depends on failed.
    pub fn examine(&self, model: &Model, case: Option<&Case>) -> Vec<Step> {
        let waiting = Waiting::for_a_case(&self.options);
        self.wait(Box::pin(self.run_steps(model, case, &waiting)))
    }

    async fn run_steps(&self, model: &Model, case: Option<&Case>, waiting: &Waiting) -> Vec<Step> {
        let mut steps = Steps::default();
        let may_call = self.check_credentials(model, &mut steps, waiting).await;
        steps.add("model", &model.model_id, check_catalogue(model));
        let Some(case) = case.filter(|_| may_call) else {
            steps.add_not_run("call", &model.region);
            return steps.list;
        };
        let called = Box::pin(self.call_with_one_token(model, case, waiting)).await;
        let is_iam_denial =
            |failure: &CallFailure| failure.cause.is_some_and(|cause| cause.id == "iam-denied");
        let is_denied = called.as_ref().is_err_and(is_iam_denial);
        if called.is_ok() {
            steps.overrule_model_check();
        }
        steps.add("call", &model.region, called);
        if is_denied {
            let account = steps.identity.as_ref().map(|identity| identity.account.clone());
            steps.set_advice(advice::permissions(model, case, account.as_deref()));
        }
        steps.list
    }

    /// Runs the steps for the credentials, their caller, each role and the account. Returns whether the model can be
    /// called with these credentials.
    async fn check_credentials(&self, model: &Model, steps: &mut Steps, waiting: &Waiting) -> bool {
        let credentials = model.credentials.as_deref();
        let hops = credentials.map(|credentials| credentials.hops.as_slice()).unwrap_or_default();
        let source = match self.identities.api_key(model) {
            Ok(Some(_)) => {
                steps.add(
                    "credentials",
                    "Bedrock API key",
                    Ok("`AWS_BEARER_TOKEN_BEDROCK` is set".to_owned()),
                );
                return true;
            }
            Ok(None) => self.identities.sources.source_keys(model).await,
            Err(failure) => Err(failure),
        };
        let Some(mut keys) =
            steps.add_with_value("credentials", &source_name(credentials), source, describe_keys)
        else {
            steps.add_not_run("caller", "");
            for hop in hops {
                steps.add_not_run("assume role", &hop.role_arn);
            }
            steps.add_not_run("account", "");
            return false;
        };
        let identity =
            to_call_failure(Box::pin(self.identities.sources.caller_identity(model, &keys, waiting)).await);
        steps.identity =
            steps.add_with_value("caller", "GetCallerIdentity", identity, |identity| identity.arn.clone());
        for index in 0..hops.len() {
            if let Some(assumed) = self.assume_hop(model, index, &keys, steps, waiting).await {
                keys = assumed;
            }
        }
        steps.check_account(credentials);
        steps.identity.is_some()
    }

    /// Assumes one role of the chain, unless an earlier one failed.
    async fn assume_hop(
        &self,
        model: &Model,
        index: usize,
        keys: &Keys,
        steps: &mut Steps,
        waiting: &Waiting,
    ) -> Option<Keys> {
        let credentials = model.credentials.as_deref()?;
        let hop: &Hop = &credentials.hops[index];
        let Some(caller) = steps.identity.take() else {
            steps.add_not_run("assume role", &hop.role_arn);
            return None;
        };
        let assumed =
            Box::pin(self.identities.sources.assume(model, credentials, index, keys, waiting)).await;
        let Some(assumed) =
            steps.add_with_value("assume role", &hop.role_arn, to_call_failure(assumed), describe_keys)
        else {
            let mut advice: Vec<Advice> =
                advice::trust(credentials, index, &caller.arn).into_iter().collect();
            advice.push(advice::permission_to_assume(hop, &caller.arn));
            steps.set_advice(advice);
            return None;
        };
        steps.identity =
            Box::pin(self.identities.sources.caller_identity(model, &assumed, waiting)).await.ok();
        Some(assumed)
    }

    /// The case's own request, limited to one output token.
    async fn call_with_one_token(
        &self,
        model: &Model,
        case: &Case,
        waiting: &Waiting,
    ) -> Result<String, CallFailure> {
        let mut request = model.request(case);
        shorten::shorten(&mut request);
        let text = request.body.to_string();
        let result = to_call_failure(attempt(self, model, &request, &text, waiting).await)?;
        let refused = match &result.answer {
            Answer::Response(_) => None,
            Answer::Refusal(refusal) => Some(refusal.clone()),
            Answer::Stream(stream) => match assemble(stream).problem {
                Some(assemble::Problem::Refused(refusal)) => Some(refusal),
                _ => None,
            },
        };
        match refused {
            None => Ok(format!("answered after {} ms", result.latency.as_millis())),
            Some(refusal) => Err(failure_from_refusal(model, &refusal)),
        }
    }
}

fn to_call_failure<T>(result: Result<T, InvokeError>) -> Result<T, CallFailure> {
    result.map_err(|error| match error {
        InvokeError::CallFailed(failure) => *failure,
        other => CallFailure::new(Code::CallTimedOut, Key::Region, other.to_string()),
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
fn describe_keys(keys: &Keys) -> String {
    let id = keys.access_key_id();
    match (id.get(..4), id.len().checked_sub(4).and_then(|end| id.get(end..))) {
        (Some(start), Some(end)) if id.len() >= 12 => format!("access key {start}…{end}"),
        _ => "an access key".to_owned(),
    }
}

/// Looks up the model in the catalogue. A model that the catalogue lacks is not a failure, because it may be newer.
fn check_catalogue(model: &Model) -> Result<String, CallFailure> {
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
            Err(CallFailure::new(Code::CallFailed, Key::ModelId, message).help(problem.help()))
        }
        None => Ok(describe_model(&id, &model.region)),
    }
}

fn describe_model(id: &ModelId<'_>, region: &str) -> String {
    let lifecycle = id.model().map_or("unknown", |model| Lifecycle::name(model.lifecycle));
    match id.kind {
        Kind::Base => format!("on demand in {region}, {lifecycle}"),
        Kind::InferenceProfile => format!("inference profile in {region}, {lifecycle}"),
        _ => "a resource of the account".to_owned(),
    }
}

fn failure_from_refusal(model: &Model, refusal: &Refusal) -> CallFailure {
    let code = if refusal.code.is_empty() { "an error without a code" } else { &refusal.code };
    let message = format!("the call was refused with {} ({code})", refusal.status);
    let cause = cause::find(Service::Bedrock, Some(refusal.status), &refusal.code, &refusal.message);
    let failure = CallFailure::new(Code::CallFailed, endpoint::key(model), message)
        .service_message(refusal.message.as_str())
        .with_cause(cause);
    let place = cause.map(|cause| model.locate_cause(cause, &refusal.message));
    CallFailure { place, ..failure }
}
