//! Reads recorded runs and merges them into one. Missing parts are reported.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run::{LineError, Record, Run, SeenFindings, Shard};
use crate::diagnose::{masked_value, secrets};
use crate::files::{self, read_lines};
use crate::json::{VALUES_LIMIT, at_most_values};

/// Largest size of a recorded run in bytes.
const LIMIT: u64 = 256 << 20;

/// The maximum size of a line in bytes. A case with the largest request and answer has about 100 MiB.
const LINE_LIMIT: u64 = 128 << 20;

/// The maximum number of JSON values of a run. A case has about 80, and 1,600 if its answer is an embedding.
const RUN_VALUES_LIMIT: usize = 2_000_000;

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
        match read_lines(path, LIMIT, LINE_LIMIT) {
            Ok(lines) => reader.file(path, lines)?,
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
        reader.file(path, text.lines().map(Ok))?;
        run.missing = reader.missing();
        Ok(run)
    }
}

struct Reader<F> {
    take: F,
    seen_findings: SeenFindings,
    shards: Vec<Shard>,
    missing: Vec<String>,
    values: usize,
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
        Reader {
            take,
            seen_findings: SeenFindings::default(),
            shards: Vec::new(),
            missing: Vec::new(),
            values: 0,
        }
    }

    /// An incomplete last line is not an error: the process that wrote it was killed.
    fn file<L: AsRef<str>>(
        &mut self,
        path: &Path,
        lines: impl Iterator<Item = Result<L, files::ReadError>>,
    ) -> Result<(), ReadError> {
        let mut count = Count::default();
        let mut lines = lines.enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let line = match &line {
                Ok(line) if line.as_ref().trim().is_empty() => continue,
                Ok(line) => line.as_ref(),
                Err(why) => {
                    self.missing.push(why.to_string());
                    break;
                }
            };
            let line = self.count_values(line).map(|()| without_secrets(line));
            match line.and_then(|line| Ok((Record::read(&line)?, line))) {
                Ok((record, line)) => {
                    if let Some(record) = &record {
                        self.count(record, &mut count);
                    }
                    (self.take)(&line, record.filter(|record| self.seen_findings.is_new(record)));
                }
                Err(LineError::Json(_)) if lines.peek().is_none() && index > 0 && count.ends == 0 => (),
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

    /// Counts the values before the line is parsed, because a value takes much more memory than its text.
    fn count_values(&mut self, line: &str) -> Result<(), LineError> {
        let values = at_most_values(line.as_bytes());
        self.values = self.values.saturating_add(values);
        if values > VALUES_LIMIT {
            Err(LineError::LineValues(VALUES_LIMIT))
        } else if self.values > RUN_VALUES_LIMIT {
            Err(LineError::RunValues(RUN_VALUES_LIMIT))
        } else {
            Ok(())
        }
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

/// The line with secrets masked: an earlier version may not have recognised them.
fn without_secrets(line: &str) -> Cow<'_, str> {
    if secrets(line).is_empty() {
        return Cow::Borrowed(line);
    }
    let value: serde_json::Result<Value> = serde_json::from_str(line);
    value.map_or(Cow::Borrowed(line), |value| Cow::Owned(masked_value(&value).to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Run, String> {
        Run::parse(Path::new("run.jsonl"), text).map_err(|error| error.to_string())
    }

    /// A line of an unknown type that counts as `values` values: the object, its two members, and the items.
    fn line(values: usize) -> String {
        format!("{{\"type\": \"new [,\\\"{{\", \"a\": [{}1]}}\n", "1,".repeat(values - 4))
    }

    #[test]
    fn the_values_of_a_line_are_limited() {
        assert_eq!(at_most_values(line(9).as_bytes()), 9);
        assert!(parse(&line(VALUES_LIMIT)).is_ok());
        let error = parse(&line(VALUES_LIMIT + 1)).expect_err("too many values");
        assert_eq!(
            error,
            "`run.jsonl`, line 1: the line has more than 1000000 JSON values, which is the limit"
        );
    }

    #[test]
    fn the_values_of_a_run_are_limited() {
        let longest = line(VALUES_LIMIT).repeat(RUN_VALUES_LIMIT / VALUES_LIMIT);
        assert!(parse(&longest).is_ok());
        let error = parse(&(longest + "\n\n{}")).expect_err("too many values");
        assert!(
            error.contains("line 5: the run has more than 2000000 JSON values up to this line"),
            "{error}"
        );
    }
}
