//! What every command on configs starts with: the root, the settings, the files, the checks.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;

use serde_json::{Map, Value};

use super::arguments::Configs;
use super::environment::Environment;
use super::guard::Guarded;
use super::output::Output;
use super::{Exit, Failure, settings};
use crate::check::{self, Checked, Input, Purpose};
use crate::config::discover::{DiscoverError, discover};
use crate::config::overrides::{Override, Source};
use crate::config::root::Root;
use crate::config::settings::{Level, Settings};
use crate::config::value::{Reads, Surroundings};
use crate::diagnose::{Code, Finding, Severity, Sources, Span, Terminal, nearest};
use crate::schema::Schema;

/// A command's view of the repository.
pub(super) struct Session {
    pub environment: Environment,
    pub root: Root,
    pub settings: Settings,
    pub sources: Sources,
    /// Findings about the settings, wherever they come from.
    pub(super) settings_findings: Vec<Finding>,
}

/// Compiled when a file is there to check, and never freed: that takes as long as checking ten files.
static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::config);

impl Session {
    /// Finds the root and settles the settings; `flags` is a table of those given on the command line.
    pub(super) fn start(
        environment: Environment,
        flags: Map<String, Value>,
        output: &mut Output,
    ) -> Result<Session, Failure> {
        let here = std::env::current_dir().map_err(|cause| Failure::Environment {
            message: format!("can't tell the working directory: {cause}"),
            help: None,
        })?;
        let root = Root::above(&here);
        let sources = Sources::default();
        let settled = settings::settle(&root, &here, &environment, flags, &sources);
        let (settings, settings_findings) = settled.map_err(Failure::usage)?;
        output.settle(settings.color);
        Ok(Session { environment, root, settings, sources, settings_findings })
    }

    pub(super) fn jobs(&self) -> NonZeroUsize {
        let processors = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.settings.jobs.unwrap_or_else(processors)
    }

    /// The config files that `configs` name.
    pub(super) fn discover(&self, configs: &Configs) -> Result<Vec<PathBuf>, Failure> {
        let found =
            discover(&configs.paths, &self.settings.exclude, &self.root).map_err(|error| Failure::Usage {
                message: error.to_string(),
                help: matches!(error, DiscoverError::Glob { .. })
                    .then(|| "correct it in the settings".to_owned()),
            })?;
        if found.is_empty() { Err(no_config(configs)) } else { Ok(found) }
    }

    /// Checks the files that `configs` name.
    pub(super) fn check(&self, configs: &Configs, purpose: Purpose) -> Result<Checked, Failure> {
        self.check_with(configs, Vec::new(), purpose)
    }

    /// The same with `more` laid over what environment and flags set.
    pub(super) fn check_with(
        &self,
        configs: &Configs,
        more: Vec<Override>,
        purpose: Purpose,
    ) -> Result<Checked, Failure> {
        let paths = self.discover(configs)?;
        let mut overrides = self.overrides(configs)?;
        overrides.extend(more);
        let surroundings = Surroundings {
            environment: self.environment.values().clone(),
            root: self.root.path.clone(),
            needs_environment: purpose == Purpose::Run,
            reads: Reads::default(),
        };
        let input = Input {
            root: &self.root,
            surroundings: &surroundings,
            overrides: &overrides,
            profile: configs.profile.as_deref(),
            schema: &SCHEMA,
            purpose,
        };
        let mut checked = check::check(&paths, &input, &self.sources, self.jobs().get());
        let not_found = self.not_found(configs, &overrides, &checked);
        checked.findings.extend(not_found);
        checked.findings.splice(0..0, self.settings_findings.iter().cloned());
        self.settle_severities(&mut checked.findings);
        Ok(checked)
    }

    /// Checks the files that `configs` name, with `more` laid over them, for a command that needs them whole.
    /// `None` if they are not, which is told.
    pub(super) fn check_whole(
        &self,
        configs: &Configs,
        more: Vec<Override>,
        output: &Output,
    ) -> Result<Option<Checked>, Failure> {
        self.whole(self.check_with(configs, more, Purpose::Run)?, output)
    }

