use std::ops::Range;

use crate::diagnose::Code;
use crate::words::quoted_commas;

use super::{KEYS, Kind};

/// An invalid path. The place is in bytes of the path as the config has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct PathError {
    pub at: Range<usize>,
    pub expected: &'static str,
    pub found: String,
    /// The correction, in the imperative.
    pub help: Option<String>,
}

/// A mistake in a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct MappingError {
    pub field: String,
    /// The entry with the mistake, as a JSON pointer into the mapping: `/output_text`, `/output_text/path`.
    pub pointer: String,
    /// Bytes within the string at `pointer`.
    pub at: Option<Range<usize>>,
    pub kind: MappingErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingErrorKind {
    #[error("{0}")]
    Path(PathError),
    /// Only a hint: the path works without the `$`.
    #[error("the path leaves out the leading `$`")]
    WithoutRoot { rooted: String },
    #[error("expected {expected}, found {found}")]
    Value { expected: &'static str, found: String, help: Option<String> },
    #[error("`{key}` is not a key of a mapped field")]
    UnknownKey { key: String, nearest: Option<&'static str> },
    #[error("expected a `path` or a `header`, found neither")]
    NoSource,
    #[error("`{key}` can't be combined with `{other}`")]
    Clash { key: &'static str, other: &'static str },
}

impl MappingError {
    pub fn code(&self) -> Code {
        match self.kind {
            MappingErrorKind::Path(_) => Code::PathSyntax,
            MappingErrorKind::WithoutRoot { .. } => Code::PathWithoutRoot,
            MappingErrorKind::UnknownKey { .. } => Code::UnknownKey,
            MappingErrorKind::NoSource => Code::MissingKey,
            MappingErrorKind::Value { .. } | MappingErrorKind::Clash { .. } => Code::InvalidValue,
        }
    }

    pub fn help(&self) -> Option<String> {
        match &self.kind {
            MappingErrorKind::Path(error) => error.help.clone(),
            MappingErrorKind::WithoutRoot { rooted } => Some(format!("write `{rooted}`")),
            MappingErrorKind::Value { help, .. } => help.clone(),
            MappingErrorKind::UnknownKey { nearest: Some(key), .. } => Some(format!("did you mean `{key}`?")),
            MappingErrorKind::UnknownKey { nearest: None, .. } => {
                Some(format!("the keys are {}", quoted_commas(KEYS)))
            }
            MappingErrorKind::NoSource => {
                Some("write `{ path = \"$.…\" }` or `{ header = \"x-amzn-…\" }`".to_owned())
            }
            MappingErrorKind::Clash { key, .. } => Some(format!("remove `{key}`")),
        }
    }
}

/// A field that a response has no value for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {kind}")]
pub struct ExtractError {
    pub field: String,
    /// The path or header, as a JSON pointer into the mapping.
    pub pointer: String,
    /// The step that doesn't match, in bytes of the path; `None` for the whole path.
    pub at: Option<Range<usize>>,
    pub kind: ExtractErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractErrorKind {
    /// `seen` describes the value at the last step that matched; `nearest` are similar paths, best first.
    #[error("matches nothing in the response")]
    NoMatch { path: String, seen: String, nearest: Vec<String> },
    /// `paths` are the paths of the first few values.
    #[error("matches {count} values, expected one")]
    SeveralMatches { count: usize, paths: Vec<String>, texts: bool },
    #[error("expects {expected}, found {found}")]
    WrongType { expected: Kind, found: String, nearest: Vec<String> },
    #[error("needs the header `{name}`, which the response doesn't have")]
    NoHeader { name: String, nearest: Option<String>, present: String },
}

impl ExtractError {
    pub fn code(&self) -> Code {
        match self.kind {
            ExtractErrorKind::NoMatch { .. } | ExtractErrorKind::NoHeader { .. } => Code::MappingNoMatch,
            ExtractErrorKind::SeveralMatches { .. } => Code::MappingSeveral,
            ExtractErrorKind::WrongType { .. } => Code::MappingType,
        }
    }

    pub fn help(&self) -> Option<String> {
        match &self.kind {
            ExtractErrorKind::NoMatch { path, nearest, .. } => {
                Some(did_you_mean(nearest).unwrap_or_else(|| {
                    format!("write `{{ path = \"{path}\", optional = true }}` if responses may lack it")
                }))
            }
            ExtractErrorKind::SeveralMatches { texts: true, .. } => Some(
                "select one, for example with `[0]`, or join them: `{ path = \"…\", join = \"\" }`"
                    .to_owned(),
            ),
            ExtractErrorKind::SeveralMatches { texts: false, .. } => Some(
                "select one, for example with `[0]`, or take all: `{ path = \"…\", collect = true }`"
                    .to_owned(),
            ),
            ExtractErrorKind::WrongType { nearest, .. } => did_you_mean(nearest),
            ExtractErrorKind::NoHeader { nearest, .. } => {
                nearest.as_ref().map(|name| format!("did you mean `{name}`?"))
            }
        }
    }

    /// What the response contains instead, line by line.
    pub fn notes(&self) -> Vec<String> {
        match &self.kind {
            ExtractErrorKind::NoMatch { seen, .. } => vec![seen.clone()],
            ExtractErrorKind::SeveralMatches { count, paths, .. } => {
                let hidden = count.saturating_sub(paths.len());
                let more = (hidden > 0 && !paths.is_empty()).then(|| format!("and {hidden} more"));
                paths.iter().map(|path| format!("`{path}`")).chain(more).collect()
            }
            ExtractErrorKind::WrongType { .. } => Vec::new(),
            ExtractErrorKind::NoHeader { present, .. } => vec![present.clone()],
        }
    }
}

fn did_you_mean(paths: &[String]) -> Option<String> {
    let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    (!paths.is_empty()).then(|| format!("did you mean {}?", paths.join(" or ")))
}
