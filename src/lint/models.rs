//! Checks the model ID: its form, its kind, its Region, its lifecycle, and the operations it supports.

use super::Subject;
use crate::aws::model_id::{Call, Kind, ModelId, Problem, clean_paste, problems};
use crate::config::model::Deployment;
use crate::diagnose::{Code, Finding, Severity};

/// Reports the problems of calling the model, and a `deployment` that differs from the kind of the ID.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(call) = subject.call() else { return Vec::new() };
    let problems = problems(call);
    let found = problems.iter().map(|problem| finding(subject, call, problem));
    found.chain(check_deployment(subject, call)).collect()
}

fn finding(subject: Subject<'_>, call: Call<'_>, problem: &Problem) -> Finding {
    let at = subject.places.value(key_to_change(subject, problem));
    let severity = if problem.is_certain() { Severity::Error } else { Severity::Warning };
    let finding =
        Finding::new(code(problem), at, problem.message(call)).severity(severity).help(problem.help());
    match problem {
        Problem::Geography { .. }
        | Problem::ProfileNotInRegion { .. }
        | Problem::NotOnDemandInRegion { .. } => {
            finding.related(subject.places.value("/region"), "called from here")
        }
        Problem::ArnRegion(_) => finding.related(subject.places.value("/region"), "another Region"),
        _ => finding,
    }
}

/// The key to change: the operation or `stream` if the config sets it and it is the problem, otherwise the
/// model ID.
fn key_to_change(subject: Subject<'_>, problem: &Problem) -> &'static str {
    match problem {
        Problem::NoConverse if subject.typed.operation.is_some() => "/operation",
        Problem::NoStreaming { .. } if subject.typed.stream.is_some() => "/stream",
        _ => "/model_id",
    }
}

fn code(problem: &Problem) -> Code {
    match problem {
        Problem::PasteMistakes(_)
        | Problem::InvalidForm
        | Problem::NotAModel
        | Problem::CustomModel
        | Problem::MarketplaceModel
        | Problem::ContextSuffix(_) => Code::ModelIdForm,
        Problem::ProvisionedName => Code::ProvisionedName,
        Problem::Unknown(_) | Problem::OnlyMantle(_) => Code::ModelUnknown,
        Problem::NeedsProfile(_) => Code::ModelNeedsProfile,
        Problem::NotOnDemandInRegion { .. } | Problem::ProfileNotInRegion { .. } => Code::ModelNotInRegion,
        Problem::Geography { .. } => Code::ProfileGeography,
        Problem::ArnRegion(_) => Code::ArnRegion,
        Problem::Ended(_) => Code::ModelEnded,
        Problem::Legacy(_) => Code::ModelLegacy,
        Problem::NoConverse | Problem::NoStreaming { .. } => Code::OperationUnsupported,
    }
}

/// The values of `deployment`, each with the kinds of IDs that it permits.
const DEPLOYMENTS: [(Deployment, &str, &[Kind]); 6] = [
    (Deployment::Base, "base", &[Kind::Base]),
    (Deployment::InferenceProfile, "inference-profile", &[Kind::InferenceProfile, Kind::ApplicationProfile]),
    (Deployment::Provisioned, "provisioned", &[Kind::Provisioned]),
    // A model of the Marketplace that is served like any other is called by its base ID.
    (Deployment::Marketplace, "marketplace", &[Kind::Marketplace, Kind::Base]),
    (Deployment::Custom, "custom", &[Kind::CustomDeployment, Kind::CustomModel, Kind::Provisioned]),
    (Deployment::Imported, "imported", &[Kind::Imported]),
];

fn check_deployment(subject: Subject<'_>, call: Call<'_>) -> Option<Finding> {
    let given = subject.typed.deployment?;
    let paste = clean_paste(call.model_id);
    let kind = ModelId::parse(&paste.model_id).kind;
    let (_, name, kinds) = DEPLOYMENTS.iter().find(|(known, ..)| *known == given)?;
    if kinds.contains(&kind) || kind == Kind::NotAModel {
        return None;
    }
    let fitting = DEPLOYMENTS.iter().find(|(_, _, kinds)| kinds.first() == Some(&kind));
    let message = format!("`deployment` is `{name}`, but the model ID is that of {}", kind.with_article());
    let help = match fitting {
        Some((_, fitting, _)) => {
            format!("write `deployment = \"{fitting}\"`, or correct `model_id`")
        }
        None => "remove `deployment`, or correct `model_id`".to_owned(),
    };
    let finding = Finding::new(Code::DeploymentMismatch, subject.places.value("/deployment"), message);
    Some(finding.related(subject.places.value("/model_id"), kind.with_article()).help(help))
}
