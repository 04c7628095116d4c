//! Every offline stage over every file: bytes → TOML → schema → layers → models → lint.
//!
//! No stage stops at the first mistake; all findings of all files come back, in file order.

mod broken;
mod layered;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

pub use broken::{syntax, unreadable};
use layered::{override_documents, with_overlaid};
pub use layered::{with_layers, with_layers_of};

use crate::config::layers::Layers;
use crate::config::overrides::Override;
use crate::config::resolve;
use crate::config::root::Root;
use crate::config::source::Document;
use crate::config::value::{Reads, Surroundings};
use crate::diagnose::{Code, FINDINGS_LIMIT, FileId, Finding, Severity, Sources, Span};
use crate::files::{self, Base};
use crate::lint::{self, Subject, claims::Claims};
use crate::schema::Schema;
use crate::suite::{self, Context, Suite};

/// What files are checked with.
pub struct Input<'a> {
    pub root: &'a Root,
    pub surroundings: &'a Surroundings,
    pub overrides: &'a [Override],
    pub profile: Option<&'a str>,
    pub schema: &'a Schema,
    pub purpose: Purpose,
}

/// What checked files are for, and so what is kept of them: ten thousand suites fill a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only the findings.
    Validate,
    /// The suites as well.
    List,
    /// And the text of all files: cases will be run, and may point into them.
    Run,
}

/// What checking gave.
#[derive(Default)]
pub struct Checked {
    /// Files that can run, in the order of their paths. None if they were only validated.
    pub suites: Vec<Suite>,
    /// What the files take for themselves, in the same order.
    pub claims: Vec<Claims>,
    /// In the order of files and places.
    pub findings: Vec<Finding>,
    /// Which of the overrides some file took.
    pub overrides_used: Vec<bool>,
    /// Whether some file declares the profile that was asked for.
    pub profile_found: bool,
    /// The profiles that the files declare.
    pub profiles: BTreeSet<String>,
    /// How many files were checked.
    pub files: usize,
    /// What they read besides themselves.
    pub reads: Reads,
}

impl Checked {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether mistakes in the files hide some of their cases.
    pub fn hides_cases(&self) -> bool {
        self.claims.len() < self.files || self.claims.iter().any(|config| !config.is_whole)
    }
}

/// Checks `paths` on as many threads as there are `jobs`.
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
    let Surroundings { reads, base, .. } = input.surroundings;
    let reads = reads.clone();
    let mut checked = Checked { overrides_used, reads, files: paths.len(), ..Checked::default() };
    for result in results.into_iter().filter_map(|result| result.into_inner().ok().flatten()) {
        checked.findings.extend(result.findings);
        checked.suites.extend(result.suite);
        checked.claims.extend(result.claims);
        checked.profile_found |= result.profiles.iter().any(|name| Some(name.as_str()) == input.profile);
        checked.profiles.extend(result.profiles);
        for (used, here) in checked.overrides_used.iter_mut().zip(result.overrides_used) {
            *used |= here;
        }
    }
    let duplicates = lint::duplicates::models(&checked.claims);
    remember(&duplicates, base, sources);
    checked.findings.extend(duplicates);
    checked
}

/// Reads the texts again that `findings` point into and that were released.
fn remember(findings: &[Finding], base: &Base, sources: &Sources) {
    for label in findings.iter().flat_map(|finding| std::iter::once(&finding.at).chain(&finding.related)) {
        let file = label.span.file;
        if sources.text(file).is_empty() {
            let text = base.read_text(&sources.path(file), files::CONFIG_LIMIT);
            sources.replace(file, text.unwrap_or_default());
        }
    }
}

/// What one file gave.
#[derive(Default)]
struct FileResult {
    suite: Option<Suite>,
    claims: Option<Claims>,
    findings: Vec<Finding>,
    overrides_used: Vec<bool>,
    profiles: Vec<String>,
}

fn check_file(path: &Path, input: &Input<'_>, sources: &Sources) -> FileResult {
    let base = &input.surroundings.base;
    let text: Arc<str> = match base.read_text(path, files::CONFIG_LIMIT) {
        Ok(text) => text.into(),
        Err(error) => {
            let findings = vec![unreadable(path, base, &error, sources)];
            return FileResult { findings, ..FileResult::default() };
        }
    };
    let file = sources.add(path, text.clone());
    let mut result = check_text(file, path, &text, input, sources);
    in_order(&mut result.findings);
    // What several models take over from one table is told once.
    result.findings.dedup();
    shorten(&mut result.findings);
    if result.findings.is_empty() && input.purpose != Purpose::Run {
        sources.release(file);
    }
    result
}

fn in_order(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.at.span, a.code, &a.message).cmp(&(&b.at.span, b.code, &b.message)));
}

