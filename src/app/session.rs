//! The start of every command on configs: root, settings, files, checks.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;

use serde_json::{Map, Value};

use super::environment::Environment;
use super::failure::Failure;
use super::settings::{self, Settled};
use crate::check::{self, Checked, Input, Purpose};
use crate::config::discover::{DiscoverError, Found, discover};
use crate::config::overrides::{Override, OverrideSource};
use crate::config::root::Root;
use crate::config::settings::{Level, Settings};
use crate::config::value::{ReadLog, ValueSources};
use crate::diagnose::{Code, Finding, Severity, Sources, Span, Weakened};
use crate::files::Base;
use crate::schema::Schema;
use crate::words::{nearest, plural, quoted_commas};

/// The configs of a command, with the profile and the flags that override their keys.
#[derive(Clone, Debug, Default)]
pub struct Configs {
    /// Files, and folders to search. Empty means the working directory.
    pub paths: Vec<PathBuf>,
    pub profile: Option<String>,
    /// Keys that are set, as `KEY=VALUE`.
    pub set: Vec<String>,
}

/// A command's view of the repository.
pub struct Session {
    pub environment: Environment,
    pub root: Root,
    /// The folder that relative paths start from: the working directory of `environment`.
    pub base: Base,
    pub settings: Settings,
    /// Whether the settings file chose the reports, not the user.
    pub reports_in_file: bool,
    pub sources: Sources,
    /// Findings about the settings from any source.
    pub settings_findings: Vec<Finding>,
}

/// Compiled when the first file is checked, and never freed: freeing it takes as long as checking ten files.
static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::config);

impl Session {
    /// Finds the root and resolves the settings; `flags` contains those given on the command line.
    pub fn start(environment: Environment, flags: Map<String, Value>) -> Result<Session, Failure> {
        let here = environment.working_dir()?;
        let root = Root::find(here);
        let base = Base::new(here);
        let sources = Sources::default();
        let settled = settings::settle(&root, &base, &environment, flags, &sources);
        let Settled { settings, reports_in_file, findings: settings_findings } =
            settled.map_err(Failure::usage)?;
        Ok(Session { environment, root, base, settings, reports_in_file, sources, settings_findings })
    }

    pub fn jobs(&self) -> NonZeroUsize {
        let processors = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.settings.jobs.unwrap_or_else(processors)
    }

    /// The config files that `configs` name.
    pub fn discover(&self, configs: impl Into<Configs>) -> Result<Vec<PathBuf>, Failure> {
        Ok(self.find(&configs.into())?.files)
    }

    fn find(&self, configs: &Configs) -> Result<Found, Failure> {
        let found =
            discover(&configs.paths, &self.base, &self.settings.exclude, &self.root).map_err(|error| {
                Failure::Usage {
                    message: error.to_string(),
                    help: matches!(error, DiscoverError::Glob { .. })
                        .then(|| "correct it in the settings".to_owned()),
                }
            })?;
        if found.files.is_empty() { Err(no_config(configs, found.excluded)) } else { Ok(found) }
    }

    /// Checks the files that `configs` name.
    pub fn check(&self, configs: impl Into<Configs>, purpose: Purpose) -> Result<Checked, Failure> {
        self.check_with(configs, Vec::new(), purpose)
    }

    /// The same with `more`, which overrides environment and flags.
    pub fn check_with(
        &self,
        configs: impl Into<Configs>,
        more: Vec<Override>,
        purpose: Purpose,
    ) -> Result<Checked, Failure> {
        let configs = configs.into();
        let found = self.find(&configs)?;
        let mut overrides = self.overrides(&configs.set)?;
        overrides.extend(more);
        let value_sources = ValueSources {
            environment: self.environment.values().clone(),
            base: self.base.clone(),
            root: self.root.path.clone(),
            needs_environment: purpose == Purpose::Run,
            read_log: ReadLog::default(),
        };
        let input = Input {
            root: &self.root,
            value_sources: &value_sources,
            overrides: &overrides,
            profile: configs.profile.as_deref(),
            schema: &SCHEMA,
            purpose,
        };
        let mut checked = check::check(&found.files, &input, &self.sources, self.jobs().get());
        let not_found = self.not_found(&configs, &overrides, &checked);
        checked.findings.extend(not_found);
        checked.findings.splice(0..0, self.settings_findings.iter().cloned());
        checked.weakened += self.settle_severities(&mut checked.findings);
        checked.weakened.excluded = found.excluded;
        Ok(checked)
    }

