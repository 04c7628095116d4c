//! `models list`: lists the models of the catalogue or of the account.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::arguments::{Configs, Format, ModelsList};
use super::controls::controls;
use super::doctor::find_model;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::{self, Environment};
use crate::aws::catalogue::{Callable, Filter, callable};
use crate::aws::model_id::ModelId;
use crate::aws::region;
use crate::check::Purpose;
use crate::diagnose::{Span, visible};
use crate::invoke::InvokeError;
use crate::invoke::live::CalledService;
use crate::suite::Model;
use crate::words::nearest;

/// Lists the models of the catalogue, or with `--live` those that AWS lists for the account.
pub(super) fn run(arguments: &ModelsList, environment: Environment, output: &mut Output) -> CommandResult {
    if let Some(name) = arguments.region.as_deref().filter(|name| region::region(name).is_none()) {
        let near = nearest(name, region::regions().map(|region| region.name));
        return Err(Failure::Usage {
            message: format!("`{name}` is not a known Region"),
            help: near.map(|near| format!("did you mean `{near}`?")),
        });
    }
    let lines = if arguments.live {
        list_from_account(arguments, environment, output)?
    } else {
        callable(&filter(arguments)).iter().map(render_line).collect()
    };
    match arguments.format {
        Format::Terminal => output.print_text(|out| lines.iter().try_for_each(|line| line.print(out)))?,
        Format::Json => output.print_json_lines(lines.iter().map(ModelLine::document))?,
    }
    if lines.is_empty() {
        output.print_message("no model matches these filters");
        return Ok(Exit::NothingSelected);
    }
    Ok(Exit::Clean)
}

/// One ID that can be called.
struct ModelLine {
    id: String,
    lifecycle: String,
    /// How it is called, and its modalities.
    about: String,
}

impl ModelLine {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
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

fn render_line(callable: &Callable) -> ModelLine {
    let model = callable.model;
    let how = if callable.is_profile { "profile" } else { "on demand" };
    let ends = model.ends.map(|ends| format!(", ends {ends}")).unwrap_or_default();
    let modalities = format!("{} → {}", model.input.join("+"), model.output.join("+"));
    let about = format!("{how}, {}{ends}", if model.input.is_empty() { "unknown" } else { &modalities });
    ModelLine { id: callable.id.to_owned(), lifecycle: model.lifecycle.name().to_owned(), about }
}

fn list_failure(error: InvokeError) -> Failure {
    match error {
        InvokeError::CallFailed(failure) => {
            let service_message =
                failure.service_message.map(|message| format!(": {message}")).unwrap_or_default();
            let help = failure.help.or(failure.cause.map(|cause| cause.remedy.to_owned()));
            Failure::Environment { message: format!("{}{service_message}", failure.message), help }
        }
        other => Failure::Environment { message: other.to_string(), help: None },
    }
}

/// Lists the models that `ListFoundationModels` and `ListInferenceProfiles` return.
fn list_from_account(
    arguments: &ModelsList,
    environment: Environment,
    output: &mut Output,
) -> Result<Vec<ModelLine>, Failure> {
    let session = session::start(environment, session::endpoint_settings(&arguments.allow_endpoint), output)?;
    let live = app::connect(&session, &controls(&session.environment, output))?;
    let list = |model: &Model| {
        let destinations = live.describe_destinations(CalledService::ControlPlane, [model].into_iter());
        output.print_destinations(&destinations);
        live.list_models(model)
    };
    let listed = if let Some(name) = &arguments.like {
        let checked = session.check_with(&Configs::default(), Vec::new(), Purpose::Run)?;
        list(find_model(&checked, name)?)
    } else {
        let region = arguments.region.as_deref().unwrap_or("us-east-1");
        let span = Span::file(session.sources.add("models list", ""));
        list(&Model::for_listing(region, &span))
    };
    let listed = listed.map_err(list_failure)?;
    let filter = Filter { all: true, ..filter(arguments) };
    let lines = listed.into_iter().filter(|listed| {
        let known = ModelId::parse(&listed.id).model();
        known.is_none_or(|model| filter.matches(model))
    });
    Ok(lines
        .map(|listed| ModelLine {
            id: listed.id,
            lifecycle: listed.status.to_lowercase(),
            about: listed.description,
        })
        .collect())
}
