//! The IDs that can be called, according to the catalogue.

use super::models::{Model, Surface, models};
use super::profiles::profile;
use crate::aws::family::family_of;

/// Selects models of the catalogue. The default selects all models that have not reached the end of their life.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'f> {
    /// Only models that can be called from this Region.
    pub region: Option<&'f str>,
    pub provider: Option<&'f str>,
    /// The ID of a family.
    pub family: Option<&'f str>,
    /// An input modality that the model supports.
    pub input: Option<&'f str>,
    /// An output modality that the model supports.
    pub output: Option<&'f str>,
    pub streaming: bool,
    /// Also select models that have reached the end of their life.
    pub all: bool,
}

impl Filter<'_> {
    /// Whether `model` matches every condition other than the Region.
    pub fn matches(&self, model: &Model) -> bool {
        let is_provider = |name: &str| {
            model.id.split('.').next().is_some_and(|provider| provider.eq_ignore_ascii_case(name))
        };
        let is_family = |name: &str| family_of(model.id).is_some_and(|family| family.id == name);
        self.provider.is_none_or(is_provider)
            && self.family.is_none_or(is_family)
            && self.input.is_none_or(|name| model.input.contains(&name))
            && self.output.is_none_or(|name| model.output.contains(&name))
            && (!self.streaming || model.streaming == Some(true))
            && (self.all || !model.has_ended())
    }
}

/// An ID that can be called.
#[derive(Clone, Copy, Debug)]
pub struct Callable {
    pub id: &'static str,
    pub model: &'static Model,
    pub is_profile: bool,
}

/// The IDs that Bedrock Runtime can call, on demand or through an inference profile. If the filter has a Region, only
/// those that can be called from it.
pub fn callable(filter: &Filter<'_>) -> Vec<Callable> {
    let here = |regions: &[&str]| filter.region.is_none_or(|region| regions.contains(&region));
    let mut found = Vec::new();
    for model in models().filter(|model| model.surface == Surface::Runtime && filter.matches(model)) {
        if (filter.region.is_none() && model.profiles.is_empty())
            || (!model.on_demand.is_empty() && here(&model.on_demand))
        {
            found.push(Callable { id: model.id, model, is_profile: false });
        }
        let profiles = model.profiles.iter().filter_map(|id| profile(id));
        for profile in profiles.filter(|profile| here(&profile.sources().collect::<Vec<_>>())) {
            found.push(Callable { id: profile.id, model, is_profile: true });
        }
    }
    found
}
