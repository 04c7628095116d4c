use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{GEOGRAPHIES, items, rows};

/// An inference profile that AWS defines.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: &'static str,
    /// The ID of the base model that it calls.
    pub model: &'static str,
    routes: Vec<Route>,
}

/// The Regions that calls from some source Regions can be routed to.
#[derive(Debug, PartialEq, Eq)]
struct Route {
    sources: Vec<&'static str>,
    destinations: Vec<&'static str>,
}

/// The Regions that a profile can route a call to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destinations {
    Regions(Vec<&'static str>),
    /// Every commercial Region.
    Everywhere,
}

impl Profile {
    /// The Regions from which it can be called.
    pub fn sources(&self) -> impl Iterator<Item = &'static str> {
        self.routes.iter().flat_map(|route| route.sources.iter().copied())
    }

    pub fn is_called_from(&self, region: &str) -> bool {
        self.sources().any(|source| source == region)
    }

    /// The Regions that a call from `region` can be routed to. Returns `None` if it can't be called from `region`.
    pub fn destinations(&self, region: &str) -> Option<Destinations> {
        let route = self.routes.iter().find(|route| route.sources.contains(&region))?;
        Some(match route.destinations.as_slice() {
            ["*"] => Destinations::Everywhere,
            regions => Destinations::Regions(regions.to_vec()),
        })
    }
}

/// All profiles, in the order of their IDs.
pub fn profiles() -> impl Iterator<Item = &'static Profile> {
    PROFILES.values()
}

pub fn profile(id: &str) -> Option<&'static Profile> {
    PROFILES.get(id)
}

/// Whether any profile of `geography`, such as `us.`, can be called from `region`. Returns `None` if the geography
/// has no profile.
pub fn geography_covers(geography: &str, region: &str) -> Option<bool> {
    SOURCES.get(geography).map(|sources| sources.contains(region))
}

/// The geographies whose profiles can be called from `region`.
pub fn geographies_for(region: &str) -> Vec<&'static str> {
    GEOGRAPHIES.into_iter().filter(|geography| geography_covers(geography, region) == Some(true)).collect()
}

/// For each geography, the Regions from which its profiles can be called.
static SOURCES: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let mut sources: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
    for profile in profiles() {
        let geography = GEOGRAPHIES.into_iter().find(|geography| profile.id.starts_with(geography));
        sources.entry(geography.unwrap_or_default()).or_default().extend(profile.sources());
    }
    sources
});

static PROFILES: LazyLock<BTreeMap<&'static str, Profile>> = LazyLock::new(|| {
    let mut profiles: BTreeMap<&'static str, Profile> = BTreeMap::new();
    for cells in rows(include_str!("../../../data/inference-profiles.tsv")) {
        let [id, model, sources, destinations] = cells[..] else { continue };
        let route = Route { sources: items(sources), destinations: items(destinations) };
        profiles.entry(id).or_insert(Profile { id, model, routes: Vec::new() }).routes.push(route);
    }
    profiles
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::catalogue::{model, without_geography};

    #[test]
    fn destinations_depend_on_the_source_region() {
        let profile = profile("us.anthropic.claude-sonnet-4-6").unwrap();
        let from = |region| profile.destinations(region);
        assert_eq!(
            from("us-east-1"),
            Some(Destinations::Regions(vec!["us-east-1", "us-east-2", "us-west-2"]))
        );
        assert!(matches!(from("us-west-1"), Some(Destinations::Regions(regions)) if regions.len() == 4));
        assert_eq!(from("eu-west-1"), None);
    }

    #[test]
    fn every_profile_has_a_model_in_the_catalogue() {
        for profile in profiles() {
            assert!(model(profile.model).is_some(), "{}", profile.id);
            assert_eq!(without_geography(profile.id), Some(profile.model));
        }
    }

    #[test]
    fn geographies_are_those_callable_from_the_region() {
        assert_eq!(geographies_for("eu-west-1"), ["eu.", "global."]);
        assert!(geographies_for("ca-central-1").contains(&"us."));
    }
}
