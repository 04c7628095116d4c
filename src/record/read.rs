//! Reads recorded runs and merges them into one. Missing parts are reported.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::run::{LineError, Record, Run, SeenFindings, Shard};
use crate::files::read_text;

/// Largest size of a recorded run in bytes.
const LIMIT: u64 = 256 << 20;

/// Why a file can't be read as a recorded run.
#[derive(Debug, thiserror::Error)]
#[error("`{}`, line {line}: {why}", path.display())]
pub struct ReadError {
    path: PathBuf,
    line: usize,
    why: LineError,
}

/// Reads recorded runs as one, in the order of their files, and calls `take` with each line and its record. The record is
/// `None` if its type is unknown or if it repeats a finding. Returns a sentence for each part that is missing.
pub fn read(paths: &[PathBuf], take: impl FnMut(&str, Option<Record>)) -> Result<Vec<String>, ReadError> {
    let mut reader = Reader::new(take);
    for path in paths {
        match read_text(path, LIMIT) {
            Ok(text) => reader.file(path, &text)?,
            Err(why) => reader.missing.push(why.to_string()),
        }
    }
    Ok(reader.missing())
}

impl Run {
    /// Reads the run that is recorded in the files at `paths`.
    pub fn read(paths: &[PathBuf]) -> Result<Run, ReadError> {
        let mut run = Run::default();
        run.missing = read(paths, |_, record| run.extend(record))?;
        Ok(run)
    }

    /// Reads the run that is recorded in `text`, the contents of the file at `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Run, ReadError> {
        let mut run = Run::default();
        let mut reader = Reader::new(|_, record| run.extend(record));
        reader.file(path, text)?;
        run.missing = reader.missing();
        Ok(run)
    }
}

struct Reader<F> {
    take: F,
    seen_findings: SeenFindings,
    shards: Vec<Shard>,
    missing: Vec<String>,
}

/// How many records of each kind a file contains, and how many cases its runs started with.
#[derive(Default)]
struct Count {
    starts: usize,
    cases: usize,
    ends: usize,
    expected: usize,
}

impl<F: FnMut(&str, Option<Record>)> Reader<F> {
    fn new(take: F) -> Reader<F> {
        Reader { take, seen_findings: SeenFindings::default(), shards: Vec::new(), missing: Vec::new() }
    }

    /// An incomplete last line is not an error: the process that wrote it was killed.
    fn file(&mut self, path: &Path, text: &str) -> Result<(), ReadError> {
        let mut count = Count::default();
        let last = text.lines().count();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match Record::read(line) {
                Ok(record) => {
                    if let Some(record) = &record {
                        self.count(record, &mut count);
                    }
                    (self.take)(line, record.filter(|record| self.seen_findings.is_new(record)));
                }
                Err(LineError::Json(_)) if index + 1 == last && index > 0 && count.ends == 0 => (),
                Err(why) => return Err(ReadError { path: path.to_owned(), line: index + 1, why }),
            }
        }
        if count.ends == 0 || count.ends < count.starts {
            let Count { cases, expected, .. } = count;
            let name = path.display();
            self.missing.push(format!("`{name}` was cut short: it contains {cases} of {expected} cases"));
        }
        Ok(())
    }

    fn count(&mut self, record: &Record, count: &mut Count) {
        match record {
            Record::Start(start) => {
                count.starts += 1;
                count.expected = count.expected.saturating_add(start.cases);
                self.shards.extend(start.shard);
            }
            Record::Case(_) => count.cases += 1,
            Record::End(_) => count.ends += 1,
            Record::Finding { .. } => (),
        }
    }

    fn missing(mut self) -> Vec<String> {
        self.missing.extend(shard_problems(&self.shards));
        self.missing
    }
}

/// Reports the shards that are missing, and those that are present more than once.
fn shard_problems(shards: &[Shard]) -> Vec<String> {
    let mut found: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for shard in shards {
        *found.entry(shard.of).or_default().entry(shard.index).or_default() += 1;
    }
    let problems = found
        .iter()
        .flat_map(|(of, found)| missing_shards(*of, found).into_iter().chain(repeated_shards(*of, found)));
    problems.collect()
}

/// One sentence for each gap. The number of shards comes from the file and may be huge, so this doesn't loop over it.
fn missing_shards(of: usize, found: &BTreeMap<usize, usize>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut next = 1;
    let indices = found.keys().copied().filter(|index| (1..=of).contains(index));
    for last in indices.map(|index| index - 1).chain([of]) {
        match last.cmp(&next) {
            Ordering::Less => (),
            Ordering::Equal => problems.push(format!("shard {next} of {of} is missing")),
            Ordering::Greater => problems.push(format!("shards {next} to {last} of {of} are missing")),
        }
        next = last.saturating_add(2);
    }
    problems
}

fn repeated_shards(of: usize, found: &BTreeMap<usize, usize>) -> impl Iterator<Item = String> {
    let repeated = found.iter().filter(|(_, times)| **times > 1);
    repeated.map(move |(index, times)| {
        format!("shard {index} of {of} is present {times} times, so its cases are counted {times} times")
    })
}
