//! The effective settings, and findings about them.

use std::path::Path;

use serde_json::{Map, Value};

use super::environment::Environment;
use crate::check;
use crate::config::overrides::toml_value;
use crate::config::preferences::{self, SETTINGS_FILES, SettingsError, SettingsLayer, SettingsSource};
use crate::config::root::Root;
use crate::config::settings::{RESTRICTED_SETTINGS, RestrictedSetting, Settings};
use crate::config::source::Document;
use crate::diagnose::{Code, FileId, Finding, Sources, Span};
use crate::files::containment::is_below;
use crate::files::{self, Base};
use crate::schema::Schema;
use crate::words::nearest;

/// The effective settings.
pub(super) struct Settled {
    pub settings: Settings,
    /// Whether the settings file chose the reports, not the user.
    pub reports_in_file: bool,
    pub findings: Vec<Finding>,
}

/// Reads the settings file of `root` and the variables of `environment`; `flags` is a table of those given.
///
/// A source with errors is ignored; the findings report the errors.
pub(super) fn settle(
    root: &Root,
    base: &Base,
    environment: &Environment,
    flags: Map<String, Value>,
    sources: &Sources,
) -> Result<Settled, SettingsError> {
    let mut findings = Vec::new();
    let path = SETTINGS_FILES.iter().map(|name| root.path.join(name)).find(|path| path.exists());
    let file = path.as_ref().map(|path| SettingsLayer {
        source: SettingsSource::File(path),
        value: read_file(path, root, base, sources, &mut findings),
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
    let chooses_reports = given.iter().rfind(|layer| layer.value.get("report").is_some());
    let reports_in_file =
        chooses_reports.is_some_and(|layer| matches!(layer.source, SettingsSource::File(_)));
    Ok(Settled { settings: preferences::merge_settings(given)?, reports_in_file, findings })
}

/// A warning for a variable that is not a setting. It is not an error, because it may belong to another program.
fn unknown_setting_finding(name: &str, file: FileId) -> Finding {
    let known = Settings::KEYS.map(|key| format!("BEDROCK_CHECK_{}", key.to_uppercase()));
    let help = "settings are named like `BEDROCK_CHECK_MAX_FAIL`; `BEDROCK_CHECK__…` sets a key of a config";
    Finding::new(Code::UnusedOverride, Span::file(file), format!("`{name}` is not a setting"))
        .suggest(nearest(name, known.iter().map(String::as_str)), help)
}

fn read_file(path: &Path, root: &Root, base: &Base, sources: &Sources, findings: &mut Vec<Finding>) -> Value {
    let shown = base.display_path(path);
    match files::read_text(path, files::CONFIG_LIMIT) {
        Ok(text) => {
            let file = sources.add(shown, text.as_str());
            let value = parse_valid(&text, file, findings);
            let (document, _) = Document::parse(&text);
            let mut restricted = find_restricted(&document, &value, file);
            restricted.extend(find_outside_reports(&document, &value, file, root, base));
            let is_allowed = restricted.is_empty();
            findings.extend(restricted);
            if is_allowed { value } else { Value::Object(Map::new()) }
        }
        Err(error) => {
            findings.push(check::unreadable_finding(shown, base, &error, sources));
            Value::Object(Map::new())
        }
    }
}

/// Reports the settings of a file that only the command line and the environment may choose.
fn find_restricted(document: &Document<'_>, settings: &Value, file: FileId) -> Vec<Finding> {
    let check = |setting: &RestrictedSetting| {
        let RestrictedSetting { key, flag, allowed_in_files } = setting;
        let value = settings.get(key)?;
        let chosen = value.as_str().or_else(|| value.get(0)?.as_str()).unwrap_or("VALUE");
        if allowed_in_files.contains(&chosen) {
            return None;
        }
        let span = Span::new(file, document.place(&format!("/{key}"))?.value);
        let message = format!("`{key}`: a settings file can't choose `{chosen}`");
        let help = format!("remove it, and write `{flag} {chosen}` on the command line");
        Some(Finding::new(Code::SettingNeedsFlag, span, message).help(help))
    };
    RESTRICTED_SETTINGS.iter().filter_map(check).collect()
}

/// Reports the paths of reports outside the repository: only the command line and the environment may choose them.
fn find_outside_reports(
    document: &Document<'_>,
    settings: &Value,
    file: FileId,
    root: &Root,
    base: &Base,
) -> Vec<Finding> {
    let reports = settings.get("report").and_then(Value::as_array).into_iter().flatten().enumerate();
    let check = |(index, report): (usize, &Value)| {
        let report = report.as_str()?;
        let (_, path) = report.split_once('=')?;
        if path == "-" || is_below(&base.locate(Path::new(path)), &root.path) {
            return None;
        }
        let span = Span::new(file, document.place(&format!("/report/{index}"))?.value);
        let message =
            format!("`report`: a settings file can't choose `{path}`, which is outside the repository");
        let help = format!("name a file in the repository, or write `--report {report}` on the command line");
        Some(Finding::new(Code::SettingNeedsFlag, span, message).help(help))
    };
    reports.filter_map(check).collect()
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
