//! Checks an archive against its manifest. A bundle is untrusted input.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::manifest::{ListedFile, MANIFEST, Manifest, ManifestError, REPOSITORY, RUN, sha256};
use super::name::{NameError, Names};
use super::outcomes::{Outcomes, case_outcomes, count_outcomes};
use crate::files::archive::{Archive, ArchiveError, Entry, EntryKind};
use crate::record::Run;
use crate::words::commas;

/// The largest file of a bundle.
pub const FILE_LIMIT: u64 = 256 << 20;

/// The largest size of all files of a bundle, unpacked.
pub const TOTAL_LIMIT: u64 = 1 << 30;

/// A bundle that matches its manifest.
#[derive(Debug)]
pub struct VerifiedBundle {
    pub manifest: Manifest,
    /// The outcome of each case.
    pub outcomes: Outcomes,
    /// The SHA-256 of the archive, as `sha256sum` prints it.
    pub digest: String,
}

/// A reason why a bundle is invalid.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("there is no `{MANIFEST}`, so this is not a bundle")]
    NoManifest,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("the name `{}` can't be used: {why}", name.escape_debug())]
    Name { name: String, why: NameError },
    #[error("`{name}` is not a regular file")]
    NotAFile { name: String },
    #[error("the unpacked files have more than {} MiB in total", TOTAL_LIMIT >> 20)]
    TooLarge,
    #[error("`{name}` is in the archive, but the manifest doesn't list it")]
    NotListed { name: String },
    #[error("the manifest lists `{name}`, but it is not in the archive")]
    Missing { name: String },
    #[error("the manifest lists `{name}` more than once")]
    ListedTwice { name: String },
    #[error("`{name}` has {found} bytes, but the manifest lists {expected}")]
    SizeMismatch { name: String, expected: u64, found: u64 },
    #[error("`{name}` was changed: its SHA-256 is {found}, but the manifest lists {expected}")]
    HashMismatch { name: String, expected: String, found: String },
    #[error("the manifest names the config `{name}`, but doesn't list it as a file of the repository")]
    UnlistedConfig { name: String },
    #[error("the manifest names no config")]
    NoConfigs,
    #[error("`{RUN}` is missing: it contains the outcomes of the cases")]
    NoRunReport,
    #[error("the record of the run is invalid: {why}")]
    InvalidRun { why: String },
    #[error("the manifest lists {listed}, but `{RUN}` contains {found}")]
    OutcomeMismatch { listed: String, found: String },
    #[error("can't unpack `{name}`: {cause}")]
    Unpack { name: String, cause: io::Error },
}

/// Checks the bundle `bytes` and passes each valid file to `on_file`. Returns all problems that it finds.
pub fn verify(
    bytes: &[u8],
    on_file: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<VerifiedBundle, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let archive = Archive::read(bytes).map_err(|error| one(error.into()))?;
    let entries = archive.entries().map_err(|error| one(error.into()))?;
    archive.check_no_extra_bytes(&entries).map_err(|error| one(error.into()))?;
    let (files, mut problems) = split_files(entries);
    // Contents are only unpacked if all names are valid and the total size is within the limit.
    if !problems.is_empty() {
        return Err(problems);
    }
    let manifest = read_manifest(&archive, &files).map_err(one)?;
    let mut run = None;
    let on_file = &mut |name: &str, contents: &[u8]| {
        if name == RUN {
            run = Some(contents.to_vec());
        }
        on_file(name, contents)
    };
    let mut listed = index_by_name(&manifest.files, &mut problems);
    for entry in files.iter().filter(|entry| entry.name != MANIFEST) {
        let Some(expected) = listed.remove(entry.name.as_str()) else {
            problems.push(Problem::NotListed { name: entry.name.clone() });
            continue;
        };
        problems.extend(check_file(&archive, entry, expected, on_file).err());
    }
    problems.extend(listed.keys().map(|name| Problem::Missing { name: (*name).to_owned() }));
    problems.extend(unlisted_inputs(&manifest));
    let outcomes = run.map(|run| check_outcomes(&manifest, &run)).transpose();
    let outcomes = outcomes.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(VerifiedBundle { manifest, outcomes: outcomes.unwrap_or_default(), digest: sha256(bytes) })
}

