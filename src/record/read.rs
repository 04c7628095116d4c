//! Reads recorded runs back; several become one. What is missing is named.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::run::{Distinct, LineError, Record, Run, Shard};
use crate::files::read_text;

/// Bytes of one recorded run.
const LIMIT: u64 = 256 << 20;

/// A file that is no recorded run.
#[derive(Debug, thiserror::Error)]
#[error("`{}`, line {line}: {why}", path.display())]
pub struct NoRun {
    path: PathBuf,
    line: usize,
    why: LineError,
}

/// Reads recorded runs as one, in the order of their files, and hands each line on with its record. There is no record
/// if its type is not known, or if it repeats a finding. What is missing is returned, a sentence each.
pub fn read(paths: &[PathBuf], take: impl FnMut(&str, Option<Record>)) -> Result<Vec<String>, NoRun> {
    let mut reader = Reader::new(take);
    for path in paths {
        match read_text(path, LIMIT) {
            Ok(text) => reader.file(path, &text)?,
            Err(why) => reader.lost.push(why.to_string()),
        }
    }
    Ok(reader.lost())
}

impl Run {
    /// The run that the files at `paths` record.
    pub fn read(paths: &[PathBuf]) -> Result<Run, NoRun> {
        let mut run = Run::default();
        run.lost = read(paths, |_, record| run.extend(record))?;
        Ok(run)
    }

    /// The run that `text` of the file at `path` records.
    pub fn of(path: &Path, text: &str) -> Result<Run, NoRun> {
        let mut run = Run::default();
        let mut reader = Reader::new(|_, record| run.extend(record));
        reader.file(path, text)?;
        run.lost = reader.lost();
        Ok(run)
    }
}

struct Reader<F> {
    take: F,
    distinct: Distinct,
    shards: Vec<Shard>,
    lost: Vec<String>,
}

/// How many records of each kind a file has, and how many cases its runs were to have.
#[derive(Default)]
struct Count {
    starts: usize,
    cases: usize,
    ends: usize,
    expected: usize,
}

impl<F: FnMut(&str, Option<Record>)> Reader<F> {
    fn new(take: F) -> Reader<F> {
        Reader { take, distinct: Distinct::default(), shards: Vec::new(), lost: Vec::new() }
    }

    /// A last line that was cut is not an error: whoever wrote it was killed.
    fn file(&mut self, path: &Path, text: &str) -> Result<(), NoRun> {
        let mut count = Count::default();
        let last = text.lines().count();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match Record::read(line) {
                Ok(record) => {
                    if let Some(record) = &record {
                        self.count(record, &mut count);
                    }
                    (self.take)(line, record.filter(|record| self.distinct.is_new(record)));
                }
                Err(LineError::Json(_)) if index + 1 == last && index > 0 && count.ends == 0 => (),
                Err(why) => return Err(NoRun { path: path.to_owned(), line: index + 1, why }),
            }
        }
        if count.ends == 0 || count.ends < count.starts {
            let Count { cases, expected, .. } = count;
            let name = path.display();
            self.lost.push(format!("`{name}` was cut short: {cases} of {expected} cases are in it"));
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

    fn lost(mut self) -> Vec<String> {
        self.lost.extend(lost_shards(&self.shards));
        self.lost
    }
}

/// The shards that no file is of, and those that are there more than once.
fn lost_shards(shards: &[Shard]) -> Vec<String> {
    let mut found: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for shard in shards {
        *found.entry(shard.of).or_default().entry(shard.index).or_default() += 1;
    }
    let told =
        found.iter().flat_map(|(of, found)| missing(*of, found).into_iter().chain(doubled(*of, found)));
    told.collect()
}

/// One sentence for each gap. A count of shards is somebody else's word, so they are not counted through.
fn missing(of: usize, found: &BTreeMap<usize, usize>) -> Vec<String> {
    let mut told = Vec::new();
    let mut next = 1;
    let indices = found.keys().copied().filter(|index| (1..=of).contains(index));
    for last in indices.map(|index| index - 1).chain([of]) {
        match last.cmp(&next) {
            Ordering::Less => (),
            Ordering::Equal => told.push(format!("shard {next} of {of} is missing")),
            Ordering::Greater => told.push(format!("shards {next} to {last} of {of} are missing")),
        }
        next = last.saturating_add(2);
    }
    told
}

fn doubled(of: usize, found: &BTreeMap<usize, usize>) -> impl Iterator<Item = String> {
    let doubled = found.iter().filter(|(_, times)| **times > 1);
    doubled.map(move |(index, times)| {
        format!("shard {index} of {of} is there {times} times, and its cases are told as often")
    })
}
