use crate::aws::catalogue::{DATE, Lifecycle};
use crate::aws::cause::Key;
use crate::aws::model_id::{Call, Kind, ModelId, Problem, problems};
use crate::diagnose::Code;
use crate::invoke::Trouble;
use crate::suite::Model;

/// What the catalogue says. It is older than the account: only what it knows to be wrong is a failure.
pub(super) fn known(model: &Model) -> Result<String, Trouble> {
    let id = ModelId::parse(&model.model_id);
    let call = Call { model_id: &model.model_id, region: &model.region, operation: model.operation };
    let mut problems = problems(call);
    problems.retain(|problem| !matches!(problem, Problem::Legacy(_)));
    match problems.first() {
        Some(Problem::Unknown(_) | Problem::ProvisionedName) => {
            Ok(format!("the catalogue ({DATE}) doesn't know it: newer, or misspelt"))
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