    /// The same for a command that only reads what the files declare: no variable of the environment is needed.
    pub(super) fn check_declared(
        &self,
        configs: &Configs,
        output: &Output,
    ) -> Result<Option<Checked>, Failure> {
        self.whole(self.check(configs, Purpose::List)?, output)
    }

    fn whole(&self, checked: Checked, output: &Output) -> Result<Option<Checked>, Failure> {
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.cloned().collect();
        self.print(&errors, &mut std::io::stderr(), output.color_of(&std::io::stderr()))?;
        Ok(errors.is_empty().then_some(checked))
    }

    /// Checks syntax and schema only.
    pub(super) fn check_schema(&self, configs: &Configs) -> Result<Checked, Failure> {
        let paths = self.discover(configs)?;
        let mut checked = check::schema_only(&paths, &SCHEMA, &self.sources);
        checked.findings.splice(0..0, self.settings_findings.iter().cloned());
        Ok(checked)
    }

    pub(super) fn overrides(&self, configs: &Configs) -> Result<Vec<Override>, Failure> {
        let mut overrides = self.environment.overrides();
        for assignment in &configs.set {
            overrides.push(Override::from_flag(assignment).map_err(|error| Failure::Usage {
                message: format!("`--set`: {error}"),
                help: Some("write `--set models.claude.region=eu-west-1`".to_owned()),
            })?);
        }
        Ok(overrides)
    }

    /// What was asked for and found nowhere. A file that can't be read may be the one that has it.
    fn not_found(&self, configs: &Configs, overrides: &[Override], checked: &Checked) -> Vec<Finding> {
        if checked.claims.len() < checked.files {
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
            let at = Span::file(self.sources.add(set.from.name(), ""));
            let message = format!("`{}` sets a key that no config has", set.from.name());
            let is_flag = matches!(set.from, Source::Flag(_));
            let separator = match set.from {
                Source::Environment(_) => "`__` separates levels",
                Source::Flag(_) => "`.` separates levels",
            };
            let help = format!("check the names of model and key; {separator}");
            let finding = Finding::new(Code::UnusedOverride, at, message).help(help);
            // A variable may be meant for another run; a flag is meant for this one.
            let severity = if is_flag { Severity::Error } else { finding.severity };
            finding.severity(severity)
        });
        profile.into_iter().chain(unused).collect()
    }

    /// Severities as the settings want them; `off` takes findings away.
    pub(super) fn settle_severities(&self, findings: &mut Vec<Finding>) {
        if self.settings.severity.is_empty() {
            return;
        }
        findings.retain_mut(|finding| match self.settings.severity.get(finding.code.id()) {
            _ if !finding.code.can_be_lowered() => true,
            Some(Level::Off) => false,
            Some(level) => {
                finding.severity = match level {
                    Level::Warning => Severity::Warning,
                    Level::Hint => Severity::Hint,
                    Level::Error | Level::Off => Severity::Error,
                };
                true
            }
            None => true,
        });
    }

    /// Prints findings as excerpts to `out`.
    pub(super) fn print(
        &self,
        findings: &[Finding],
        out: &mut impl std::io::Write,
        color: bool,
    ) -> std::io::Result<()> {
        let terminal = Terminal::new(&self.sources, color);
        let mut out = Guarded::new(out, self.environment.is_github());
        findings.iter().try_for_each(|finding| writeln!(out, "{}", terminal.render(finding)))
    }
}

/// [`Exit::Invalid`] if one of `findings` is an error.
pub(super) fn verdict(findings: &[Finding]) -> Exit {
    let invalid = findings.iter().any(|finding| finding.severity == Severity::Error);
    if invalid { Exit::Invalid } else { Exit::Clean }
}

fn no_config(configs: &Configs) -> Failure {
    let places: Vec<String> = configs.paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let place = if places.is_empty() { "here".to_owned() } else { format!("in {}", places.join(", ")) };
    Failure::NoConfig {
        message: format!("no config file was found {place}"),
        help: "name a file, or a folder with `bedrock.toml` or `*.bedrock.toml`; files that git ignores are left out"
            .to_owned(),
    }
}