/// Whether `bytes` are an archive with a manifest, which need not be valid.
pub fn is_bundle(bytes: &[u8]) -> bool {
    let entries = Archive::read(bytes).and_then(|archive| archive.entries());
    entries.is_ok_and(|entries| entries.iter().any(|entry| entry.name == MANIFEST))
}

/// The entries that are files, and problems for which the contents must not be unpacked.
fn split_files(entries: Vec<Entry>) -> (Vec<Entry>, Vec<Problem>) {
    let (mut names, mut problems) = (Names::default(), Vec::new());
    let total = entries.iter().fold(0_u64, |total, entry| total.saturating_add(entry.size));
    if total > TOTAL_LIMIT {
        problems.push(Problem::TooLarge);
    }
    let mut files = Vec::new();
    for entry in entries {
        let name = || entry.name.clone();
        match (names.insert(&entry.name), entry.kind) {
            (Err(why), _) => problems.push(Problem::Name { name: name(), why }),
            (Ok(()), EntryKind::Special) => problems.push(Problem::NotAFile { name: name() }),
            (Ok(()), EntryKind::File) => files.push(entry),
            (Ok(()), EntryKind::Folder) => (),
        }
    }
    (files, problems)
}

fn read_manifest(archive: &Archive<'_>, files: &[Entry]) -> Result<Manifest, Problem> {
    let entry = files.iter().find(|entry| entry.name == MANIFEST).ok_or(Problem::NoManifest)?;
    Ok(Manifest::parse(&archive.unpack(entry, FILE_LIMIT)?)?)
}

/// Files that a replay needs and the manifest doesn't list.
fn unlisted_inputs(manifest: &Manifest) -> Vec<Problem> {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let configs = manifest.conditions.configs.iter();
    let missing = configs.filter(|config| !listed.contains([REPOSITORY, config].concat().as_str()));
    let missing = missing.map(|config| Problem::UnlistedConfig { name: config.clone() });
    let no_configs = manifest.conditions.configs.is_empty().then_some(Problem::NoConfigs);
    missing.chain(no_configs).chain((!listed.contains(RUN)).then_some(Problem::NoRunReport)).collect()
}

/// The outcomes in the record of the run, if their numbers are those in the manifest.
fn check_outcomes(manifest: &Manifest, record: &[u8]) -> Result<Outcomes, Problem> {
    let invalid = |why: String| Problem::InvalidRun { why };
    let text = std::str::from_utf8(record).map_err(|_| invalid(format!("`{RUN}` is not UTF-8")))?;
    let run = Run::parse(Path::new(RUN), text).map_err(|error| invalid(error.to_string()))?;
    if let Some(missing) = run.missing.first() {
        return Err(invalid(missing.clone()));
    }
    if run.starts.len() != 1 {
        return Err(invalid(format!("`{RUN}` contains {} runs", run.starts.len())));
    }
    let found = count_outcomes(&run);
    if found == manifest.outcomes {
        return Ok(case_outcomes(&run, str::to_owned));
    }
    let listed = describe_counts(&manifest.outcomes);
    Err(Problem::OutcomeMismatch { listed, found: describe_counts(&found) })
}

fn describe_counts(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() {
        return "no case".to_owned();
    }
    commas(counts.iter().map(|(outcome, count)| format!("{count} `{outcome}`")))
}

fn index_by_name<'m>(
    files: &'m [ListedFile],
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'m str, &'m ListedFile> {
    let mut listed = BTreeMap::new();
    for file in files {
        if listed.insert(file.path.as_str(), file).is_some() {
            problems.push(Problem::ListedTwice { name: file.path.clone() });
        }
    }
    listed
}

fn check_file(
    archive: &Archive<'_>,
    entry: &Entry,
    expected: &ListedFile,
    on_file: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<(), Problem> {
    let contents = archive.unpack(entry, FILE_LIMIT)?;
    let (name, size) = (entry.name.clone(), contents.len() as u64);
    if size != expected.size {
        return Err(Problem::SizeMismatch { name, expected: expected.size, found: size });
    }
    let found = sha256(&contents);
    if found != expected.sha256 {
        return Err(Problem::HashMismatch { name, expected: expected.sha256.clone(), found });
    }
    on_file(&name, &contents).map_err(|cause| Problem::Unpack { name, cause })
}
