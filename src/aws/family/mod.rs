//! Model families: how to recognise their model IDs and bodies, and where their responses contain the output.

mod recognise;
mod rows;
mod table;

pub use recognise::{family_of, family_of_body};
pub use table::{CONVERSE, FAMILIES, UNKNOWN};

/// Models whose responses have the same shape.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    pub id: &'static str,
    /// The name that people use.
    pub name: &'static str,
    pub output: Output,
    /// The default mapping. Rows that share a field are alternatives, the likeliest first.
    pub mapping: &'static [Row],
    /// The prefixes of the family's model IDs, without ARN and geography. If several families match, the longest prefix
    /// decides.
    id_prefixes: &'static [&'static str],
    /// Lists of JSON pointers. A body belongs to the family if it has every member of one list; a member with `!`
    /// must be absent. The first family of the table that matches is used.
    body_markers: &'static [&'static [&'static str]],
}

/// The kind of output of a family's models.
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

/// The purpose of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The output of the model, or a part of it.
    Output,
    /// Used if the response contains no output.
    Fallback,
    InputTokens,
    OutputTokens,
}

/// The location of a field in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A JSONPath that matches exactly one value.
    Path(&'static str),
    /// A JSONPath that matches one or more strings, which are concatenated.
    Joined(&'static str),
    /// A response header. The metrics of a stream's last chunk count as headers.
    Header(&'static str),
}
