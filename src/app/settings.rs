//! The effective settings, and findings about them.

use std::path::Path;

use serde_json::{Map, Value};

use super::environment::Environment;
use crate::check;
use crate::config::overrides::toml_value;
use crate::config::preferences::{self, SETTINGS_FILES, SettingsError, SettingsLayer, SettingsSource};
use crate::config::root::Root;
use crate::config::settings::Settings;
use crate::config::source::Document;
use crate::diagnose::{Code, FileId, Finding, Sources, Span};
use crate::files::{self, Base};
use crate::schema::Schema;
use crate::words::nearest;

/// Reads the settings file of `root` and the variables of `environment`; `flags` is a table of those given.
///
/// A source with errors is ignored; the findings report the errors.
pub(super) fn settle(
    root: &Root,
    base: &Base,
    environment: &Environment,
    flags: Map<String, Value>,
    sources: &Sources,
) -> Result<(Settings, Vec<Finding>), SettingsError> {
    let mut findings = Vec::new();
    let path = SETTINGS_FILES.iter().map(|name| root.path.join(name)).find(|path| path.exists());
    let file = path.as_ref().map(|path| SettingsLayer {
        source: SettingsSource::File(path),
        value: read_file(path, base, sources, &mut findings),
    });
    let mut given = Vec::from_iter(file);
    for (key, name, text) in environment.settings() {
        let line = format!("{key} = {}\n", toml_value(text));
        let file = sources.add(name, line.as_str());
        let value = if Settings::KEYS.contains(&key.as_str()) {
            parse_valid(&line, file, &mut findings)
        } else {
            findings.push(unknown_setting_finding(name, file));
            Value::Object(Map::new())
        };
        given.push(SettingsLayer { source: SettingsSource::Environment(name), value });
    }
    given.push(SettingsLayer { source: SettingsSource::Flags, value: Value::Object(flags) });
    Ok((preferences::merge_settings(given)?, findings))
}

/// A warning for a variable that is not a setting. It is not an error, because it may belong to another program.
fn unknown_setting_finding(name: &str, file: FileId) -> Finding {
    let known = Settings::KEYS.map(|key| format!("BEDROCK_CHECK_{}", key.to_uppercase()));
    let help = "settings are named like `BEDROCK_CHECK_MAX_FAIL`; `BEDROCK_CHECK__…` sets a key of a config";
    Finding::new(Code::UnusedOverride, Span::file(file), format!("`{name}` is not a setting"))
        .suggest(nearest(name, known.iter().map(String::as_str)), help)
}

fn read_file(path: &Path, base: &Base, sources: &Sources, findings: &mut Vec<Finding>) -> Value {
    let shown = base.display_path(path);
    match files::read_text(path, files::CONFIG_LIMIT) {
        Ok(text) => parse_valid(&text, sources.add(shown, text.as_str()), findings),
        Err(error) => {
            findings.push(check::unreadable_finding(shown, base, &error, sources));
            Value::Object(Map::new())
        }
    }
}

/// The settings in `text`; empty, with findings, if it isn't valid.
fn parse_valid(text: &str, file: FileId, findings: &mut Vec<Finding>) -> Value {
    let (document, errors) = Document::parse(text);
    let mut found: Vec<Finding> = errors.iter().map(|error| check::syntax_finding(error, file)).collect();
    if found.is_empty() {
        found = Schema::settings().check(&document, file);
    }
    let value = if found.is_empty() { document.value } else { Value::Object(Map::new()) };
    findings.extend(found);
    value
}