    /// Checks syntax and schema only.
    pub fn check_schema(&self, configs: impl Into<Configs>) -> Result<Checked, Failure> {
        let found = self.find(&configs.into())?;
        let mut checked = check::check_schema_only(&found.files, &self.base, &SCHEMA, &self.sources);
        checked.weakened.excluded = found.excluded;
        checked.findings.splice(0..0, self.settings_findings.iter().cloned());
        Ok(checked)
    }

    /// The overrides from the environment and from `set`.
    pub fn overrides(&self, set: &[String]) -> Result<Vec<Override>, Failure> {
        let mut overrides = self.environment.overrides();
        for assignment in set {
            overrides.push(Override::from_flag(assignment).map_err(|error| Failure::Usage {
                message: format!("`--set`: {error}"),
                help: Some("write `--set models.claude.region=eu-west-1`".to_owned()),
            })?);
        }
        Ok(overrides)
    }

    /// Reports a profile and overrides that no config has. Reports nothing if a file can't be read, because that file may
    /// have them.
    fn not_found(&self, configs: &Configs, overrides: &[Override], checked: &Checked) -> Vec<Finding> {
        if checked.file_owners.len() < checked.paths.len() {
            return Vec::new();
        }
        let profile = configs.profile.as_deref().filter(|_| !checked.profile_found);
        let profile = profile.map(|profile| {
            let at = Span::file(self.sources.add(format!("--profile {profile}"), ""));
            let message = format!("no config declares the profile `{profile}`");
            let near = nearest(profile, checked.profiles.iter().map(String::as_str));
            let declare = format!("declare `[profile.{profile}]` in a config");
            Finding::new(Code::UnknownProfile, at, message).suggest(near, declare)
        });
        let unused = overrides.iter().zip(&checked.overrides_used).filter(|(_, used)| !**used);
        let unused = unused.map(|(set, _)| {
            let at = Span::file(self.sources.add(set.source.name(), ""));
            let message = format!("`{}` sets a key that no config has", set.source.name());
            let is_flag = matches!(set.source, OverrideSource::Flag(_));
            let separator = match set.source {
                OverrideSource::Environment(_) => "`__` separates levels",
                OverrideSource::Flag(_) => "`.` separates levels",
            };
            let help = format!("check the names of model and key; {separator}");
            let finding = Finding::new(Code::UnusedOverride, at, message).help(help);
            // A variable may be set for another run; a flag is given for this one.
            let severity = if is_flag { Severity::Error } else { finding.severity };
            finding.severity(severity)
        });
        profile.into_iter().chain(unused).collect()
    }

    /// Applies the severities of the settings; `off` removes findings. Counts the findings that this lowered or removed.
    pub fn settle_severities(&self, findings: &mut Vec<Finding>) -> Weakened {
        let mut weakened = Weakened::default();
        if self.settings.severity.is_empty() {
            return weakened;
        }
        findings.retain_mut(|finding| {
            let level = self.settings.severity.get(finding.code.id());
            let Some(level) = level.filter(|_| finding.code.can_be_lowered()) else { return true };
            let new = match level {
                Level::Error => Some(Severity::Error),
                Level::Warning => Some(Severity::Warning),
                Level::Hint => Some(Severity::Hint),
                Level::Off => None,
            };
            // A severity that is less severe is greater.
            weakened.lowered += usize::from(new.is_none_or(|new| new > finding.severity));
            finding.severity = new.unwrap_or(finding.severity);
            new.is_some()
        });
        weakened
    }
}

fn no_config(configs: &Configs, excluded: usize) -> Failure {
    let places = quoted_commas(configs.paths.iter().map(|path| path.display()));
    let place = if places.is_empty() { "here".to_owned() } else { format!("in {places}") };
    let left_out = match excluded {
        0 => String::new(),
        _ => format!("; `exclude` in the settings leaves out {}", plural(excluded, "config")),
    };
    Failure::NoConfig {
        message: format!("no config file was found {place}{left_out}"),
        help: "name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out"
            .to_owned(),
    }
}
