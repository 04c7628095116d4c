//! Runs every offline stage on every file: bytes → TOML → schema → layers → models → lint.
//!
//! No stage stops at the first mistake. All findings of all files are returned, in the order of the files.

mod broken;
mod layered;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub use broken::{syntax_finding, unreadable_finding};
use layered::{override_documents, with_overrides};
pub use layered::{with_layers, with_layers_of_text};

use crate::config::layers::Layers;
use crate::config::overrides::Override;
use crate::config::resolve;
use crate::config::root::Root;
use crate::config::source::Document;
use crate::config::value::{ReadLog, ValueSources};
use crate::diagnose::{Code, FINDINGS_LIMIT, FileId, Finding, Severity, Sources, Span, Weakened};
use crate::files::{self, Base};
use crate::lint::{self, Subject, file_owner::FileOwner};
use crate::pattern::Patterns;
use crate::schema::Schema;
use crate::suite::{self, CaseBudget, Context, Suite};

/// Everything that a check needs besides the paths of the files.
pub struct Input<'a> {
    pub root: &'a Root,
    pub value_sources: &'a ValueSources,
    pub overrides: &'a [Override],
    pub profile: Option<&'a str>,
    pub schema: &'a Schema,
    pub purpose: Purpose,
}

/// What the checked files are needed for. It decides what stays in memory, since ten thousand suites
/// and their texts may not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only the findings.
    Validate,
    /// Also the suites.
    List,
    /// Also the text of every file: cases will run, and their findings point into it.
    Run,
}

/// The result of a check.
#[derive(Default)]
pub struct Checked {
    /// The suites that can run, in the order of their paths. Empty for [`Purpose::Validate`].
    pub suites: Vec<Suite>,
    /// What each file declares and which files it owns, in the same order.
    pub file_owners: Vec<FileOwner>,
    /// The findings of all files, in the order of the files and of the positions in them.
    pub findings: Vec<Finding>,
    /// For each override, whether it applies to any of the files.
    pub overrides_used: Vec<bool>,
    /// Whether any of the files declares the requested profile.
    pub profile_found: bool,
    /// The profiles that the files declare.
    pub profiles: BTreeSet<String>,
    /// The files that were checked.
    pub paths: Vec<PathBuf>,
    /// The files and environment variables that the configs read.
    pub read_log: ReadLog,
    /// What settings and comments exempt from the checks.
    pub weakened: Weakened,
}

impl Checked {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether some cases are unknown because their files have mistakes.
    pub fn has_hidden_cases(&self) -> bool {
        self.file_owners.len() < self.paths.len()
            || self.file_owners.iter().any(|config| !config.has_all_cases)
    }
}

/// Checks the files at `paths` on `jobs` threads.
pub fn check(paths: &[PathBuf], input: &Input<'_>, sources: &Sources, jobs: usize) -> Checked {
    let results: Vec<Mutex<Option<FileResult>>> = paths.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(index) else { return };
            let result = check_file(path, input, sources);
            *results[index].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    thread::scope(|scope| {
        for _ in 1..jobs.min(paths.len()) {
            scope.spawn(work);
        }
        work();
    });
    let overrides_used = vec![false; input.overrides.len()];
    let ValueSources { read_log, base, .. } = input.value_sources;
    let read_log = read_log.clone();
    let mut checked = Checked { overrides_used, read_log, paths: paths.to_vec(), ..Checked::default() };
    for result in results.into_iter().filter_map(|result| result.into_inner().ok().flatten()) {
        checked.findings.extend(result.findings);
        checked.weakened.allowed += result.allowed;
        checked.suites.extend(result.suite);
        checked.file_owners.extend(result.file_owner);
        checked.profile_found |= result.profiles.iter().any(|name| Some(name.as_str()) == input.profile);
        checked.profiles.extend(result.profiles);
        for (used, here) in checked.overrides_used.iter_mut().zip(result.overrides_used) {
            *used |= here;
        }
    }
    let duplicates = lint::duplicates::check_models(&checked.file_owners);
    reload_texts(&duplicates, base, sources);
    checked.findings.extend(duplicates);
    checked
}

