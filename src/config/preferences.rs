//! Merges the settings with figment. A flag overrides the environment, which overrides the file.

use std::path::Path;

use figment::value::{Dict, Map as FigmentMap};
use figment::{Figment, Metadata, Profile, Provider};
use serde_json::Value;

use super::layers::to_dict;
use super::settings::Settings;

/// Possible paths of the settings file; the first that exists is used.
pub const SETTINGS_FILES: [&str; 2] = ["bedrock-check.toml", ".config/bedrock-check.toml"];

/// The settings of one source.
pub struct SettingsLayer<'a> {
    pub source: SettingsSource<'a>,
    /// A table of settings.
    pub value: Value,
}

/// The source of settings.
#[derive(Clone, Copy, Debug)]
pub enum SettingsSource<'a> {
    File(&'a Path),
    /// An environment variable, by name.
    Environment(&'a str),
    Flags,
}

/// A setting with an invalid value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(Box<figment::Error>);

impl Provider for SettingsLayer<'_> {
    fn metadata(&self) -> Metadata {
        match self.source {
            SettingsSource::File(path) => Metadata::from("settings file", path),
            SettingsSource::Environment(name) => Metadata::named(format!("environment variable `{name}`")),
            SettingsSource::Flags => Metadata::named("command line"),
        }
    }

    fn data(&self) -> Result<FigmentMap<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(to_dict(&self.value)))
    }
}

/// Merges the settings, lowest precedence first.
pub fn merge_settings(layers: Vec<SettingsLayer<'_>>) -> Result<Settings, SettingsError> {
    let figment = layers.into_iter().fold(Figment::new(), Figment::merge);
    figment.extract().map_err(|error| SettingsError(Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn later_layers_override_earlier_ones_and_errors_name_their_source() {
        let file = || SettingsLayer {
            source: SettingsSource::File(Path::new("bedrock-check.toml")),
            value: json!({ "jobs": 2, "max_fail": 3 }),
        };
        let variable =
            |value: Value| SettingsLayer { source: SettingsSource::Environment("BEDROCK_CHECK_JOBS"), value };
        let settings = merge_settings(vec![file(), variable(json!({ "jobs": 4 }))]).unwrap();
        assert_eq!((settings.jobs.map(usize::from), settings.max_fail.map(usize::from)), (Some(4), Some(3)));
        let error =
            merge_settings(vec![file(), variable(json!({ "jobs": "many" }))]).unwrap_err().to_string();
        assert!(error.contains("BEDROCK_CHECK_JOBS"), "{error}");
    }
}
