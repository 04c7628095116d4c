//! The facts about a model ID that `models resolve` prints.

use super::{Call, Kind, ModelId, Problem, problems};
use crate::aws::catalogue::{self, Destinations, Surface};
use crate::exchange::Operation;
use crate::words::commas;

/// A model ID, a call of it, and the problems of the call.
pub struct Resolved<'r> {
    pub id: &'r ModelId<'r>,
    pub call: Call<'r>,
    /// Whether the user chose no Region, so that the Region of the call is a default.
    pub region_assumed: bool,
    pub problems: Vec<Problem>,
}

impl<'r> Resolved<'r> {
    pub fn new(id: &'r ModelId<'r>, call: Call<'r>, region_assumed: bool) -> Resolved<'r> {
        Resolved { id, call, region_assumed, problems: problems(call) }
    }

    /// Whether the call can succeed.
    pub fn can_be_called(&self) -> bool {
        self.problems.iter().all(|problem| matches!(problem, Problem::Legacy(_)))
    }

    /// The names and values of the known facts.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let id = self.id;
        let arn = id.arn;
        let geography = id.geography.map(|geography| format!("{} ({geography}.)", id.kind.name()));
        let is_known = self.is_known();
        let model = id.model().filter(|_| is_known);
        let only_mantle = model.is_some_and(|model| model.surface == Surface::Mantle);
        let kind = geography.unwrap_or_else(|| id.kind.name().to_owned());
        let assumed = if self.region_assumed { " (assumed)" } else { "" };
        let rows = [
            ("modelId", Some(id.text.to_owned()).filter(|_| !only_mantle && is_valid(id, &self.problems))),
            ("kind", Some(if is_known { kind } else { "unknown".to_owned() })),
            ("base model", id.base.filter(|_| is_known).map(str::to_owned)),
            ("family", id.family().map(|family| family.name.to_owned())),
            ("account", arn.map(|arn| arn.account.to_owned()).filter(|account| !account.is_empty())),
            ("Region", Some(format!("{}{assumed}", self.call.region))),
            ("called by", Some(operations(id)).filter(|_| is_known && is_valid(id, &self.problems))),
            ("answers from", self.destinations()),
            ("on demand in", model.filter(|_| !only_mantle).map(|model| regions(&model.on_demand))),
            ("profiles", model.map(|model| model.profiles.join(", "))),
            ("lifecycle", model.map(lifecycle)),
            ("takes", model.map(|model| model.input.join(", "))),
            ("gives", model.map(|model| model.output.join(", "))),
        ];
        rows.into_iter()
            .filter_map(|(name, value)| Some((name, value.filter(|text| !text.is_empty())?)))
            .collect()
    }

    /// Whether the model or resource that the ID names can be identified.
    fn is_known(&self) -> bool {
        let is_unknown = |problem: &Problem| {
            matches!(problem, Problem::InvalidForm | Problem::Unknown(_) | Problem::ProvisionedName)
        };
        !self.problems.iter().any(is_unknown)
    }

    fn destinations(&self) -> Option<String> {
        Some(match self.id.profile()?.destinations(self.call.region)? {
            Destinations::Regions(regions) => regions.join(", "),
            Destinations::Everywhere => "every commercial Region".to_owned(),
        })
    }
}

/// Whether the ID can be sent as `modelId`.
fn is_valid(id: &ModelId<'_>, problems: &[Problem]) -> bool {
    let bare_name = id.kind == Kind::Provisioned && id.arn.is_none();
    let refused = |problem: &Problem| {
        matches!(
            problem,
            Problem::InvalidForm | Problem::NotAModel | Problem::CustomModel | Problem::MarketplaceModel
        )
    };
    !bare_name && !problems.iter().any(refused)
}

/// The names of the operations that can call the ID.
fn operations(id: &ModelId<'_>) -> String {
    if matches!(id.kind, Kind::NotAModel | Kind::CustomModel | Kind::MarketplaceModel) {
        return String::new();
    }
    if id.model().is_some_and(|model| model.surface == Surface::Mantle) {
        return "Bedrock Mantle".to_owned();
    }
    let call = |operation| Call { model_id: id.text, region: "", operation };
    let is_unsupported =
        |problem: &Problem| matches!(problem, Problem::NoConverse | Problem::NoStreaming { .. });
    let can_call = |operation: &Operation| !problems(call(*operation)).iter().any(is_unsupported);
    commas(Operation::ALL.into_iter().filter(can_call).map(Operation::name))
}

fn lifecycle(model: &catalogue::Model) -> String {
    let name = model.lifecycle.name();
    let ends = model.ends.map(|ends| format!("{name}, ends on {ends}"));
    format!("{} (as of {})", ends.as_deref().unwrap_or(name), catalogue::DATE)
}

fn regions(regions: &[&str]) -> String {
    if regions.is_empty() { "no Region, only through a profile".to_owned() } else { regions.join(", ") }
}