/// Reloads the text of each file that `findings` point into, if it was released.
fn reload_texts(findings: &[Finding], base: &Base, sources: &Sources) {
    for label in findings.iter().flat_map(|finding| std::iter::once(&finding.at).chain(&finding.related)) {
        let file = label.span.file;
        if sources.text(file).is_empty() {
            let text = base.read_text(&sources.path(file), files::CONFIG_LIMIT);
            sources.replace(file, text.unwrap_or_default());
        }
    }
}

/// The result of checking one file.
#[derive(Default)]
struct FileResult {
    suite: Option<Suite>,
    file_owner: Option<FileOwner>,
    findings: Vec<Finding>,
    /// How many findings comments removed.
    allowed: usize,
    overrides_used: Vec<bool>,
    profiles: Vec<String>,
}

fn check_file(path: &Path, input: &Input<'_>, sources: &Sources) -> FileResult {
    let base = &input.value_sources.base;
    let text: Arc<str> = match base.read_text(path, files::CONFIG_LIMIT) {
        Ok(text) => text.into(),
        Err(error) => {
            let findings = vec![unreadable_finding(path, base, &error, sources)];
            return FileResult { findings, ..FileResult::default() };
        }
    };
    let file = sources.add(path, text.clone());
    let mut result = check_text(file, path, &text, input, sources);
    sort_findings(&mut result.findings);
    // Models that inherit the same table give the same findings.
    result.findings.dedup();
    limit_findings(&mut result.findings);
    if result.findings.is_empty() && input.purpose != Purpose::Run {
        sources.release(file);
    }
    result
}

fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.at.span, a.code, &a.message).cmp(&(&b.at.span, b.code, &b.message)));
}

/// Keeps [`FINDINGS_LIMIT`] findings, errors first, and adds one with the number of the others.
///
/// A stage stops soon after it exceeds the limit, so this number is a lower bound.
fn limit_findings(findings: &mut Vec<Finding>) {
    if findings.len() <= FINDINGS_LIMIT {
        return;
    }
    findings.sort_by_key(|finding| finding.severity);
    let rest = findings.split_off(FINDINGS_LIMIT);
    sort_findings(findings);
    let more = rest.first().map(|first| {
        let message = format!("at least {} more findings in this file are not shown", rest.len());
        let severity = first.severity.min(Severity::Warning);
        Finding::new(Code::MoreFindings, first.at.span.clone(), message)
            .severity(severity)
            .help("correct the findings that are shown, and check again")
    });
    findings.extend(more);
}

fn check_text(file: FileId, path: &Path, text: &str, input: &Input<'_>, sources: &Sources) -> FileResult {
    let (document, errors) = Document::parse(text);
    let mut findings = lint::secrets::check(text, file);
    findings.extend(errors.iter().map(|error| syntax_finding(error, file)));
    if !errors.is_empty() {
        return FileResult { findings, ..FileResult::default() };
    }
    findings.extend(input.schema.check(&document, file));
    let profile_tables = document.value.get("profile").and_then(|profiles| profiles.as_object());
    let profiles = profile_tables.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let overrides_used =
        input.overrides.iter().map(|key_override| key_override.to_toml(&document.value).is_some()).collect();
    if findings.len() > FINDINGS_LIMIT {
        return FileResult { findings, overrides_used, profiles, ..FileResult::default() };
    }
    let documents = override_documents(&document, input.overrides, sources);
    findings.extend(documents.iter().flat_map(|over| input.schema.check(&over.parse(), over.file)));
    let suite = with_overrides(file, path, &document, &documents, input.profile, |layers| {
        build_suite(file, path, layers, input, sources, &mut findings)
    });
    let file_owner = Some(FileOwner::from_suite(&suite, !has_errors(&findings)));
    let allowed = lint::allow::apply(&document, file, &mut findings);
    let suite = (input.purpose != Purpose::Validate).then_some(suite);
    FileResult { suite, file_owner, findings, allowed, overrides_used, profiles }
}

