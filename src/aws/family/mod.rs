//! Model families: how their model IDs and bodies look, and where a response holds what matters.

mod recognise;
mod rows;
mod table;

pub use recognise::{family_of, family_of_body};
pub use table::{CONVERSE, FAMILIES, UNKNOWN};

/// Models that share one response shape.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    pub output: Output,
    /// The default mapping. Rows that share a field are alternatives, the likeliest first.
    pub mapping: &'static [Row],
    /// What a model ID of the family starts with, behind geo prefix and ARN. The longest start of all families wins.
    ids: &'static [&'static str],
    /// JSON pointers: a body that has all of one list (and none that is
    /// marked `!`) is the family's. The first family of the table wins.
    marks: &'static [&'static [&'static str]],
}

/// What a family's models give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Text,
    Vector,
    Image,
    Ranking,
}

/// One field of a default mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub field: &'static str,
    pub role: Role,
    pub from: Source,
}

/// What a field is to the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The answer, or a part of it.
    Output,
    /// Stands in where the response holds no output at all.
    Fallback,
    InputTokens,
    OutputTokens,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A JSONPath that matches exactly one value.
    Path(&'static str),
    /// A JSONPath that matches one text or more, to be joined without anything between.
    Joined(&'static str),
    /// A response header. The metrics of a stream's last chunk count as headers.
    Header(&'static str),
}
