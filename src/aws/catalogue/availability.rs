use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{of_arn, rows, without_geography};

/// What is known of a model ID in a Region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    pub kind: Kind,
    /// `ACTIVE`, `LEGACY`; of a profile, its model's.
    pub lifecycle: Option<&'static str>,
    /// Whether it can be called from the Region, as far as the catalogue knows.
    pub here: bool,
    /// Inference profiles of the same model that can be called from the Region.
    pub profiles: Vec<&'static str>,
    /// Regions from which it can be called.
    pub regions: Vec<&'static str>,
}

/// What a model ID names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    BaseModel,
    InferenceProfile,
}

/// What the catalogue knows of `model_id` seen from `region`; `None` for what it can't know: a resource of the
/// account's own, or an ID that is newer or mistaken.
pub fn availability(model_id: &str, region: &str) -> Option<Availability> {
    let id = if model_id.starts_with("arn:") { of_arn(model_id)? } else { model_id };
    let base = without_geography(id).unwrap_or(id);
    let model = MODELS.get(base);
    let lifecycle = model.map(|model| model.lifecycle);
    let all = model.into_iter().flat_map(|model| model.profiles.iter().copied());
    let from = |profile: &str| PROFILES.get(profile).map(Vec::as_slice).unwrap_or_default();
    let profiles: Vec<_> = all.filter(|profile| from(profile).contains(&region)).collect();
    let (kind, regions) = match PROFILES.get(id) {
        Some(regions) => (Kind::InferenceProfile, regions.clone()),
        None if base == id => (Kind::BaseModel, model?.on_demand.clone()),
        None => return None,
    };
    Some(Availability { kind, lifecycle, here: regions.contains(&region), profiles, regions })
}

struct Model {
    lifecycle: &'static str,
    on_demand: Vec<&'static str>,
    profiles: Vec<&'static str>,
}

fn list(cell: Option<&&'static str>) -> Vec<&'static str> {
    cell.map(|text| text.split(',').filter(|item| !item.is_empty()).collect()).unwrap_or_default()
}

static MODELS: LazyLock<BTreeMap<&'static str, Model>> = LazyLock::new(|| {
    let row = |cells: Vec<&'static str>| {
        let lifecycle = cells.get(1).copied().unwrap_or_default();
        (cells[0], Model { lifecycle, on_demand: list(cells.get(2)), profiles: list(cells.get(3)) })
    };
    rows(include_str!("../../../data/models.tsv")).map(row).collect()
});

static PROFILES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let row = |cells: Vec<&'static str>| (cells[0], list(cells.get(1)));
    rows(include_str!("../../../data/inference-profiles.tsv")).map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_called_on_demand_or_through_a_profile() {
        let nova = availability("amazon.nova-pro-v1:0", "us-east-1").unwrap();
        assert_eq!((nova.kind, nova.here), (Kind::BaseModel, true));
        let nova = availability("amazon.nova-pro-v1:0", "us-west-2").unwrap();
        assert!(!nova.here && nova.profiles.contains(&"us.amazon.nova-pro-v1:0"), "{nova:?}");
        let profile = availability("us.amazon.nova-pro-v1:0", "us-west-2").unwrap();
        assert_eq!((profile.kind, profile.here), (Kind::InferenceProfile, true));
        assert!(!availability("us.amazon.nova-pro-v1:0", "eu-west-1").unwrap().here);
        assert_eq!(availability("nobody.knows-v1:0", "us-east-1"), None);
        assert_eq!(
            availability("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", "us-east-1"),
            None
        );
    }

    #[test]
    fn every_profile_of_a_model_is_known() {
        for model in MODELS.values() {
            for profile in &model.profiles {
                assert!(PROFILES.contains_key(profile), "{profile}");
            }
        }
    }
}
