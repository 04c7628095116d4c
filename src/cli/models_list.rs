//! `models list`: lists the models of the catalogue or of the account.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Configs, Format, ModelsList};
use super::controls::controls;
use super::doctor::find;
use super::output::Output;
use super::session;
use super::{Ended, Exit, Failure};
use crate::app::{self, Environment};
use crate::aws::catalogue::{Callable, Filter, callable};
use crate::aws::model_id::ModelId;
use crate::aws::region;
use crate::check::Purpose;
use crate::diagnose::{Span, visible};
use crate::invoke::NoAnswer;
use crate::suite::Model;
use crate::words::nearest;

/// Lists the models of the catalogue, or with `--live` those that AWS lists for the account.
pub(super) fn run(arguments: &ModelsList, environment: Environment, output: &mut Output) -> Ended {
    if let Some(name) = arguments.region.as_deref().filter(|name| region::region(name).is_none()) {
        let near = nearest(name, region::regions().map(|region| region.name));
        return Err(Failure::Usage {
            message: format!("`{name}` is not known as a Region"),
            help: near.map(|near| format!("did you mean `{near}`?")),
        });
    }
    let lines = if arguments.live {
        of_account(arguments, environment, output)?
    } else {
        callable(&filter(arguments)).iter().map(line).collect()
    };
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
    /// How it is called, and its modalities.
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

fn filter(arguments: &ModelsList) -> Filter<'_> {
    Filter {
        region: arguments.region.as_deref(),
        provider: arguments.provider.as_deref(),
        family: arguments.family.as_deref(),
        input: arguments.input.as_deref(),
        output: arguments.output.as_deref(),
        streaming: arguments.streaming,
        all: arguments.all,
    }
}

fn line(callable: &Callable) -> Line {
    let model = callable.model;
    let how = if callable.is_profile { "profile" } else { "on demand" };
    let ends = model.ends.map(|ends| format!(", ends {ends}")).unwrap_or_default();
    let modalities = format!("{} → {}", model.input.join("+"), model.output.join("+"));
    let about = format!("{how}, {}{ends}", if model.input.is_empty() { "unknown" } else { &modalities });
    Line { id: callable.id.to_owned(), lifecycle: model.lifecycle.name().to_owned(), about }
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

/// Lists the models that `ListFoundationModels` and `ListInferenceProfiles` return.
fn of_account(
    arguments: &ModelsList,
    environment: Environment,
    output: &mut Output,
) -> Result<Vec<Line>, Failure> {
    let session = session::start(environment, Map::new(), output)?;
    let live = app::connect(&session, &controls(&session.environment))?;
    let listed = if let Some(name) = &arguments.like {
        let checked = session.check_with(&Configs::default(), Vec::new(), Purpose::Run)?;
        live.list_models(find(&checked, name)?)
    } else {
        let region = arguments.region.as_deref().unwrap_or("us-east-1");
        let at = Span::file(session.sources.add("models list", ""));
        live.list_models(&Model::of_no_config(region, &at))
    };
    let listed = listed.map_err(refused)?;
    let filter = Filter { all: true, ..filter(arguments) };
    let lines = listed.into_iter().filter(|listed| {
        let known = ModelId::parse(&listed.id).model();
        known.is_none_or(|model| filter.matches(model))
    });
    Ok(lines
        .map(|listed| Line { id: listed.id, lifecycle: listed.status.to_lowercase(), about: listed.about })
        .collect())
}
