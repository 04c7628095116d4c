use crate::aws::catalogue::{Kind, SOURCE, availability};
use crate::aws::cause::Key;
use crate::diagnose::Code;
use crate::invoke::Trouble;
use crate::suite::Model;

/// What the catalogue says. It is older than the account: only what it knows to be wrong is a failure.
pub(super) fn known(model: &Model) -> Result<String, Trouble> {
    let (id, region) = (&model.model_id, &model.region);
    let Some(found) = availability(id, region) else {
        let of_account = id.starts_with("arn:");
        let catalogue = format!("the catalogue ({SOURCE}) doesn't know it: newer, or misspelt");
        return Ok(if of_account { "a resource of the account".to_owned() } else { catalogue });
    };
    let lifecycle = found.lifecycle.unwrap_or("unknown").to_lowercase();
    if found.here {
        let how = match found.kind {
            Kind::BaseModel => "on demand",
            Kind::InferenceProfile => "inference profile",
        };
        return Ok(format!("{how} in {region}, {lifecycle}"));
    }
    let message = match found.kind {
        Kind::BaseModel => format!("`{id}` can't be called on demand in {region}"),
        Kind::InferenceProfile => format!("the inference profile `{id}` can't be called from {region}"),
    };
    let help = match (found.profiles.as_slice(), found.regions.as_slice()) {
        ([], []) => "call another model, or another Region".to_owned(),
        ([], regions) => format!("call it in {}", regions.join(", ")),
        (profiles, _) => format!("call it through {}", profiles.join(", ")),
    };
    Err(Trouble::new(Code::CallFailed, Key::ModelId, message).help(help))
}
