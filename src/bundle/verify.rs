//! Checks an archive against its manifest. A bundle is untrusted input.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::manifest::{Listed, MANIFEST, Manifest, ManifestError, REPOSITORY, RUN, sha256};
use super::name::{NameError, Names, check};
use super::outcomes::{Outcomes, counted, outcomes};
use crate::files::archive::{Archive, ArchiveError, Entry, Kind};
use crate::record::Run;
use crate::words::commas;

/// The largest file of a bundle.
pub const FILE_LIMIT: u64 = 256 << 20;

/// The largest size of all files of a bundle, unpacked.
pub const TOTAL_LIMIT: u64 = 1 << 30;

/// A bundle that matches its manifest.
#[derive(Debug)]
pub struct Verified {
    pub manifest: Manifest,
    /// The outcome of each case.
    pub outcomes: Outcomes,
    /// The SHA-256 of the archive, as `sha256sum` prints it.
    pub digest: String,
}

/// What is wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("there is no `{MANIFEST}`, so this is no bundle")]
    NoManifest,
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("the name `{}` can't be used: {why}", name.escape_debug())]
    Name { name: String, why: NameError },
    #[error("`{name}` is no plain file")]
    NoFile { name: String },
    #[error("unpacked it is larger than the {} MiB that are read", TOTAL_LIMIT >> 20)]
    TooLarge,
    #[error("`{name}` is in the archive, and the manifest doesn't list it")]
    NotListed { name: String },
    #[error("`{name}` is listed in the manifest, and not in the archive")]
    Missing { name: String },
    #[error("`{name}` is listed in the manifest more than once")]
    ListedTwice { name: String },
    #[error("`{name}` has {found} bytes, and the manifest says {expected}")]
    Size { name: String, expected: u64, found: u64 },
    #[error("`{name}` is not what it was: its SHA-256 is {found}, and the manifest says {expected}")]
    Hash { name: String, expected: String, found: String },
    #[error("the config `{name}` is none of the files of the repository that the manifest lists")]
    NoConfig { name: String },
    #[error("the manifest names no config")]
    NoConfigs,
    #[error("`{RUN}` is missing: it tells what became of the cases")]
    NoRun,
    #[error("there is no record of one whole run: {why}")]
    Run { why: String },
    #[error("the manifest counts {counted}, and `{RUN}` tells {told}")]
    Outcomes { counted: String, told: String },
    #[error("`{name}`: {cause}")]
    Unpack { name: String, cause: io::Error },
}

/// Checks the bundle `bytes` and passes each valid file to `take`. Returns all problems that it finds.
pub fn verify(
    bytes: &[u8],
    take: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<Verified, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    let archive = Archive::read(bytes).map_err(|error| one(error.into()))?;
    let entries = archive.entries().map_err(|error| one(error.into()))?;
    archive.check_alone(&entries).map_err(|error| one(error.into()))?;
    let (files, mut problems) = files(entries);
    // Contents are only unpacked if all names are valid and the total size is within the limit.
    if !problems.is_empty() {
        return Err(problems);
    }
    let manifest = manifest(&archive, &files).map_err(one)?;
    let mut run = None;
    let take = &mut |name: &str, contents: &[u8]| {
        if name == RUN {
            run = Some(contents.to_vec());
        }
        take(name, contents)
    };
    let mut listed = by_name(&manifest.files, &mut problems);
    for entry in files.iter().filter(|entry| entry.name != MANIFEST) {
        let Some(expected) = listed.remove(entry.name.as_str()) else {
            problems.push(Problem::NotListed { name: entry.name.clone() });
            continue;
        };
        problems.extend(checked(&archive, entry, expected, take).err());
    }
    problems.extend(listed.keys().map(|name| Problem::Missing { name: (*name).to_owned() }));
    problems.extend(incomplete(&manifest));
    let outcomes = run.map(|run| same_outcomes(&manifest, &run)).transpose();
    let outcomes = outcomes.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Verified { manifest, outcomes: outcomes.unwrap_or_default(), digest: sha256(bytes) })
}

