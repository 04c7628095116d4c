//! The environment, read once by `cli` and passed on as values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::failure::Failure;

use crate::config::overrides::{self, Override};
use crate::snapshot::is_ci;

/// The variables of the environment that are UTF-8, and the working directory.
#[derive(Clone, Debug)]
pub struct Environment {
    pub variables: BTreeMap<String, String>,
    /// The absolute path, or the reason why the process can't determine it.
    working_dir: Result<PathBuf, String>,
    /// The values of a bundle, which configs read instead of the variables. Nothing else reads them.
    replayed: Option<BTreeMap<String, String>>,
}

impl Environment {
    pub fn new(variables: BTreeMap<String, String>, working_dir: Result<PathBuf, String>) -> Environment {
        Environment { variables, working_dir, replayed: None }
    }

    /// The working directory, which relative paths start from.
    pub fn working_dir(&self) -> Result<&Path, Failure> {
        self.working_dir.as_deref().map_err(|cause| Failure::Environment {
            message: format!("can't determine the working directory: {cause}"),
            help: None,
        })
    }

    /// The environment for a replay in `folder` under the conditions of a bundle: configs read `values`. Of the process's
    /// own variables, only those that control how output looks are kept.
    #[must_use]
    pub fn replaying(
        &self,
        folder: &Path,
        values: BTreeMap<String, String>,
        full_match: bool,
    ) -> Environment {
        let shows = |name: &str| {
            name == "INSTA_DIFF_TOOL" || !(name.starts_with(SETTINGS_PREFIX) || name.starts_with("INSTA_"))
        };
        let mut variables = self.variables.clone();
        variables.retain(|name, _| shows(name));
        variables.extend(full_match.then(|| ("INSTA_REQUIRE_FULL_MATCH".to_owned(), "1".to_owned())));
        Environment { variables, working_dir: Ok(folder.to_owned()), replayed: Some(values) }
    }

    pub fn is_replaying(&self) -> bool {
        self.replayed.is_some()
    }

    /// The variables that configs read.
    pub fn values(&self) -> &BTreeMap<String, String> {
        self.replayed.as_ref().unwrap_or(&self.variables)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The variable's value, if it is set to something.
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether this is CI, by insta's rules.
    pub fn is_ci(&self) -> bool {
        is_ci(self.get("CI"), self.get("TF_BUILD"))
    }

    /// Whether the process runs in GitHub Actions, whose runner interprets the output.
    pub fn is_github(&self) -> bool {
        self.get("GITHUB_ACTIONS") == Some("true")
    }

    /// The keys of configs that variables override.
    pub fn overrides(&self) -> Vec<Override> {
        let variables = self.values().iter();
        variables.filter_map(|(name, value)| Override::from_environment(name, value)).collect()
    }

    /// Settings by variable, `BEDROCK_CHECK_MAX_FAIL` → `max_fail`, with the variable's name.
    pub fn settings(&self) -> Vec<(String, &str, &str)> {
        let own = self.variables.iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(SETTINGS_PREFIX).filter(|_| !name.starts_with(overrides::PREFIX))?;
            Some((key.to_lowercase(), name.as_str(), value.as_str()))
        });
        own.collect()
    }
}

const SETTINGS_PREFIX: &str = "BEDROCK_CHECK_";
