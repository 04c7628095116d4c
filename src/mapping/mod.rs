//! Extracts named values from a response, by JSONPaths and headers that are compiled once for a model.

mod compile;
mod error;
mod extract;
pub mod infer;
mod kind;
mod limits;
mod location;
mod nearest;
mod path;
mod shape;
mod step;
mod syntax;

pub use error::{ExtractError, ExtractErrorKind, MappingError, MappingErrorKind, PathError};
pub use extract::{MappedFields, Origin};
pub use kind::Kind;
pub use location::Location;
pub use path::JsonPath;
pub use shape::{Mismatch, MismatchKind};

/// The keys that the table of a field may contain.
const KEYS: [&str; 6] = ["path", "header", "join", "collect", "type", "optional"];

/// The fields of a model's output, with the paths and headers that they are read from.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    fields: Vec<Field>,
}

/// One named value.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// The kind that the value must have.
    pub kind: Kind,
    /// Whether a missing value becomes `null` instead of an error.
    pub optional: bool,
    /// The place of the path or header in the config, as a JSON pointer into the mapping.
    pub pointer: String,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Path {
        path: JsonPath,
        combine: Combine,
    },
    /// In lower case.
    Header(String),
}

/// How the values that a path matches are combined.
#[derive(Clone, Debug)]
enum Combine {
    /// The path must match exactly one value.
    One,
    /// The texts of the values are joined with this separator.
    Join(String),
    /// The values become an array, which may be empty.
    Collect,
}

impl Field {
    /// The path, with its `$`, or the header.
    pub fn source(&self) -> String {
        match &self.source {
            Source::Path { path, .. } => path.text().to_owned(),
            Source::Header(name) => format!("header {name}"),
        }
    }
}

impl Mapping {
    /// The fields in the order of the config.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }
}