/// Checks only the syntax and the schema of the files at `paths`, like an editor.
pub fn check_schema_only(paths: &[PathBuf], base: &Base, schema: &Schema, sources: &Sources) -> Checked {
    let mut checked = Checked { paths: paths.to_vec(), ..Checked::default() };
    for path in paths {
        let text = match base.read_text(path, files::CONFIG_LIMIT) {
            Ok(text) => text,
            Err(error) => {
                checked.findings.push(unreadable_finding(path, base, &error, sources));
                continue;
            }
        };
        let file = sources.add(path, text.as_str());
        let (document, errors) = Document::parse(&text);
        let mut findings: Vec<Finding> = errors.iter().map(|error| syntax_finding(error, file)).collect();
        if errors.is_empty() {
            findings = schema.check(&document, file);
        }
        limit_findings(&mut findings);
        checked.findings.extend(findings);
    }
    checked
}

fn build_suite(
    file: FileId,
    path: &Path,
    layers: &Layers<'_>,
    input: &Input<'_>,
    sources: &Sources,
    findings: &mut Vec<Finding>,
) -> Suite {
    let config = layers.merged();
    let (resolved, unresolved) = resolve::resolve_models(&config, layers);
    findings.extend(unresolved);
    findings.extend(lint::credentials::check(&config, &resolved));
    let credentials = suite::read_credentials(&config, layers);
    let (read_files, patterns, budget) = (RefCell::default(), Patterns::default(), CaseBudget::default());
    let context = Context {
        config: path,
        value_sources: input.value_sources,
        sources,
        credentials: &credentials,
        read_files: &read_files,
        patterns: &patterns,
        budget: &budget,
    };
    let endpoints = credentials.values().flat_map(|credentials| lint::sts::check(credentials));
    add_unreported(findings, endpoints);
    let mut models = Vec::new();
    for resolved in &resolved {
        let (typed, unreadable) = suite::read_model(resolved);
        // The schema reports the same mistakes with better messages.
        findings.extend(unreadable.filter(|_| !has_errors(findings)));
        let (model, more) = suite::build(resolved, &typed, &context);
        add_unreported(findings, more);
        let subject = Subject {
            typed: &typed,
            places: &resolved.places,
            credentials: typed.credentials.as_ref().and_then(|name| credentials.get(name)).map(Arc::as_ref),
            model: model.as_ref(),
        };
        add_unreported(findings, lint::check_model(subject));
        if let Some(model) = model {
            findings.extend(lint::duplicates::check_cases(&model));
            models.push(model);
        }
    }
    Suite {
        file,
        path: path.to_owned(),
        base: input.value_sources.base.clone(),
        source: input.root.relative(path),
        read_files: read_files.into_inner(),
        models,
    }
}

/// Adds the findings that the schema has not reported already.
fn add_unreported(findings: &mut Vec<Finding>, found: impl IntoIterator<Item = Finding>) {
    let new: Vec<Finding> = found.into_iter().filter(|new| !is_reported_by_schema(findings, new)).collect();
    findings.extend(new);
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Whether the schema has already reported a mistake at the position of `finding`: later stages don't repeat it.
fn is_reported_by_schema(findings: &[Finding], finding: &Finding) -> bool {
    const BY_SCHEMA: [Code; 3] = [Code::UnknownKey, Code::InvalidValue, Code::MissingKey];
    let at = &finding.at.span;
    let is_schema_finding = |finding: &&Finding| BY_SCHEMA.contains(&finding.code);
    let same_place = |other: &Span| other.file == at.file && other.start < at.end && at.start < other.end;
    findings.iter().filter(is_schema_finding).any(|finding| same_place(&finding.at.span))
}
