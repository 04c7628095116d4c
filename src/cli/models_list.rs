//! `models list`: the models that can be called, of the catalogue or of the account.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Configs, Format, ModelsList};
use super::doctor::find;
use super::environment::Environment;
use super::live;
use super::output::Output;
use super::session::Session;
use super::{Ended, Exit, Failure};
use crate::aws::catalogue::{self, Surface};
use crate::aws::family::family_of;
use crate::aws::model_id::ModelId;
use crate::aws::region;
use crate::check::Purpose;
use crate::diagnose::{Span, nearest, visible};
use crate::invoke::NoAnswer;
use crate::suite::Model;

/// Lists the models of the catalogue, or those that the account sees.
pub(super) fn run(arguments: &ModelsList, environment: Environment, output: &mut Output) -> Ended {
    if let Some(name) = arguments.region.as_deref().filter(|name| region::region(name).is_none()) {
        let near = nearest(name, region::regions().map(|region| region.name));
        return Err(Failure::Usage {
            message: format!("`{name}` is not known as a Region"),
            help: near.map(|near| format!("did you mean `{near}`?")),
        });
    }
    let lines =
        if arguments.live { of_account(arguments, environment, output)? } else { of_catalogue(arguments) };
    let mut out = output.answer();
    for line in &lines {
        match arguments.format {
            Format::Terminal => line.tell(&mut out)?,
            Format::Json => writeln!(out, "{}", line.document())?,
        }
    }
    out.flush()?;
    if lines.is_empty() {
        output.talk("no model is like that");
        return Ok(Exit::NothingSelected);
    }
    Ok(Exit::Clean)
}

/// One ID that can be called.
struct Line {
    id: String,
    lifecycle: String,
    /// Modalities, and from where it is called.
    about: String,
}

impl Line {
    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let line =
            format!("{:<52} {:<8} {}", visible(&self.id), visible(&self.lifecycle), visible(&self.about));
        writeln!(out, "{}", line.trim_end())
    }

    fn document(&self) -> Value {
        json!({ "id": self.id, "lifecycle": self.lifecycle, "about": self.about })
    }
}

/// The IDs that can be called on Bedrock Runtime: on demand and through profiles; with a Region, from there.
fn of_catalogue(arguments: &ModelsList) -> Vec<Line> {
    let models =
        catalogue::models().filter(|model| model.surface == Surface::Runtime && fits(model, arguments));
    let mut lines = Vec::new();
    for model in models {
        let here =
            |regions: &[&str]| arguments.region.as_deref().is_none_or(|region| regions.contains(&region));
        if (arguments.region.is_none() && model.profiles.is_empty())
            || (!model.on_demand.is_empty() && here(&model.on_demand))
        {
            lines.push(line(model.id, model, "on demand"));
        }
        let profiles = model.profiles.iter().filter_map(|id| catalogue::profile(id));
        for profile in profiles.filter(|profile| here(&profile.sources().collect::<Vec<_>>())) {
            lines.push(line(profile.id, model, "profile"));
        }
    }
    lines
}

fn line(id: &str, model: &catalogue::Model, how: &str) -> Line {
    let ends = model.ends.map(|ends| format!(", ends {ends}")).unwrap_or_default();
    let modalities = format!("{} → {}", model.input.join("+"), model.output.join("+"));
    let about = format!("{how}, {}{ends}", if model.input.is_empty() { "unknown" } else { &modalities });
    Line { id: id.to_owned(), lifecycle: model.lifecycle.name().to_owned(), about }
}

fn fits(model: &catalogue::Model, arguments: &ModelsList) -> bool {
    let provider = arguments
        .provider
        .as_deref()
        .is_none_or(|name| model.id.split('.').next().is_some_and(|of_id| of_id.eq_ignore_ascii_case(name)));
    let family = arguments.family.as_deref();
    let family = family.is_none_or(|name| family_of(model.id).is_some_and(|family| family.id == name));
    let takes = arguments.input.as_deref().is_none_or(|name| model.input.contains(&name));
    let gives = arguments.output.as_deref().is_none_or(|name| model.output.contains(&name));
    let streams = !arguments.streaming || model.streaming == Some(true);
    let alive = arguments.all || !model.has_ended();
    provider && family && takes && gives && streams && alive
}

fn refused(why: NoAnswer) -> Failure {
    match why {
        NoAnswer::Trouble(trouble) => {
            let said = trouble.said.map(|said| format!(": {said}")).unwrap_or_default();
            let help = trouble.help.or(trouble.cause.map(|cause| cause.remedy.to_owned()));
            Failure::Environment { message: format!("{}{said}", trouble.message), help }
        }
        other => Failure::Environment { message: other.to_string(), help: None },
    }
}

/// What ListFoundationModels and ListInferenceProfiles say.
fn of_account(
    arguments: &ModelsList,
    environment: Environment,
    output: &mut Output,
) -> Result<Vec<Line>, Failure> {
    let session = Session::start(environment, Map::new(), output)?;
    let live = live::connect(&session, &live::on_interrupt(|| ()))?;
    let listed = if let Some(name) = &arguments.like {
        let checked = session.check_with(&Configs::default(), Vec::new(), Purpose::Run)?;
        live.list_models(find(&checked, name)?)
    } else {
        let region = arguments.region.as_deref().unwrap_or("us-east-1");
        let at = Span::file(session.sources.add("models list", ""));
        live.list_models(&Model::of_no_config(region, &at))
    };
    let listed = listed.map_err(refused)?;
    let lines = listed.into_iter().filter(|listed| {
        let known = ModelId::parse(&listed.id).model();
        known.is_none_or(|model| fits(model, &ModelsList { all: true, ..arguments.clone() }))
    });
    Ok(lines
        .map(|listed| Line { id: listed.id, lifecycle: listed.status.to_lowercase(), about: listed.about })
        .collect())
}