/// Whether `bytes` are an archive with a manifest, which need not be valid.
pub fn is_bundle(bytes: &[u8]) -> bool {
    let entries = Archive::read(bytes).and_then(|archive| archive.entries());
    entries.is_ok_and(|entries| entries.iter().any(|entry| entry.name == MANIFEST))
}

/// The entries that are files, and problems for which the contents must not be unpacked.
fn files(entries: Vec<Entry>) -> (Vec<Entry>, Vec<Problem>) {
    let (mut names, mut problems) = (Names::default(), Vec::new());
    let total = entries.iter().fold(0_u64, |total, entry| total.saturating_add(entry.size));
    if total > TOTAL_LIMIT {
        problems.push(Problem::TooLarge);
    }
    let mut files = Vec::new();
    for entry in entries {
        let name = || entry.name.clone();
        let taken = if entry.kind == Kind::Folder { check(&entry.name) } else { names.take(&entry.name) };
        match (taken, entry.kind) {
            (Err(why), _) => problems.push(Problem::Name { name: name(), why }),
            (Ok(()), Kind::Other) => problems.push(Problem::NoFile { name: name() }),
            (Ok(()), Kind::File) => files.push(entry),
            (Ok(()), Kind::Folder) => (),
        }
    }
    (files, problems)
}

fn manifest(archive: &Archive<'_>, files: &[Entry]) -> Result<Manifest, Problem> {
    let entry = files.iter().find(|entry| entry.name == MANIFEST).ok_or(Problem::NoManifest)?;
    Ok(Manifest::parse(&archive.contents(entry, FILE_LIMIT)?)?)
}

/// Files that a replay needs and the manifest doesn't list.
fn incomplete(manifest: &Manifest) -> Vec<Problem> {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let configs = manifest.conditions.configs.iter();
    let lost = configs.filter(|config| !listed.contains([REPOSITORY, config].concat().as_str()));
    let lost = lost.map(|config| Problem::NoConfig { name: config.clone() });
    let none = manifest.conditions.configs.is_empty().then_some(Problem::NoConfigs);
    lost.chain(none).chain((!listed.contains(RUN)).then_some(Problem::NoRun)).collect()
}

/// The outcomes in the record of the run, if their numbers are those in the manifest.
fn same_outcomes(manifest: &Manifest, record: &[u8]) -> Result<Outcomes, Problem> {
    let other = |why: String| Problem::Run { why };
    let text = std::str::from_utf8(record).map_err(|_| other(format!("`{RUN}` is not UTF-8")))?;
    let run = Run::parse(Path::new(RUN), text).map_err(|error| other(error.to_string()))?;
    if let Some(lost) = run.missing.first() {
        return Err(other(lost.clone()));
    }
    if run.starts.len() != 1 {
        return Err(other(format!("`{RUN}` tells {} runs", run.starts.len())));
    }
    let told = counted(&run);
    if told == manifest.outcomes {
        return Ok(outcomes(&run, str::to_owned));
    }
    Err(Problem::Outcomes { counted: in_words(&manifest.outcomes), told: in_words(&told) })
}

fn in_words(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() {
        return "no case".to_owned();
    }
    commas(counts.iter().map(|(outcome, count)| format!("{count} `{outcome}`")))
}

fn by_name<'m>(files: &'m [Listed], problems: &mut Vec<Problem>) -> BTreeMap<&'m str, &'m Listed> {
    let mut listed = BTreeMap::new();
    for file in files {
        if listed.insert(file.path.as_str(), file).is_some() {
            problems.push(Problem::ListedTwice { name: file.path.clone() });
        }
    }
    listed
}

fn checked(
    archive: &Archive<'_>,
    entry: &Entry,
    expected: &Listed,
    take: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<(), Problem> {
    let contents = archive.contents(entry, FILE_LIMIT)?;
    let (name, size) = (entry.name.clone(), contents.len() as u64);
    if size != expected.size {
        return Err(Problem::Size { name, expected: expected.size, found: size });
    }
    let found = sha256(&contents);
    if found != expected.sha256 {
        return Err(Problem::Hash { name, expected: expected.sha256.clone(), found });
    }
    take(&name, &contents).map_err(|cause| Problem::Unpack { name, cause })
}
