//! Why output changed, as far as version control can tell.

use std::cmp::Reverse;

use super::Pending;
use crate::diagnose::{LineColumn, short};

/// What changed since the accepted snapshot was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The commit, abbreviated.
    pub commit: String,
    /// Lines of the config, as it is now, that the commit doesn't have, or behind which it has more.
    pub config_lines: Vec<usize>,
    pub fixture_changed: bool,
}

/// Why, one line for each cause. `config` is the text of the config file.
pub fn causes(pending: &Pending<'_>, config: &str, since: &Since) -> Vec<String> {
    let planned = &pending.planned;
    let case_line = LineColumn::of(config, planned.case.at.start).line;
    let edited = edited(config, &since.config_lines, &planned.model.name, case_line).map(|line| {
        let text = config.lines().nth(line - 1).unwrap_or_default().trim();
        format!("config edited: {}:{line}: {}", planned.suite.path.display(), short(text, SHOWN))
    });
    let fixture = since.fixture_changed.then(|| {
        format!("fixture re-recorded: {}", short(&planned.case.fixture_path.display().to_string(), SHOWN))
    });
    let causes: Vec<String> = edited.into_iter().chain(fixture).collect();
    if causes.is_empty() {
        vec![format!("tool upgraded: config and fixture are those of {}", since.commit)]
    } else {
        causes
    }
}

/// Characters of a line: what stands before it fits into 80 columns as well.
const SHOWN: usize = 48;

/// The line that most likely decides: the case's own before its model's before what all models share.
fn edited(config: &str, lines: &[usize], model: &str, case_line: usize) -> Option<usize> {
    let tables = tables(config);
    let table_of = |line: usize| tables.iter().rev().find(|(start, _)| *start <= line);
    let case_table = table_of(case_line).map(|(start, _)| *start);
    let near = |line: usize| {
        let (start, name) = table_of(line)?;
        let of_model = name.get(..2).is_some_and(|keys| keys == ["models", model]);
        let is_case = name.get(2).is_some_and(|key| key == "cases");
        match () {
            () if Some(*start) == case_table => Some(2),
            () if of_model && !is_case => Some(1),
            () if name.first().is_some_and(|key| key != "models") => Some(0),
            () => None,
        }
    };
    let ranked = lines.iter().filter_map(|line| Some((near(*line)?, Reverse(*line))));
    ranked.max().map(|(_, Reverse(line))| line)
}

/// Where each table starts, and the keys of its name.
fn tables(config: &str) -> Vec<(usize, Vec<String>)> {
    let lines = config.lines().enumerate();
    let headers = lines.filter_map(|(index, line)| {
        let inner = line.trim().strip_prefix('[')?;
        let name = inner.trim_start_matches('[').split(']').next()?;
        let keys = name.split('.').map(|key| key.trim().trim_matches(['"', '\'']).to_owned());
        Some((index + 1, keys.collect()))
    });
    headers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_edit_is_the_cause() {
        let config = "version = 1\n[defaults]\nregion = 'x'\n[models.m]\nid = 1\n[[models.m.cases]]\nname = 'a'\n\
                      v = 2\n[[models.m.cases]]\nname = 'b'\n[models.\"m\".mapping]\nx = '$'\n[models.n]\nid = 2\n";
        for (lines, expected) in [
            (vec![3, 5, 8], Some(8)),
            (vec![3, 12, 5], Some(5)),
            (vec![12], Some(12)),
            (vec![3, 14], Some(3)),
            (vec![10, 14], None),
            (vec![], None),
        ] {
            assert_eq!(edited(config, &lines, "m", 7), expected, "{lines:?}");
        }
    }
}
