//! `models resolve`: what an ID names and how it is called.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Format, ModelsResolve};
use super::environment::Environment;
use super::output::Output;
use super::{Ended, Exit};
use crate::aws::catalogue::{self, Destinations, Surface};
use crate::aws::model_id::{Call, Kind, ModelId, Problem, problems, read};
use crate::diagnose::visible;
use crate::exchange::Operation;

/// Says what `TEXT` names; exit 1 if it can't be called as it is.
pub(super) fn run(arguments: &ModelsResolve, environment: &Environment, output: &mut Output) -> Ended {
    let paste = read(&arguments.id);
    let id = ModelId::parse(&paste.model_id);
    let of_arn = id.arn.map(|arn| arn.region).filter(|region| !region.is_empty());
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let of_environment = variables.iter().find_map(|name| environment.non_empty(name));
    let region = arguments.region.as_deref().or(of_arn).or(of_environment);
    let assumed = region.is_none();
    let region = region.unwrap_or("us-east-1");
    let call = Call { model_id: &arguments.id, region, operation: Operation::InvokeModel };
    let resolved = Resolved { id: &id, call, assumed, problems: problems(call) };
    let mut out = output.answer();
    match arguments.format {
        Format::Terminal => resolved.tell(&mut out)?,
        Format::Json => writeln!(out, "{:#}", resolved.document())?,
    }
    out.flush()?;
    Ok(if resolved.problems.iter().any(|problem| !matches!(problem, Problem::Legacy(_))) {
        Exit::Failed
    } else {
        Exit::Clean
    })
}

/// An ID, the call that it is judged for, and what is wrong with that.
struct Resolved<'r> {
    id: &'r ModelId<'r>,
    call: Call<'r>,
    /// Nobody named a Region.
    assumed: bool,
    problems: Vec<Problem>,
}

impl Resolved<'_> {
    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        for (name, value) in self.rows() {
            writeln!(out, "{name:<14} {}", visible(&value))?;
        }
        for problem in &self.problems {
            writeln!(out, "\n! {}\n  {}", visible(&problem.message(self.call)), visible(&problem.help()))?;
        }
        Ok(())
    }

    /// What is known, in the order in which a person asks.
    fn rows(&self) -> Vec<(&'static str, String)> {
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

    fn document(&self) -> Value {
        let rows = self.rows().into_iter().map(|(name, value)| {
            (name.replace("modelId", "model_id").replace(' ', "_").to_lowercase(), value.into())
        });
        let mut document: Map<String, Value> = rows.collect();
        let problems = self.problems.iter().map(|problem| {
            json!({ "message": problem.message(self.call), "help": problem.help(), "sure": problem.is_sure() })
        });
        document.insert("problems".to_owned(), problems.collect());
        Value::Object(document)
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
    let names: Vec<_> = Operation::ALL.into_iter().filter(can).map(Operation::name).collect();
    names.join(", ")
}

fn lifecycle(model: &catalogue::Model) -> String {
    let name = model.lifecycle.name();
    let ends = model.ends.map(|ends| format!("{name}, ends on {ends}"));
    format!("{} (as of {})", ends.as_deref().unwrap_or(name), catalogue::DATE)
}

fn regions(regions: &[&str]) -> String {
    if regions.is_empty() { "no Region: through a profile".to_owned() } else { regions.join(", ") }
}