/// Keeps [`FINDINGS_LIMIT`] findings, errors before all others, and tells that there are more.
///
/// Stages stop when they have found more than these, so that the number of the rest is a lower bound.
fn shorten(findings: &mut Vec<Finding>) {
    if findings.len() <= FINDINGS_LIMIT {
        return;
    }
    findings.sort_by_key(|finding| finding.severity);
    let rest = findings.split_off(FINDINGS_LIMIT);
    in_order(findings);
    let more = rest.first().map(|first| {
        let message = format!("at least {} more findings in this file are not shown", rest.len());
        let severity = first.severity.min(Severity::Warning);
        Finding::new(Code::MoreFindings, first.at.span.clone(), message)
            .severity(severity)
            .help("correct what is shown, and check again")
    });
    findings.extend(more);
}

fn check_text(file: FileId, path: &Path, text: &str, input: &Input<'_>, sources: &Sources) -> FileResult {
    let (document, errors) = Document::parse(text);
    let mut findings = lint::secrets::check(text, file);
    findings.extend(errors.iter().map(|error| syntax(error, file)));
    if !errors.is_empty() {
        return FileResult { findings, ..FileResult::default() };
    }
    findings.extend(input.schema.check(&document, file));
    let profile_tables = document.value.get("profile").and_then(|profiles| profiles.as_object());
    let profiles = profile_tables.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let overrides_used = input.overrides.iter().map(|set| set.toml(&document.value).is_some()).collect();
    if findings.len() > FINDINGS_LIMIT {
        return FileResult { findings, overrides_used, profiles, ..FileResult::default() };
    }
    let documents = override_documents(&document, input.overrides, sources);
    findings.extend(documents.iter().flat_map(|over| input.schema.check(&over.parse(), over.file)));
    let suite = with_overlaid(file, path, &document, &documents, input.profile, |layers| {
        build(file, path, layers, input, sources, &mut findings)
    });
    let claims = Some(Claims::of(&suite, !has_errors(&findings)));
    lint::allow::apply(&document, file, &mut findings);
    let suite = (input.purpose != Purpose::Validate).then_some(suite);
    FileResult { suite, claims, findings, overrides_used, profiles }
}

/// Syntax and schema of `paths`, as an editor checks them.
pub fn schema_only(paths: &[PathBuf], base: &Base, schema: &Schema, sources: &Sources) -> Checked {
    let mut checked = Checked { files: paths.len(), ..Checked::default() };
    for path in paths {
        let text = match base.read_text(path, files::CONFIG_LIMIT) {
            Ok(text) => text,
            Err(error) => {
                checked.findings.push(unreadable(path, base, &error, sources));
                continue;
            }
        };
        let file = sources.add(path, text.as_str());
        let (document, errors) = Document::parse(&text);
        let mut findings: Vec<Finding> = errors.iter().map(|error| syntax(error, file)).collect();
        if errors.is_empty() {
            findings = schema.check(&document, file);
        }
        shorten(&mut findings);
        checked.findings.extend(findings);
    }
    checked
}

fn build(
    file: FileId,
    path: &Path,
    layers: &Layers<'_>,
    input: &Input<'_>,
    sources: &Sources,
    findings: &mut Vec<Finding>,
) -> Suite {
    let config = layers.merged();
    let (resolved, unresolved) = resolve::models(&config, layers);
    findings.extend(unresolved);
    findings.extend(lint::credentials::check(&config, &resolved));
    let credentials = suite::credentials(&config, layers);
    let reads = RefCell::default();
    let context = Context {
        config: path,
        surroundings: input.surroundings,
        sources,
        credentials: &credentials,
        reads: &reads,
    };
    let endpoints = credentials.values().flat_map(|credentials| lint::sts::check(credentials));
    add_new(findings, endpoints);
    let mut models = Vec::new();
    for resolved in &resolved {
        let (typed, unreadable) = suite::typed(resolved);
        // The schema says it better, if it says something.
        findings.extend(unreadable.filter(|_| !has_errors(findings)));
        let (model, more) = suite::build(resolved, &typed, &context);
        add_new(findings, more);
        let subject = Subject {
            typed: &typed,
            places: &resolved.places,
            credentials: typed.credentials.as_ref().and_then(|name| credentials.get(name)).map(Arc::as_ref),
            model: model.as_ref(),
        };
        add_new(findings, lint::model(subject));
        if let Some(model) = model {
            findings.extend(lint::duplicates::cases(&model));
            models.push(model);
        }
    }
    Suite {
        file,
        path: path.to_owned(),
        base: input.surroundings.base.clone(),
        source: input.root.relative(path),
        reads: reads.into_inner(),
        models,
    }
}

/// Adds what a stage before has not reported.
fn add_new(findings: &mut Vec<Finding>, found: impl IntoIterator<Item = Finding>) {
    let new: Vec<Finding> = found.into_iter().filter(|new| !told(findings, new)).collect();
    findings.extend(new);
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// What the schema refused is not told again by the stage that trips over it.
fn told(findings: &[Finding], again: &Finding) -> bool {
    const BY_SCHEMA: [Code; 3] = [Code::UnknownKey, Code::InvalidValue, Code::MissingKey];
    let at = &again.at.span;
    let schema = |finding: &&Finding| BY_SCHEMA.contains(&finding.code);
    let same_place = |other: &Span| other.file == at.file && other.start < at.end && at.start < other.end;
    findings.iter().filter(schema).any(|finding| same_place(&finding.at.span))
}
