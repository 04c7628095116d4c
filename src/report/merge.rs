//! Reads recorded runs back; several become one. What is missing is named, and the rest is reported.

use std::collections::{BTreeMap, BTreeSet};
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

/// The shards that no file is of.
fn lost_shards(run: &Run) -> Vec<String> {
    let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for shard in run.starts.iter().filter_map(|start| start.shard) {
        found.entry(shard.of).or_default().insert(shard.index);
    }
    let lost = found.iter().flat_map(|(of, found)| {
        // A count of shards is somebody else's word.
        let lost = (1..=*of).filter(|index| !found.contains(index)).take(1_000);
        lost.map(move |index| format!("shard {index} of {of} is missing"))
    });
    lost.collect()
}
