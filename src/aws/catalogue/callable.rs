//! The IDs that can be called, as far as the catalogue tells.

use super::models::{Model, Surface, models};
use super::profiles::profile;
use crate::aws::family::family_of;

/// Narrows the models that are listed; the default leaves out only those that have ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'f> {
    /// Called from this Region.
    pub region: Option<&'f str>,
    pub provider: Option<&'f str>,
    /// ID of a family.
    pub family: Option<&'f str>,
    /// A modality that the model takes.
    pub input: Option<&'f str>,
    /// A modality that the model gives.
    pub output: Option<&'f str>,
    pub streaming: bool,
    /// Those that have ended, too.
    pub all: bool,
}

impl Filter<'_> {
    /// Whether `model` is one of those, wherever it is called from.
    pub fn takes(&self, model: &Model) -> bool {
        let is_provider =
            |name: &str| model.id.split('.').next().is_some_and(|of_id| of_id.eq_ignore_ascii_case(name));
        let is_family = |name: &str| family_of(model.id).is_some_and(|family| family.id == name);
        self.provider.is_none_or(is_provider)
            && self.family.is_none_or(is_family)
            && self.input.is_none_or(|name| model.input.contains(&name))
            && self.output.is_none_or(|name| model.output.contains(&name))
            && (!self.streaming || model.streaming == Some(true))
            && (self.all || !model.has_ended())
    }
}

/// One ID that can be called.
#[derive(Clone, Copy, Debug)]
pub struct Callable {
    pub id: &'static str,
    pub model: &'static Model,
    pub is_profile: bool,
}

/// The IDs that can be called on Bedrock Runtime: on demand and through profiles; with a Region, from there.
pub fn callable(filter: &Filter<'_>) -> Vec<Callable> {
    let here = |regions: &[&str]| filter.region.is_none_or(|region| regions.contains(&region));
    let mut found = Vec::new();
    for model in models().filter(|model| model.surface == Surface::Runtime && filter.takes(model)) {
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
