//! `show MODEL`: the sheet of fields for the platform's form, in the order of the form.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::arguments::{Format, ShowModel};
use super::doctor::find;
use super::environment::Environment;
use super::output::Output;
use super::session::Session;
use super::{Ended, Exit};
use crate::aws::partition;
use crate::config::model::Claim;
use crate::config::value;
use crate::config::variables::Declared;
use crate::diagnose::{masked, masked_value, short, visible};
use crate::iam::call::Call;
use crate::iam::permissions::{Options, Topic, rights};
use crate::iam::trust::{shown, trust};
use crate::suite::{Case, Model, Source};

pub(super) fn run(arguments: &ShowModel, environment: Environment, output: &mut Output) -> Ended {
    let session = Session::start(environment, Map::new(), output)?;
    let Some(checked) = session.check_declared(&arguments.configs, output)? else {
        return Ok(Exit::Invalid);
    };
    let sheet = sheet(find(&checked, &arguments.name)?);
    let mut out = output.answer();
    match arguments.format {
        Format::Terminal => tell(&sheet, &mut out)?,
        Format::Json => writeln!(out, "{:#}", masked_value(&sheet))?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Sections of fields. What a variable of the environment holds is told by the variable's name.
fn sheet(model: &Model) -> Value {
    let headers = model.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let variables = model.variables.iter().map(|variable| (variable.name.clone(), declared(variable)));
    let cases = model.cases.iter().map(|case| (case.name.clone(), values(case)));
    let paths = model.mapping.fields().iter().map(|field| (field.name.clone(), field.source().into()));
    json!({
        "credentials": credentials(model),
        "model": details(model),
        "headers": headers.collect::<Map<_, _>>(),
        "variables": variables.collect::<Map<_, _>>(),
        "request body": model.template.text().trim_matches('\n'),
        "test values": cases.collect::<Map<_, _>>(),
        "JSON paths": paths.collect::<Map<_, _>>(),
        "features": features(model),
    })
}

fn credentials(model: &Model) -> Value {
    let Some(credentials) = model.credentials.as_deref() else {
        return json!({ "source": "default chain" });
    };
    let last = credentials.hops.last();
    let source = match &credentials.source {
        Source::Default => "default chain".to_owned(),
        Source::Profile(name) => format!("profile {name}"),
        Source::BedrockApiKey => "Bedrock API key in AWS_BEARER_TOKEN_BEDROCK".to_owned(),
    };
    json!({
        "name": credentials.name,
        "IAM role ARN": last.map(|hop| hop.role_arn.as_str()),
        "trusted principal ARN": trust(credentials).ok().map(|trust| trust.principal),
        "STS endpoint": last.and_then(|hop| hop.sts_endpoint.as_deref()),
        "external ID": last.and_then(|hop| hop.external_id.as_ref()).map(shown),
        "source": source,
    })
}

fn details(model: &Model) -> Value {
    json!({
        "model name": model.name,
        "model ID": model.model_id,
        "Region": model.region,
        "ARN": arn(model),
        "endpoint URL": endpoint(model),
        "operation": model.operation.name(),
    })
}

/// The ARN of what the model ID names, if it is known.
fn arn(model: &Model) -> Option<String> {
    let call = Call::of(model, None, None);
    let needed = rights(&call, &Options::default()).ok()?.rights;
    let own = [Topic::Model, Topic::Profile, Topic::Router, Topic::OwnModel, Topic::Endpoint, Topic::Prompt];
    needed.into_iter().find(|right| own.contains(&right.topic)).map(|right| right.resource)
}

fn endpoint(model: &Model) -> String {
    let partition = partition::of_region(&model.region);
    let fips = if model.fips { "-fips" } else { "" };
    let suffix = if model.dual_stack { partition.dual_stack_suffix } else { partition.dns_suffix };
    let own = || format!("https://bedrock-runtime{fips}.{}.{suffix}", model.region);
    let path = match model.operation.name() {
        "InvokeModel" => "invoke",
        "InvokeModelWithResponseStream" => "invoke-with-response-stream",
        "Converse" => "converse",
        _ => "converse-stream",
    };
    let host = model.endpoint.clone().unwrap_or_else(own);
    let id = model.model_id.replace(':', "%3A").replace('/', "%2F");
    format!("{}/model/{id}/{path}", host.trim_end_matches('/'))
}

fn declared(declared: &Declared) -> Value {
    let variable = &declared.variable;
    let default = variable.default.as_ref().map(given);
    json!({
        "display name": variable.display_name,
        "data type": variable.holds.unwrap_or_default().name(),
        "required": default.is_none(),
        "default": default,
        "description": variable.description,
    })
}

/// A value as the config gives it: one of the environment by its name.
fn given(given: &Value) -> Value {
    match value::environment(given) {
        Some(name) => by_name(name),
        None => given.clone(),
    }
}

fn by_name(variable: &str) -> Value {
    format!("${{{variable}}}").into()
}

fn values(case: &Case) -> Value {
    let known = case.values.iter().filter(|(name, _)| !case.from_environment.contains_key(*name));
    let known = known.map(|(name, value)| (name.clone(), value.clone()));
    let held = case.from_environment.iter().map(|(name, held)| (name.clone(), by_name(held)));
    let mut all: Vec<(String, Value)> = known.chain(held).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Value::Object(all.into_iter().collect())
}

fn features(model: &Model) -> Value {
    let family = crate::aws::model_id::ModelId::parse(&model.model_id);
    json!({
        "streaming": model.operation.is_stream(),
        "claims": model.claims().map(Claim::name).collect::<Vec<_>>().join(", "),
        "family": family.family().map(|family| family.name),
    })
}

fn tell(sheet: &Value, out: &mut impl Write) -> io::Result<()> {
    for (index, (section, fields)) in sheet.as_object().into_iter().flatten().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "── {section}")?;
        match fields {
            Value::Object(fields) if fields.is_empty() => writeln!(out, "  none")?,
            Value::Object(fields) => fields.iter().try_for_each(|field| tell_field(field, out))?,
            other => writeln!(out, "{}", visible(&masked(&text(other))))?,
        }
    }
    Ok(())
}

/// A value among others is told in so many characters; JSON has all of it.
const VALUE: usize = 100;

fn tell_field((name, value): (&String, &Value), out: &mut impl Write) -> io::Result<()> {
    let value = match value {
        Value::Object(fields) => {
            let told = fields.iter().filter(|(_, value)| !value.is_null());
            told.map(|(name, value)| format!("{name}: {}", short(&text(value), VALUE)))
                .collect::<Vec<_>>()
                .join("; ")
        }
        other => text(other),
    };
    writeln!(out, "  {:<21} {}", visible(name), visible(&masked(&value)))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
