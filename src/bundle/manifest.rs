//! `bundle.json`: the files of a bundle and the conditions of the run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The format that this version writes and reads.
pub const FORMAT: u64 = 1;

/// The name of the manifest in the bundle.
pub const MANIFEST: &str = "bundle.json";

/// The folder of the files that the run reads. Each has the same path below it as in the repository.
pub const REPOSITORY: &str = "repository/";

/// The folder of the reports.
pub const REPORTS: &str = "reports/";

/// The report that contains the outcome of each case.
pub const RUN: &str = "reports/run.jsonl";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u64,
    pub tool: Tool,
    /// The commit that was checked out; `None` outside of a git repository.
    pub git: Option<Git>,
    pub conditions: Conditions,
    /// The number of cases by outcome.
    pub outcomes: BTreeMap<String, usize>,
    /// Every file of the bundle except the manifest, by path.
    pub files: Vec<ListedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    pub commit: String,
    /// Files of the bundle that differ from those in the commit or are not in it.
    pub changed: Vec<String>,
}

/// The inputs of the run besides the files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The paths of the config files from the root of the repository.
    pub configs: Vec<String>,
    pub profile: Option<String>,
    /// The keys that `--set` overrides.
    #[serde(default)]
    pub set: Vec<OverriddenKey>,
    /// Environment variables that the configs read, and those that override keys.
    #[serde(default)]
    pub environment: Vec<Variable>,
    #[serde(default)]
    pub filter: Vec<String>,
    #[serde(default)]
    pub model: Vec<String>,
    #[serde(default)]
    pub tag: Vec<String>,
    /// `INSTA_REQUIRE_FULL_MATCH`.
    #[serde(default)]
    pub full_match: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverriddenKey {
    pub key: String,
    /// `None` if it is not in the bundle.
    pub value: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    pub name: String,
    /// `None` if it is not in the bundle.
    pub value: Option<String>,
    #[serde(rename = "kept")]
    pub bundled: BundledValue,
}

/// Whether the bundle contains the value of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BundledValue {
    /// The bundle contains the value.
    Value,
    /// The bundle contains the value with secrets masked.
    Masked,
    /// The bundle contains another value of the same form instead.
    StandIn,
    /// The bundle contains no value, because a replay does not need it.
    #[serde(rename = "nothing")]
    Omitted,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    pub path: String,
    pub size: u64,
    /// 64 digits of lower-case hex.
    pub sha256: String,
    /// Whether secrets in the file were masked.
    #[serde(rename = "redacted", default)]
    pub masked: bool,
}

/// Why a text is not a valid manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("`{MANIFEST}` has format {0}, but this version only reads format {FORMAT}")]
    Format(u64),
    #[error("`{MANIFEST}` can't be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("`{MANIFEST}`: the value of `{0}` is invalid")]
    InvalidValue(&'static str),
}

impl Manifest {
    pub fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        #[derive(Deserialize)]
        struct Versioned {
            format: u64,
        }
        let Versioned { format } = serde_json::from_slice(bytes)?;
        if format != FORMAT {
            return Err(ManifestError::Format(format));
        }
        let manifest: Manifest = serde_json::from_slice(bytes)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Checks the values that are printed: a value with a line break could imitate a line of our output.
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let conditions = &self.conditions;
        let one_line = |texts: &[String]| texts.iter().all(|text| is_one_line(text));
        let commit = self.git.as_ref().map(|git| git.commit.as_str());
        let checks = [
            ("tool.name", is_word(&self.tool.name)),
            ("tool.version", is_word(&self.tool.version)),
            ("git.commit", commit.is_none_or(is_commit)),
            ("conditions.configs", one_line(&conditions.configs)),
            ("conditions.profile", conditions.profile.as_deref().is_none_or(is_one_line)),
            ("conditions.set", conditions.set.iter().all(|set| is_one_line(&set.key))),
            ("conditions.environment", conditions.environment.iter().all(|set| is_one_line(&set.name))),
            ("conditions.filter", one_line(&conditions.filter)),
            ("conditions.model", one_line(&conditions.model)),
            ("conditions.tag", one_line(&conditions.tag)),
        ];
        let invalid = checks.into_iter().find(|(_, is_valid)| !is_valid);
        invalid.map_or(Ok(()), |(name, _)| Err(ManifestError::InvalidValue(name)))
    }

    /// Pretty JSON with a newline at the end.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers are JSON.
    pub fn render(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers are JSON") + "\n"
    }
}

fn is_word(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

fn is_commit(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    [40, 64].contains(&text.len()) && text.bytes().all(is_allowed)
}

fn is_one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// The SHA-256 of `bytes` in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
