//! What is known of a model ID, in the order in which a person asks.

use super::{Call, Kind, ModelId, Problem, problems};
use crate::aws::catalogue::{self, Destinations, Surface};
use crate::exchange::Operation;
use crate::words::commas;

/// An ID, the call that it is judged for, and what is wrong with that.
pub struct Resolved<'r> {
    pub id: &'r ModelId<'r>,
    pub call: Call<'r>,
    /// Nobody named a Region.
    pub assumed: bool,
    pub problems: Vec<Problem>,
}

impl<'r> Resolved<'r> {
    pub fn of(id: &'r ModelId<'r>, call: Call<'r>, assumed: bool) -> Resolved<'r> {
        Resolved { id, call, assumed, problems: problems(call) }
    }

    /// Whether the ID can be called as it is.
    pub fn can_be_called(&self) -> bool {
        self.problems.iter().all(|problem| matches!(problem, Problem::Legacy(_)))
    }

    /// What is known, by name.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let id = self.id;
        let arn = id.arn;
        let geography = id.geography.map(|geography| format!("{} ({geography}.)", id.kind.name()));
        let is_known = self.is_known();
        let model = id.model().filter(|_| is_known);
        let only_mantle = model.is_some_and(|model| model.surface == Surface::Mantle);
        let kind = geography.unwrap_or_else(|| id.kind.name().to_owned());
        let assumed = if self.assumed { " (assumed)" } else { "" };
        let rows = [
            ("modelId", Some(id.text.to_owned()).filter(|_| !only_mantle && is_sent(id, &self.problems))),
            ("kind", Some(if is_known { kind } else { "unknown".to_owned() })),
            ("base model", id.base.filter(|_| is_known).map(str::to_owned)),
            ("family", id.family().map(|family| family.name.to_owned())),
            ("account", arn.map(|arn| arn.account.to_owned()).filter(|account| !account.is_empty())),
            ("Region", Some(format!("{}{assumed}", self.call.region))),
            ("called by", Some(called_by(id)).filter(|_| is_known && is_sent(id, &self.problems))),
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

    /// Whether the ID tells what it names.
    fn is_known(&self) -> bool {
        let hides = |problem: &Problem| {
            matches!(problem, Problem::Refused | Problem::Unknown(_) | Problem::ProvisionedName)
        };
        !self.problems.iter().any(hides)
    }

    fn destinations(&self) -> Option<String> {
        Some(match self.id.profile()?.destinations(self.call.region)? {
            Destinations::Regions(regions) => regions.join(", "),
            Destinations::Everywhere => "every commercial Region".to_owned(),
        })
    }
}

/// Whether the ID goes into `modelId` as it is.
fn is_sent(id: &ModelId<'_>, problems: &[Problem]) -> bool {
    let bare_name = id.kind == Kind::Provisioned && id.arn.is_none();
    let refused = |problem: &Problem| {
        matches!(
            problem,
            Problem::Refused | Problem::NoModel | Problem::CustomModel | Problem::MarketplaceModel
        )
    };
    !bare_name && !problems.iter().any(refused)
}

/// The operations that the ID can be called by.
fn called_by(id: &ModelId<'_>) -> String {
    if matches!(id.kind, Kind::NoModel | Kind::CustomModel | Kind::MarketplaceModel) {
        return String::new();
    }
    if id.model().is_some_and(|model| model.surface == Surface::Mantle) {
        return "Bedrock Mantle".to_owned();
    }
    let call = |operation| Call { model_id: id.text, region: "", operation };
    let refuses = |problem: &Problem| matches!(problem, Problem::NoConverse | Problem::NoStreaming { .. });
    let can = |operation: &Operation| !problems(call(*operation)).iter().any(refuses);
    commas(Operation::ALL.into_iter().filter(can).map(Operation::name))
}

fn lifecycle(model: &catalogue::Model) -> String {
    let name = model.lifecycle.name();
    let ends = model.ends.map(|ends| format!("{name}, ends on {ends}"));
    format!("{} (as of {})", ends.as_deref().unwrap_or(name), catalogue::DATE)
}

fn regions(regions: &[&str]) -> String {
    if regions.is_empty() { "no Region: through a profile".to_owned() } else { regions.join(", ") }
}
