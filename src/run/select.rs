//! Selects the cases to run.

use globset::GlobMatcher;
use regex::Regex;

use crate::diagnose::excerpt;
use crate::pattern::{PatternError, compile_glob, compile_regex};
use crate::suite::{Case, Model};

/// Patterns that select cases. A case must match a pattern of each kind that was given.
#[derive(Debug, Default)]
pub struct Selection {
    ids: Vec<Pattern>,
    models: Vec<Pattern>,
    tags: Vec<String>,
    /// Select only the probes of claims.
    only_probes: bool,
}

#[derive(Debug)]
enum Pattern {
    /// In lower case: the match ignores case.
    Part(String),
    /// With its text, which matches literally too: the id of a row, `review [two minds]`, looks like a glob.
    Glob(String, GlobMatcher),
    Regex(Regex),
}

/// An invalid pattern.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    #[error("`{}` is not a regular expression: {cause}", excerpt(pattern))]
    Regex { pattern: String, cause: PatternError },
    #[error("`{}` is not a glob: {cause}", excerpt(pattern))]
    Glob { pattern: String, cause: PatternError },
}

impl Selection {
    /// `ids` and `models` are parts of a name, globs (`claude-*::*`) or `/regular expressions/`.
    pub fn new(ids: &[String], models: &[String], tags: &[String]) -> Result<Selection, SelectionError> {
        let ids = ids.iter().map(|text| Pattern::parse(text)).collect::<Result<_, _>>()?;
        let models = models.iter().map(|text| Pattern::whole(text)).collect::<Result<_, _>>()?;
        Ok(Selection { ids, models, tags: tags.to_vec(), only_probes: false })
    }

    /// Restricts the selection to the probes of claims.
    #[must_use]
    pub fn only_probes(self) -> Selection {
        Selection { only_probes: true, ..self }
    }

    pub fn matches(&self, model: &Model, case: &Case) -> bool {
        let tagged = |tag: &String| model.tags.contains(tag) || case.tags.contains(tag);
        (case.claim.is_some() || !self.only_probes)
            && matches_any(&self.ids, &case.id)
            && self.matches_model(model)
            && (self.tags.is_empty() || self.tags.iter().any(tagged))
    }

    /// Whether the name of `model` is selected. Its cases are not checked.
    pub fn matches_model(&self, model: &Model) -> bool {
        matches_any(&self.models, &model.name)
    }
}

/// Whether one of `patterns` matches. Without patterns, every text matches.
fn matches_any(patterns: &[Pattern], text: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
}

impl Pattern {
    fn parse(text: &str) -> Result<Pattern, SelectionError> {
        let regex = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        match regex {
            Some(regex) => compile_regex(regex)
                .map(Pattern::Regex)
                .map_err(|cause| SelectionError::Regex { pattern: text.to_owned(), cause }),
            None if text.contains(['*', '?', '[', '{']) => Pattern::glob(text),
            None => Ok(Pattern::Part(text.to_lowercase())),
        }
    }

    fn whole(text: &str) -> Result<Pattern, SelectionError> {
        if text.starts_with('/') { Pattern::parse(text) } else { Pattern::glob(text) }
    }

    fn glob(text: &str) -> Result<Pattern, SelectionError> {
        let glob = compile_glob(text);
        let glob = glob.map_err(|cause| SelectionError::Glob { pattern: text.to_owned(), cause })?;
        Ok(Pattern::Glob(text.to_owned(), glob))
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Part(part) => text.to_lowercase().contains(part),
            Pattern::Glob(whole, glob) => whole == text || glob.is_match(text),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[track_caller]
    fn check(pattern: &str, id: &str, expected: bool) {
        assert_eq!(Pattern::parse(pattern).expect("a pattern").matches(id), expected, "{pattern} on {id}");
    }

    #[test]
    fn ids_are_selected_by_part_glob_or_regex() {
        check("greet", "claude::greeting", true);
        check("France", "claude::capital of france", true);
        check("france", "claude::capital of France", true);
        check("claude-*::*", "claude-haiku::a / b", true);
        check("nova::review [two minds]", "nova::review [two minds]", true);
        check("claude-*::*", "nova::a", false);
        check("/::gr.*g$/", "claude::greeting", true);
        check("/^greet/", "claude::greeting", false);
        assert!(Pattern::parse("/(/").is_err());
    }
}
