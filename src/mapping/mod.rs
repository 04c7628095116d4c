//! Named values out of a response: JSONPaths and headers, compiled once for a model.

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
pub use extract::{Mapped, Origin};
pub use kind::Kind;
pub use location::Location;
pub use path::JsonPath;
pub use shape::{Mismatch, MismatchKind};

/// What the table of a field may hold.
const KEYS: [&str; 6] = ["path", "header", "join", "collect", "type", "optional"];

/// Where the fields of a model's output stand.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    fields: Vec<Field>,
}

/// One named value.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// What the value must be.
    pub kind: Kind,
    /// `null` where there is no value, and no error.
    pub optional: bool,
    /// Where the path or header is written, as a JSON pointer below the mapping.
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

/// What becomes of the values that a path matches.
#[derive(Clone, Debug)]
enum Combine {
    /// There must be one.
    One,
    /// Their texts, with this between them.
    Join(String),
    /// All of them as an array, which may be empty.
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
    /// In the order of the config.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }
}
