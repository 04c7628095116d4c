//! Reads recorded runs back; several become one. What is missing is named, and the rest is reported.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lines::{LineError, Run};
use crate::files::read_text;

/// Bytes of one recorded run.
const LIMIT: u64 = 256 << 20;

/// Recorded runs, merged in the order of their files.
#[derive(Debug, Default)]
pub struct Runs {
    pub run: Run,
    /// Their lines, one file behind the other.
    pub text: String,
}

/// A file that is no recorded run.
#[derive(Debug, thiserror::Error)]
#[error("`{}`, line {line}: {why}", path.display())]
pub struct NoRun {
    path: PathBuf,
    line: usize,
    why: LineError,
}

impl Runs {
    pub fn read(paths: &[PathBuf]) -> Result<Runs, NoRun> {
        let mut runs = Runs::default();
        for path in paths {
            match read_text(path, LIMIT) {
                Ok(text) => runs.take(path, &text)?,
                Err(why) => runs.run.lost.push(why.to_string()),
            }
        }
        let lost = lost_shards(&runs.run);
        runs.run.lost.extend(lost);
        Ok(runs)
    }

    /// The run that `text` of the file at `path` records.
    pub fn of(path: &Path, text: &str) -> Result<Runs, NoRun> {
        let mut runs = Runs::default();
        runs.take(path, text)?;
        let lost = lost_shards(&runs.run);
        runs.run.lost.extend(lost);
        Ok(runs)
    }

    /// A last line that was cut is not an error: whoever wrote it was killed.
    fn take(&mut self, path: &Path, text: &str) -> Result<(), NoRun> {
        let run = &mut self.run;
        let (starts, cases, ends) = (run.starts.len(), run.cases.len(), run.ends.len());
        let last = text.lines().count();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let taken =
                serde_json::from_str::<Value>(line).map_err(LineError::from).and_then(|line| run.take(line));
            match taken {
                Ok(()) => self.text.extend([line, "\n"]),
                Err(LineError::Json(_)) if index + 1 == last && index > 0 && run.ends.len() == ends => (),
                Err(why) => return Err(NoRun { path: path.to_owned(), line: index + 1, why }),
            }
        }
        let expected: usize = run.starts[starts..].iter().map(|start| start.cases).sum();
        let found = run.cases.len() - cases;
        if run.ends.len() == ends || run.ends.len() - ends < run.starts.len() - starts {
            let name = path.display();
            run.lost.push(format!("`{name}` was cut short: {found} of {expected} cases are in it"));
        }
        Ok(())
    }
}

/// The shards that no file is of, and those that are there more than once.
fn lost_shards(run: &Run) -> Vec<String> {
    let mut found: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    for shard in run.starts.iter().filter_map(|start| start.shard) {
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
