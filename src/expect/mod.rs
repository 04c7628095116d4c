//! Predicates on mapped fields, compiled once for a case.
//!
//! A predicate says no to a value of a type that it does not apply to: `min` to text, `contains` to
//! a number.
//!
//! `json_schema` looks at text as text if the schema is about text: its `type` is or includes
//! `string` or, without a `type`, its `const` or `enum` holds text or it has `minLength`,
//! `maxLength`, `pattern` or `format`. Otherwise text is taken for the JSON that it holds.

mod compile;
mod error;
mod number;
mod predicate;
mod schema;
mod shown;

pub use error::{ExpectError, ExpectErrorKind};

use serde_json::Value;

use predicate::Predicate;

/// The predicates on one field. All of them must hold.
#[derive(Clone, Debug, Default)]
pub struct Check {
    predicates: Vec<Predicate>,
}

/// A predicate that does not hold. Both sides are shortened, and safe to print.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Miss {
    /// The predicate's key in the config.
    pub predicate: &'static str,
    pub expected: String,
    pub found: String,
}

impl Check {
    /// Whether there is no predicate at all.
    pub fn is_empty(&self) -> bool {
        self.predicates.is_empty()
    }

    /// The keys of the predicates.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.predicates.iter().map(Predicate::name)
    }

    /// What does not hold for `value`, in the order of the documentation.
    pub fn misses(&self, value: &Value) -> Vec<Miss> {
        self.predicates.iter().flat_map(|predicate| predicate.misses(value)).collect()
    }
}
