//! The foundation models that a call of a model ID can reach.

use super::note::Note;
use crate::aws::catalogue::Destinations;
use crate::aws::model_id::ModelId;
use crate::aws::partition;

/// The ARNs of the foundation models that a call of `id` from `region` can reach.
pub(super) fn foundation_models(id: &ModelId<'_>, region: &str, notes: &mut Vec<Note>) -> Vec<String> {
    let Some(base) = id.base else { return Vec::new() };
    let regions =
        if id.geography.is_some() { destinations(id, region, notes) } else { vec![region.to_owned()] };
    let partition = partition::partition_of(region).id;
    let arn = |region: String| format!("arn:{partition}:bedrock:{region}::foundation-model/{base}");
    regions.into_iter().map(arn).collect()
}

/// The destination Regions of a profile for use in ARNs. Contains an empty Region if calls are routed everywhere, and
/// `*` if the destinations are unknown.
fn destinations(id: &ModelId<'_>, region: &str, notes: &mut Vec<Note>) -> Vec<String> {
    let model_id = id.arn.and_then(|arn| arn.type_and_name()).map_or(id.text, |(_, name)| name).to_owned();
    let known = id.profile().and_then(|profile| profile.destinations(region));
    let is_global = id.geography == Some("global");
    match known {
        Some(Destinations::Regions(regions)) => {
            let others: Vec<_> = regions.iter().filter(|other| **other != region).copied().collect();
            if !others.is_empty() {
                notes.push(Note::Destinations { model_id, regions: others.join(", ") });
            }
            regions.into_iter().map(str::to_owned).collect()
        }
        // "The ARN of the foundation model without Region" (Bedrock User Guide, "Global cross-Region inference").
        _ if is_global => {
            notes.push(Note::Global { model_id });
            vec![region.to_owned(), String::new()]
        }
        Some(Destinations::Everywhere) | None => {
            notes.push(Note::UnknownDestinations { model_id, region: region.to_owned() });
            vec!["*".to_owned()]
        }
    }
}
