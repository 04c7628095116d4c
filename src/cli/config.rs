//! `config show`: every effective value, and where it comes from.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value};

use super::arguments::Show;
use super::environment::Environment;
use super::output::Output;
use super::session::{Session, verdict};
use super::{Ended, Failure};
use crate::check::{self, Purpose};
use crate::config::layers::{Found, Layers, Origin};
use crate::config::resolve;
use crate::config::source::join;
use crate::diagnose::{Code, Finding, LineColumn, masked, masked_member, visible};

pub(super) fn run(arguments: &Show, environment: Environment, output: &mut Output) -> Ended {
    let session = Session::start(environment, Map::new(), output)?;
    let paths = session.discover(&arguments.configs)?;
    let overrides = session.overrides(&arguments.configs)?;
    let profile = arguments.configs.profile.as_deref();
    let mut out = output.answer();
    let mut invalid = session.settings_findings.clone();
    invalid.extend(not_found(&session, arguments)?);
    for path in &paths {
        let findings = check::with_layers(path, &overrides, profile, &session.sources, |layers| {
            show(path, layers, arguments.origin, &mut out)
        });
        match findings {
            Ok(written) => written?,
            Err(findings) => invalid.extend(findings),
        }
    }
    out.flush()?;
    session.print(&invalid, &mut std::io::stderr(), output.color_of(&std::io::stderr()))?;
    Ok(verdict(&invalid))
}

/// The profile and the overrides that are asked for and that no config has.
fn not_found(session: &Session, arguments: &Show) -> Result<Vec<Finding>, Failure> {
    let mut findings = session.check(&arguments.configs, Purpose::Validate)?.findings;
    findings.retain(|finding| matches!(finding.code, Code::UnknownProfile | Code::UnusedOverride));
    Ok(findings)
}

fn show(path: &Path, layers: &Layers<'_>, origin: bool, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "# {}", path.display())?;
    let config = layers.merged();
    let mut lines = Vec::new();
    if let Some(credentials) = config.get("credentials") {
        leaves(credentials, "credentials", "", &mut |key, pointer, value| {
            lines.push((key.to_owned(), value.clone(), layers.find(&format!("/credentials{pointer}"))));
        });
    }
    for model in resolve::models(&config, layers).0 {
        let prefix = format!("models.{}", toml_key(&model.name));
        leaves(&model.value, &prefix, "", &mut |key, pointer, value| {
            lines.push((key.to_owned(), value.clone(), model.places.find(pointer)));
        });
    }
    for (key, value, found) in lines {
        write!(out, "{} = {}", visible(&masked(&key)), visible(&masked_member(&key, &value).to_string()))?;
        match found.filter(|_| origin) {
            Some(found) => writeln!(out, "  # {}", told(&found))?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

/// Calls `take` with the dotted key, the pointer and the value of everything that isn't a table.
fn leaves(value: &Value, key: &str, pointer: &str, take: &mut impl FnMut(&str, &str, &Value)) {
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                leaves(value, &format!("{key}.{}", toml_key(name)), &join(pointer, name), take);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{key}[{index}]"), &join(pointer, &index.to_string()), take);
            }
        }
        _ => take(key, pointer, value),
    }
}

fn toml_key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if bare { name.to_owned() } else { Value::from(name).to_string() }
}

fn told(found: &Found<'_>) -> String {
    let at = LineColumn::of(found.document.text(), found.place.value.start);
    let place = |path: &Path| format!("{}:{}:{}", path.display(), at.line, at.column);
    match found.origin {
        Origin::File(path) => place(path),
        Origin::Profile(path, name) => format!("{} (profile {name})", place(path)),
        Origin::Environment(name) => format!("environment variable {name}"),
        Origin::Flag(flag) => flag.to_owned(),
    }
}
